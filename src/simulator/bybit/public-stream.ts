import type { Candle } from '#core/candles.ts';
import { formatDecimal } from '#core/money.ts';
import { closeTimeIn } from '#core/sessions/session-candles.ts';
import { TIMEFRAMES, type Timeframe } from '#core/time.ts';
import { BYBIT_INTERVALS } from '#protocols/bybit-words.ts';
import type { MarketSeries } from '../market-series.ts';
import type { TwinSocket } from '../twin.ts';
import type { ExchangeState, Listed } from './exchange-state.ts';
import { type Frame, frameOf, sendJson, topicsIn } from './frames.ts';
import { bookOf, recentTrades, tickerRow, turnoverOf } from './prices.ts';

const DEPTHS = ['1', '50', '200', '1000'];
const MOST_SPOT_ARGS = 10;

type Levels = ReadonlyMap<string, string>;

/** What a client was told of a topic last, where the next message tells the difference. */
interface Subscription {
  readonly kind: 'kline' | 'tickers' | 'publicTrade' | 'orderbook';
  readonly listed: Listed;
  /** Of a book: how many levels. */
  readonly depth: number;
  readonly timeframe: Timeframe;
  ticker?: Record<string, unknown>;
  book?: { readonly bids: Levels; readonly asks: Levels };
  updates: number;
}

/** One client of the public stream of linear contracts or of spot. */
export class PublicStream {
  private readonly state: ExchangeState;
  private readonly socket: TwinSocket;
  private readonly isSpot: boolean;
  private readonly topics = new Map<string, Subscription>();

  constructor(state: ExchangeState, socket: TwinSocket, isSpot: boolean) {
    this.state = state;
    this.socket = socket;
    this.isSpot = isSpot;
    socket.onMessage((message) => {
      const frame = frameOf(message);
      if (frame) this.take(frame);
    });
  }

  /** A candle closed: what follows from it is told. */
  closed(series: MarketSeries): void {
    for (const [topic, subscription] of this.topics) {
      if (subscription.listed.series === series) this.tell(topic, subscription);
    }
  }

  private take(frame: Frame): void {
    switch (frame.op) {
      case 'ping':
        this.answer('pong', { success: true, ret_msg: 'pong', op: 'ping' }, frame);
        return;
      case 'subscribe':
        this.subscribe(frame);
        return;
      case 'unsubscribe':
        for (const topic of topicsIn(frame)) this.topics.delete(topic);
        this.answer('unsubscribe', { success: true, ret_msg: '', op: 'unsubscribe' }, frame);
        return;
      default:
        this.answer('error', { success: false, ret_msg: `error:op ${frame.op} not found`, op: frame.op }, frame);
    }
  }

  private subscribe(frame: Frame): void {
    const topics = topicsIn(frame);
    const found = topics.map((topic) => [topic, this.subscriptionOf(topic)] as const);
    const unknown = found.filter(([, subscription]) => subscription === undefined).map(([topic]) => topic);
    if (unknown.length > 0) {
      const ret_msg = `error:handler not found,topic:${unknown.join(',')}`;
      this.answer('subscribe', { success: false, ret_msg, op: 'subscribe' }, frame);
      return;
    }
    if (this.isSpot && topics.length > MOST_SPOT_ARGS) {
      this.answer('subscribe', { success: false, ret_msg: 'args size >10', op: 'subscribe' }, frame);
      return;
    }
    this.answer('subscribe', { success: true, ret_msg: this.isSpot ? 'subscribe' : '', op: 'subscribe' }, frame);
    for (const [topic, subscription] of found) {
      if (subscription === undefined) continue;
      this.topics.set(topic, subscription);
      if (subscription.kind !== 'publicTrade') this.tell(topic, subscription);
    }
  }

  private subscriptionOf(topic: string): Subscription | undefined {
    const parts = topic.split('.');
    const [kind, middle] = parts;
    const listed = this.state.contracts.get(parts.at(-1) ?? '');
    if (listed === undefined) return undefined;
    const common = { listed, depth: 1, timeframe: listed.series.timeframe, updates: 0 };
    if ((kind === 'tickers' || kind === 'publicTrade') && parts.length === 2) return { ...common, kind };
    if (parts.length !== 3 || middle === undefined) return undefined;
    if (kind === 'orderbook' && DEPTHS.includes(middle)) return { ...common, kind, depth: Number(middle) };
    const timeframe = TIMEFRAMES.find((one) => BYBIT_INTERVALS[one] === middle);
    const isKnown = kind === 'kline' && timeframe !== undefined && listed.series.closed(timeframe) !== undefined;
    return isKnown ? { ...common, kind, timeframe } : undefined;
  }

