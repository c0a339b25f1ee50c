import type { CandleColumns } from '#core/candles.ts';

/**
 * The event yardstick: what a plain event-driven loop can reach in this runtime. One strategy call for each candle
 * through an interface that has seen two classes, streaming indicators, an equity curve and a trade log, no allocation
 * for each candle, floats throughout. Not a product: no ledger, no order states, no filters, no statistics.
 */
const FEE_RATE = 0.001;
const FIRST_DECISION = 100;
const MOST_TRADES = 1 << 16;

interface Rows {
  readonly length: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

interface Listener {
  onCandle(book: Book, i: number): void;
}

class StreamingSma {
  private readonly window: Float64Array;
  private at = 0;
  private seen = 0;
  private sum = 0;

  constructor(period: number) {
    this.window = new Float64Array(period);
  }

  next(value: number): number {
    const { window, at } = this;
    this.sum += value - window[at]!;
    window[at] = value;
    this.at = at + 1 === window.length ? 0 : at + 1;
    if (this.seen < window.length) {
      this.seen += 1;
      if (this.seen < window.length) return Number.NaN;
    }
    return this.sum / window.length;
  }
}

/** Wilder's average of changes: RSI's gains and losses, or ATR's true range. */
class StreamingRsi {
  private readonly period: number;
  private seen = -1;
  private gain = 0;
  private loss = 0;
  private last = 0;

  constructor(period: number) {
    this.period = period;
  }

  next(value: number): number {
    const { period } = this;
    const change = value - this.last;
    const up = (Math.abs(change) + change) * 0.5;
    this.last = value;
    if (this.seen >= period) {
      this.gain = (this.gain * (period - 1) + up) / period;
      this.loss = (this.loss * (period - 1) + (up - change)) / period;
    } else {
      this.seen += 1;
      if (this.seen === 0) return Number.NaN;
      this.gain += up;
      this.loss += up - change;
      if (this.seen < period) return Number.NaN;
      this.gain /= period;
      this.loss /= period;
    }
    const total = this.gain + this.loss;
    return total === 0 ? 0 : 100 * (this.gain / total);
  }
}

class StreamingAtr {
  private readonly period: number;
  private seen = -1;
  private average = 0;
  private lastClose = 0;

  constructor(period: number) {
    this.period = period;
  }

  next(high: number, low: number, close: number): number {
    const { period } = this;
    const range = Math.max(high, this.lastClose) - Math.min(low, this.lastClose);
    this.lastClose = close;
    if (this.seen >= period) {
      this.average = (this.average * (period - 1) + range) / period;
      return this.average;
    }
    this.seen += 1;
    if (this.seen === 0) return Number.NaN;
    this.average += range;
    if (this.seen < period) return Number.NaN;
    this.average /= period;
    return this.average;
  }
}

/** Cash, one position, one pending order, its bracket, and what is written down. */
class Book {
  readonly rows: Rows;
  readonly equity: Float64Array;
  cash: number;
  side = 0;
  trades = 0;
  pending = 0;
  stopDistance = 0.5;
  targetDistance = 0.5;
  private stop = Number.NaN;
  private target = Number.NaN;
  private readonly entryIndex = new Int32Array(MOST_TRADES);
  private readonly exitIndex = new Int32Array(MOST_TRADES);
  private readonly entryPrice = new Float64Array(MOST_TRADES);
  private readonly exitPrice = new Float64Array(MOST_TRADES);

  constructor(rows: Rows, cash: number) {
    this.rows = rows;
    this.cash = cash;
    this.equity = new Float64Array(rows.length);
  }

  enter(side: number, stopDistance: number, targetDistance: number): void {
    this.pending = side;
    this.stopDistance = stopDistance;
    this.targetDistance = targetDistance;
  }

  leave(): void {
    this.pending = 2;
  }

  fillPending(i: number): void {
    const open = this.rows.open[i]!;
    const { pending } = this;
    this.pending = 0;
    if (pending === 2) {
      this.exit(i, open);
      return;
    }
    this.side = pending;
    this.cash -= pending * open + open * FEE_RATE;
    this.entryIndex[this.trades] = i;
    this.entryPrice[this.trades] = open;
    this.stop = this.stopDistance === 0 ? Number.NaN : open - pending * this.stopDistance;
    this.target = this.stopDistance === 0 ? Number.NaN : open + pending * this.targetDistance;
  }

  checkBracket(i: number): void {
    const { open, high, low } = this.rows;
    if (this.side > 0) {
      if (low[i]! <= this.stop) this.exit(i, Math.min(open[i]!, this.stop));
      else if (high[i]! >= this.target) this.exit(i, Math.max(open[i]!, this.target));
    } else if (high[i]! >= this.stop) this.exit(i, Math.max(open[i]!, this.stop));
    else if (low[i]! <= this.target) this.exit(i, Math.min(open[i]!, this.target));
  }

  private exit(i: number, price: number): void {
    this.cash += this.side * price - price * FEE_RATE;
    this.side = 0;
    this.exitIndex[this.trades] = i;
    this.exitPrice[this.trades] = price;
    this.trades += 1;
  }
}

class SmaCross implements Listener {
  private readonly fast = new StreamingSma(10);
  private readonly slow = new StreamingSma(30);

  onCandle(book: Book, i: number): void {
    const close = book.rows.close[i]!;
    const fast = this.fast.next(close);
    const slow = this.slow.next(close);
    if (i < FIRST_DECISION) return;
    if (book.side === 0) {
      if (fast > slow) book.enter(1, 0, 0);
    } else if (fast < slow) book.leave();
  }
}

class RsiBrackets implements Listener {
  private readonly rsi = new StreamingRsi(14);
  private readonly atr = new StreamingAtr(14);
  private previous = Number.NaN;

  onCandle(book: Book, i: number): void {
    const { high, low, close } = book.rows;
    const rsi = this.rsi.next(close[i]!);
    const atr = this.atr.next(high[i]!, low[i]!, close[i]!);
    const { previous } = this;
    this.previous = rsi;
    if (i < FIRST_DECISION || book.side !== 0) return;
    if (previous < 30 && rsi >= 30) book.enter(1, 2 * atr, 3 * atr);
    else if (previous > 70 && rsi <= 70) book.enter(-1, 2 * atr, 3 * atr);
  }
}

/** What a run of the yardstick comes to. */
export interface YardstickResult {
  readonly trades: number;
  readonly finalEquity: number;
}

/** Runs `W1q` (SMA cross, quantity 1) or `W2` (RSI turn with ATR brackets) from 10,000,000 in cash. */
export function runYardstick(workload: 'W1q' | 'W2', candles: CandleColumns, length: number): YardstickResult {
  const rows: Rows = {
    length,
    open: candles.open.values,
    high: candles.high.values,
    low: candles.low.values,
    close: candles.close.values,
  };
  const book = new Book(rows, 10_000_000);
  drive(book, workload === 'W1q' ? new SmaCross() : new RsiBrackets());
  return { trades: book.trades, finalEquity: book.equity[length - 1]! };
}

function drive(book: Book, listener: Listener): void {
  const { rows, equity } = book;
  for (let i = 0; i < rows.length; i++) {
    if (book.pending !== 0) book.fillPending(i);
    if (book.side !== 0) book.checkBracket(i);
    listener.onCandle(book, i);
    equity[i] = book.cash + book.side * rows.close[i]!;
  }
}
