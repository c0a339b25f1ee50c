import { notifyManager, type QueryClient } from '@tanstack/react-query';
import { io, type Socket } from 'socket.io-client';
import {
  type ServerEvent,
  type ServerEventName,
  ServerEvents,
  SOCKET_PATH,
  STALE_AFTER_MS,
} from '#contract/sockets.ts';
import { accountsQuery, botsQuery, EQUITY_CURVES_KEY, ohlcvQuery, positionsQuery, tradesQuery } from './api.ts';
import { contactLog } from './contact.ts';
import { putById, putCandle, putTrade } from './live-data.ts';

/** The page is painted at most four times a second, however fast the engine speaks. */
const PAINT_EVERY_MS = 250;
const CURVES_EVERY_MS = 5_000;
const WAIT_FOR_SNAPSHOTS_MS = 2_000;

/** What came since the last paint: the newest word on each thing. */
class Inbox {
  positions: ServerEvent<'position:updated'> | undefined;
  readonly accounts = new Map<string, ServerEvent<'account:updated'>>();
  readonly bots = new Map<string, ServerEvent<'bot_status_changed'>>();
  readonly trades = new Map<string, ServerEvent<'trade_executed'>['trade']>();
  readonly candles = new Map<string, ServerEvent<'candle:updated'>>();

  clear(): void {
    this.positions = undefined;
    for (const map of [this.accounts, this.bots, this.trades, this.candles]) map.clear();
  }
}

/** One socket to the engine. What it says goes into the query cache, so components only ever read queries. */
export class Feed {
  private readonly inbox = new Inbox();
  private readonly socket: Socket;
  private readonly timers: readonly ReturnType<typeof setInterval>[];
  private readonly cache: QueryClient;
  private catchingUp = 0;
  private curvesAskedAt = 0;
  private retriedAt = Date.now();

  constructor(cache: QueryClient) {
    this.cache = cache;
    this.socket = io({ path: SOCKET_PATH, transports: ['websocket'], reconnectionDelayMax: 5_000 });
    this.socket.on('connect', () => void this.catchUp());
    this.hear('heartbeat', (beat) => contactLog.heard(beat));
    this.hear('position:updated', (all) => {
      this.inbox.positions = all;
    });
    this.hear('account:updated', (account) => this.inbox.accounts.set(account.id, account));
    this.hear('bot_status_changed', (bot) => this.inbox.bots.set(bot.id, bot));
    this.hear('trade_executed', ({ trade }) => this.inbox.trades.set(trade.id, trade));
    this.hear('candle:updated', (update) =>
      this.inbox.candles.set(`${update.symbol} ${update.timeframe} ${update.candle[0]}`, update),
    );
    this.timers = [setInterval(() => this.paint(), PAINT_EVERY_MS), setInterval(() => this.watch(), 1_000)];
    document.addEventListener('visibilitychange', this.onVisibility);
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.timers.forEach(clearInterval);
    this.socket.disconnect();
  }

  /** Drops a socket that may be dead without knowing it and opens a new one. */
  readonly retry = (): void => {
    this.retriedAt = Date.now();
    this.socket.disconnect().connect();
  };

  private hear<Name extends ServerEventName>(name: Name, take: (message: ServerEvent<Name>) => void): void {
    this.socket.on<string>(name, (raw: unknown) => {
      contactLog.heard();
      const message = ServerEvents[name].safeParse(raw);
      if (message.success) take(message.data as ServerEvent<Name>);
    });
  }

  private readonly onVisibility = (): void => {
    if (!document.hidden) void this.catchUp();
  };

  /** Snapshots first: what the socket says meanwhile waits, and is painted over them. A slow snapshot holds up nothing. */
  private async catchUp(): Promise<void> {
    this.catchingUp += 1;
    this.inbox.clear();
    const enough = new Promise<void>((resolve) => setTimeout(resolve, WAIT_FOR_SNAPSHOTS_MS));
    await Promise.race([this.cache.refetchQueries({ type: 'active' }), enough]);
    this.catchingUp -= 1;
  }

  private paint(): void {
    if (document.hidden) this.inbox.clear(); // Nobody looks; the snapshots on return make up for it.
    if (this.catchingUp > 0) return;
    notifyManager.batch(() => this.empty());
  }

  private empty(): void {
    const { positions, accounts, bots, trades, candles } = this.inbox;
    if (positions) this.cache.setQueryData(positionsQuery().queryKey, positions);
    for (const account of accounts.values()) {
      this.cache.setQueryData(accountsQuery().queryKey, (old) => old && { accounts: putById(old.accounts, account) });
    }
    for (const bot of bots.values()) {
      this.cache.setQueryData(botsQuery().queryKey, (old) => old && { bots: putById(old.bots, bot) });
    }
    for (const trade of trades.values()) {
      this.cache.setQueryData(tradesQuery().queryKey, (old) => old && { ...old, trades: putTrade(old.trades, trade) });
    }
    for (const update of candles.values()) {
      this.cache.setQueryData(ohlcvQuery(update.symbol).queryKey, (old) => old && putCandle(old, update));
    }
    if (accounts.size > 0) this.askForCurves();
    this.inbox.clear();
  }

  private askForCurves(): void {
    if (Date.now() - this.curvesAskedAt < CURVES_EVERY_MS) return;
    this.curvesAskedAt = Date.now();
    void this.cache.invalidateQueries({ queryKey: EQUITY_CURVES_KEY });
  }

  /** A socket can be open and silent for ever (a laptop that slept): after that long it is opened anew. */
  private watch(): void {
    const silent = contactLog.current.level === 'stale' && this.socket.connected;
    if (silent && Date.now() - this.retriedAt > STALE_AFTER_MS) this.retry();
  }
}
