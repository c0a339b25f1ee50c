import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { HEARTBEAT_MS, type ServerEvent, type ServerEventName, SOCKET_PATH } from '#contract/sockets.ts';
import type { Series } from '#ports/market-data.ts';
import type { ChangeSet } from '#ports/store.ts';
import { foreignRefusal } from '../http/origins.ts';
import { candleRow } from '../http/routes.ts';
import type { LiveState } from '../views/live-state.ts';

/** Pages are painted at most this often. */
const PUSH_MS = 250;
const MOST_SOCKETS_BUFFER = 64 * 1024;
/** As many as a page shows: a replay may close more than that between two paintings. */
const MOST_CANDLES = 300;

/** Pushes what changes to every page that is open. */
export class Push {
  private readonly io: Server;
  private readonly state: LiveState;
  private readonly timers: readonly NodeJS.Timeout[];
  private wasStored = false;
  private hadPositions = false;
  private readonly sentBots = new Map<string, string>();
  private readonly sentCandles = new Map<Series, number>();

  /** @param host The address that the server listens on. */
  constructor(http: HttpServer, state: LiveState, host: string) {
    this.state = state;
    this.io = new Server(http, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: MOST_SOCKETS_BUFFER,
      perMessageDeflate: false,
      allowRequest: ({ headers }, allow) => allow(null, foreignRefusal(headers, host) === undefined),
    });
    this.timers = [setInterval(() => this.beat(), HEARTBEAT_MS), setInterval(() => this.paint(), PUSH_MS)];
  }

  /** What was stored goes out at once: entries and exits as they happen, the figures with the next painting. */
  stored(changes: ChangeSet): void {
    this.wasStored = true;
    if (this.io.engine.clientsCount === 0) return;
    for (const row of changes.put.trades) {
      const trade = this.state.trade(row);
      if (!trade) continue;
      // A trade may be entered and left between two commits: then both are told.
      if (row.revision === 1) this.emit('trade_executed', { what: 'entry', at: row.createdAt, trade });
      if (row.closedAt !== null) this.emit('trade_executed', { what: 'exit', at: row.closedAt, trade });
    }
  }

  /** Tells every page of the bots whose status, last decision or P&L of the day changed. */
  bots(): void {
    for (const bot of this.state.bots()) {
      const { status, why, lastDecision, dayPnl } = bot;
      const look = JSON.stringify([status, why, lastDecision, dayPnl]);
      if (this.sentBots.get(bot.id) === look) continue;
      this.sentBots.set(bot.id, look);
      this.emit('bot_status_changed', bot);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.io.close();
  }

  private beat(): void {
    const { marketTime, silentSince } = this.state;
    this.emit('heartbeat', { wallTime: Date.now(), marketTime, marketSilentSince: silentSince });
  }

  private paint(): void {
    if (this.io.engine.clientsCount === 0) return;
    this.paintCandles();
    const positions = this.state.positions();
    if (positions.length > 0 || this.hadPositions || this.wasStored) {
      this.emit('position:updated', { positions });
      for (const account of this.state.accounts()) this.emit('account:updated', account);
      this.bots();
    }
    this.hadPositions = positions.length > 0;
    this.wasStored = false;
  }

  /** Every candle that closed since the last time, and the forming one each time. */
  private paintCandles(): void {
    for (const series of this.state.traders.flatMap((trader) => trader.series)) {
      const { symbol, candles } = series;
      const { timeframe, length } = candles;
      const sent = this.sentCandles.get(series) ?? length - 1;
      for (let i = Math.max(0, sent, length - MOST_CANDLES); i < length; i++) {
        this.emit('candle:updated', { symbol, timeframe, closed: true, candle: candleRow(candles.at(i)) });
      }
      this.sentCandles.set(series, length);
      const forming = series.forming(this.state.marketTime);
      if (forming) this.emit('candle:updated', { symbol, timeframe, closed: false, candle: candleRow(forming) });
    }
  }

  private emit<Name extends ServerEventName>(name: Name, message: ServerEvent<Name>): void {
    this.io.emit(name, message);
  }
}
