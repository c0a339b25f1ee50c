import type { CandleColumns } from '#core/candles.ts';

/**
 * The benchmark's two workloads written down as plainly as they are told in words, sharing nothing with the engine:
 * no indicator, no exchange, no ledger. Slow and obvious; what the engine does is held against it, trade by trade.
 *
 * Candles are numbered from 0. What is decided at the close of one fills at the open of the next. Every fill costs
 * 0.1 %; a position still open at the end is worth its last close.
 */
export interface ReferenceTrade {
  readonly side: 'long' | 'short';
  readonly entryIndex: number;
  readonly entryPrice: number;
  readonly exitIndex: number;
  readonly exitPrice: number;
}

export interface ReferenceRun {
  /** Those that ended, in their order. */
  readonly trades: readonly ReferenceTrade[];
  /** What is still open at the end. */
  readonly open: Pick<ReferenceTrade, 'side' | 'entryIndex' | 'entryPrice'> | undefined;
  readonly finalEquity: number;
}

const CASH = 10_000_000;
const FEE_RATE = 0.001;
/** The first candle at whose close something may be decided. */
const FIRST_DECISION = 100;
const TICK = 0.25;

/** Cash, one unit held or owed or nothing, and the trades so far. */
class Desk {
  readonly trades: ReferenceTrade[] = [];
  open: ReferenceRun['open'];
  private cash = CASH;

  /** 1 long, -1 short, 0 flat. */
  get position(): number {
    return this.open === undefined ? 0 : this.open.side === 'long' ? 1 : -1;
  }

  enter(side: 'long' | 'short', index: number, price: number): void {
    this.open = { side, entryIndex: index, entryPrice: price };
    this.cash -= this.position * price + price * FEE_RATE;
  }

  exit(index: number, price: number): void {
    this.cash += this.position * price - price * FEE_RATE;
    this.trades.push({ ...this.open!, exitIndex: index, exitPrice: price });
    this.open = undefined;
  }

  end(lastClose: number): ReferenceRun {
    return { trades: this.trades, open: this.open, finalEquity: this.cash + this.position * lastClose };
  }
}

/** W1q: long while SMA(10) is above SMA(30), one unit. */
export function smaCross(candles: CandleColumns, count: number): ReferenceRun {
  const [open, close] = [candles.open.values, candles.close.values];
  const [fast, slow] = [movingAverage(close, count, 10), movingAverage(close, count, 30)];
  const desk = new Desk();
  let next: 'buy' | 'sell' | undefined;
  for (let i = 0; i < count; i++) {
    if (next === 'buy') desk.enter('long', i, open[i]!);
    if (next === 'sell') desk.exit(i, open[i]!);
    next = undefined;
    if (i < FIRST_DECISION) continue;
    if (desk.position === 0 && fast[i]! > slow[i]!) next = 'buy';
    if (desk.position === 1 && fast[i]! < slow[i]!) next = 'sell';
  }
  return desk.end(close[count - 1]!);
}

/**
 * W2: flat, RSI(14) turning up through 30 buys and down through 70 sells short, one unit; out at 2 ATR(14) against the
 * trade or 3 ATR for it, counted from the fill, the worse first.
 * @param levels `as computed`, or moved to the tick toward the entry.
 */
export function rsiTurn(candles: CandleColumns, count: number, levels: 'as computed' | 'on the tick'): ReferenceRun {
  const [open, high, low, close] = [candles.open, candles.high, candles.low, candles.close].map(({ values }) => values);
  const rsi = relativeStrength(close!, count, 14);
  const atr = averageTrueRange(high!, low!, close!, count, 14);
  const desk = new Desk();
  let next: { readonly side: 'long' | 'short'; readonly range: number } | undefined;
  let stop = 0;
  let target = 0;
  for (let i = 0; i < count; i++) {
    if (next) {
      desk.enter(next.side, i, open![i]!);
      const sign = desk.position;
      stop = open![i]! - sign * 2 * next.range;
      target = open![i]! + sign * 3 * next.range;
      if (levels === 'on the tick') {
        stop = sign > 0 ? Math.ceil(stop / TICK) * TICK : Math.floor(stop / TICK) * TICK;
        target = sign > 0 ? Math.floor(target / TICK) * TICK : Math.ceil(target / TICK) * TICK;
      }
      next = undefined;
    }
    if (desk.position === 1) {
      if (low![i]! <= stop) desk.exit(i, Math.min(open![i]!, stop));
      else if (high![i]! >= target) desk.exit(i, Math.max(open![i]!, target));
    } else if (desk.position === -1) {
      if (high![i]! >= stop) desk.exit(i, Math.max(open![i]!, stop));
      else if (low![i]! <= target) desk.exit(i, Math.min(open![i]!, target));
    }
    if (i < FIRST_DECISION || desk.position !== 0) continue;
    const [before, now] = [rsi[i - 1]!, rsi[i]!];
    if (before < 30 && now >= 30) next = { side: 'long', range: atr[i]! };
    if (before > 70 && now <= 70) next = { side: 'short', range: atr[i]! };
  }
  return desk.end(close![count - 1]!);
}

/** The sums are exact, as prices lie on a binary grid: no order of adding changes a tie. */
function movingAverage(values: Float64Array, count: number, period: number): Float64Array {
  const averages = new Float64Array(count).fill(Number.NaN);
  for (let i = period - 1; i < count; i++) {
    let sum = 0;
    for (let k = i - period + 1; k <= i; k++) sum += values[k]!;
    averages[i] = sum / period;
  }
  return averages;
}

/** Wilder's average: the plain mean of the first `period` values, then (average x (period - 1) + value) / period. */
function wilder(values: readonly number[], period: number): number[] {
  const averages: number[] = [];
  let average = 0;
  for (const [k, value] of values.entries()) {
    if (k < period) average += value / period;
    else average = (average * (period - 1) + value) / period;
    averages.push(k < period - 1 ? Number.NaN : average);
  }
  return averages;
}

/** The first change and the first true range belong to candle 1. */
function fromCandleOne(values: readonly number[]): Float64Array {
  return Float64Array.from([Number.NaN, ...values]);
}

function relativeStrength(close: Float64Array, count: number, period: number): Float64Array {
  const changes = Array.from({ length: count - 1 }, (_, k) => close[k + 1]! - close[k]!);
  const gains = wilder(
    changes.map((change) => Math.max(change, 0)),
    period,
  );
  const losses = wilder(
    changes.map((change) => Math.max(-change, 0)),
    period,
  );
  return fromCandleOne(gains.map((gain, k) => (100 * gain) / (gain + losses[k]!)));
}

function averageTrueRange(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  count: number,
  period: number,
): Float64Array {
  const ranges = Array.from(
    { length: count - 1 },
    (_, k) => Math.max(high[k + 1]!, close[k]!) - Math.min(low[k + 1]!, close[k]!),
  );
  return fromCandleOne(wilder(ranges, period));
}