  private tell(topic: string, subscription: Subscription): void {
    const ts = this.state.world.serverTime();
    const send = (message: object) => sendJson(this.socket, topic, { topic, ts, ...message });
    switch (subscription.kind) {
      case 'kline':
        for (const row of this.klines(subscription)) send({ type: 'snapshot', data: [row] });
        return;
      case 'tickers':
        this.tellTicker(subscription, send);
        return;
      case 'publicTrade':
        for (const { time, symbol, side, size, price, execId, seq } of recentTrades(subscription.listed, 1)) {
          const row = { T: Number(time), s: symbol, S: side, v: size, p: price, L: 'PlusTick', i: execId, BT: false };
          send({ type: 'snapshot', data: [{ ...row, seq: Number(seq) }] });
        }
        return;
      case 'orderbook':
        this.tellBook(subscription, send, ts);
    }
  }

  /** The candle that has just closed, when one has, and the running one. */
  private klines({ listed: { series, contract }, timeframe, updates }: Subscription): readonly object[] {
    const { now } = this.state.world.line;
    const closed = series.closed(timeframe)!;
    const running = series.running(timeframe, now);
    const last = closed.length === 0 ? undefined : closed.at(closed.length - 1);
    const interval = BYBIT_INTERVALS[timeframe];
    const row = (candle: Candle, confirm: boolean) => {
      const price = (value: number) => formatDecimal(contract.grid.exactPrice(contract.grid.priceOf(value)));
      return {
        start: candle.openTime,
        end: closeTimeIn(series.candles.calendar, candle.openTime, timeframe) - 1,
        interval,
        open: price(candle.open),
        close: price(candle.close),
        high: price(candle.high),
        low: price(candle.low),
        volume: String(candle.volume),
        turnover: turnoverOf(candle),
        confirm,
        timestamp: now,
      };
    };
    const hasClosed = last !== undefined && closeTimeIn(series.candles.calendar, last.openTime, timeframe) === now;
    return [
      ...(hasClosed && updates >= 0 ? [row(last, true)] : []),
      ...(running === undefined ? [] : [row(running, false)]),
    ];
  }

  /** Spot tells all of it each time, a contract what has changed. */
  private tellTicker(subscription: Subscription, send: (message: object) => void): void {
    const row = tickerRow(this.state, subscription.listed, this.isSpot);
    const before = subscription.ticker;
    subscription.ticker = row;
    subscription.updates += 1;
    const cs = subscription.updates;
    if (before === undefined || this.isSpot) {
      send({ type: 'snapshot', cs, data: row });
      return;
    }
    const changed = Object.entries(row).filter(([name, value]) => name === 'symbol' || value !== before[name]);
    send({ type: 'delta', cs, data: Object.fromEntries(changed) });
  }

  private tellBook(subscription: Subscription, send: (message: object) => void, ts: number): void {
    const { listed, depth } = subscription;
    const { contract, series } = listed;
    const { bids, asks } = bookOf(contract, series, this.state.world.line.now, depth);
    const before = subscription.book;
    const now = { bids: new Map(bids), asks: new Map(asks) };
    subscription.book = now;
    subscription.updates += 1;
    const isDelta = before !== undefined && depth > 1;
    const u = subscription.updates;
    const b = isDelta ? differences(before.bids, now.bids) : bids;
    const a = isDelta ? differences(before.asks, now.asks) : asks;
    send({ type: isDelta ? 'delta' : 'snapshot', data: { s: contract.symbol, b, a, u, seq: u }, cts: ts });
  }

  private answer(topic: string, message: object, { req_id }: Frame): void {
    sendJson(this.socket, topic, { ...message, conn_id: `twin-${this.socket.id}`, req_id: req_id ?? '' });
  }
}

/** Size "0" takes a level away. */
function differences(before: Levels, now: Levels): readonly (readonly [string, string])[] {
  const gone = [...before.keys()].filter((price) => !now.has(price)).map((price) => [price, '0'] as const);
  return [...gone, ...[...now].filter(([price, size]) => before.get(price) !== size)];
}
