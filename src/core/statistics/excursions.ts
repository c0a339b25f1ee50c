import type { Candles } from '../candles.ts';
import type { Grid, GridPrice } from '../grid.ts';
import type { TradeLog } from '../trades.ts';

/** How far price went from the entry of each trade, one way, before fees; never negative. */
export interface Excursion {
  /** Of the trade's quantity, in the quote currency. */
  readonly quote: Float64Array;
  /** Of the entry price: 0.01 is 1 %. */
  readonly fraction: Float64Array;
  /** Of the distance to the first stop; NaN without one. */
  readonly r: Float64Array;
}

/** Maximum adverse and maximum favourable excursion of each trade, in the order of the log. */
export interface Excursions {
  readonly mae: Excursion;
  readonly mfe: Excursion;
}

/**
 * How far each trade went against us and with us while it was open, from its candles; an open one until the last candle.
 * The two fills count with their prices and every candle between them whole. Of the two candles in which it began and
 * ended, which tell a range and no order, it counts what the matching would assume, the worse:
 *
 * - Entered at the open, the first candle counts whole. Entered inside it, price came to the fill from the open's side:
 *   the adverse extreme counts, the close does, and the favourable one only when it lies beyond the fill on that way.
 * - Left at the open, the last candle counts no further. Left inside it, a price worse than where the candle (or the
 *   trade) began was met on the way down and nothing beyond it; otherwise the adverse extreme may have come first and
 *   counts. The favourable one never does.
 *
 * - Entered or left at a moment of its own inside the candle, as a decision between closes is: its price need not be where
 *   price first came to, so the adverse extreme counts and the favourable one never does.
 *
 * Of a trade that was entered or left in parts there is none (NaN): its quantity and its average entry changed on the way.
 *
 * One pass over each trade's candles.
 *
 * @param fills How many fills the trades are made of.
 * @param wasAnywhere Whether a fill may be anywhere on its candle's path: neither at its open nor where price first came to.
 *
 * @see Sweeney (1997), "Maximum Adverse Excursion: Analyzing Price Fluctuations for Trading Management".
 */
export function excursionsOf(
  trades: TradeLog,
  candles: Candles,
  grid: Grid,
  fills: number,
  wasAnywhere: (fill: number) => boolean = () => false,
): Excursions {
  const { length } = trades;
  const mae = emptyExcursion(length);
  const mfe = emptyExcursion(length);
  const reach = new Reach(candles, grid);
  for (let k = 0; k < length; k++) {
    if (fillsOf(trades, k, fills) > (k < trades.closed ? 2 : 1)) {
      for (const { quote, fraction, r } of [mae, mfe]) quote[k] = fraction[k] = r[k] = Number.NaN;
      continue;
    }
    const first = trades.firstFill[k];
    reach.follow(trades, k, wasAnywhere(first), k < trades.closed && wasAnywhere(first + 1));
    const entry = trades.entryPrice[k];
    const quantity = Math.abs(trades.quantity[k]) / grid.quantityScale;
    const stopDistance = Math.abs(entry - trades.stop[k]) / grid.priceScale;
    put(mae, k, reach.adverse, entry / grid.priceScale, quantity, stopDistance);
    put(mfe, k, reach.favourable, entry / grid.priceScale, quantity, stopDistance);
  }
  return { mae, mfe };
}

function fillsOf({ firstFill, length }: TradeLog, k: number, fills: number): number {
  return (k + 1 < length ? firstFill[k + 1]! : fills) - firstFill[k]!;
}

function emptyExcursion(length: number): Excursion {
  return { quote: new Float64Array(length), fraction: new Float64Array(length), r: new Float64Array(length) };
}

function put(to: Excursion, k: number, distance: number, entry: number, quantity: number, stopDistance: number): void {
  to.quote[k] = distance * quantity;
  to.fraction[k] = distance / entry;
  to.r[k] = stopDistance > 0 ? distance / stopDistance : Number.NaN;
}

/** How far price went from one entry, quote per base: worked out for one trade after the other. */
class Reach {
  adverse = 0;
  favourable = 0;
  private readonly candles: Candles;
  private readonly grid: Grid;
  private entry = 0;
  /** 1 for a long, -1 for a short. */
  private sign = 1;
  /** What goes against the trade and what goes with it: low and high of a long, high and low of a short. */
  private against: Float64Array = new Float64Array(0);
  private along: Float64Array = new Float64Array(0);

  constructor(candles: Candles, grid: Grid) {
    this.candles = candles;
    this.grid = grid;
  }

  follow(trades: TradeLog, k: number, isEntryAnywhere: boolean, isExitAnywhere: boolean): void {
    const { candles, grid } = this;
    const isLong = trades.quantity[k] > 0;
    this.entry = grid.priceNumber(trades.entryPrice[k] as GridPrice);
    this.sign = isLong ? 1 : -1;
    this.against = (isLong ? candles.low : candles.high).values;
    this.along = (isLong ? candles.high : candles.low).values;
    this.adverse = 0;
    this.favourable = 0;
    const isOpen = k >= trades.closed;
    const first = trades.entryIndex[k];
    const last = isOpen ? candles.length : trades.exitIndex[k];
    if (first < last) this.takeFirst(first, trades.entryPrice[k], isEntryAnywhere);
    this.takeWhole(first + 1, last);
    if (!isOpen) this.takeLast(first, last, trades.exitPrice[k], isExitAnywhere);
  }

  /** The candle of the entry, when the trade outlived it. */
  private takeFirst(i: number, entry: number, isAnywhere: boolean): void {
    const open = this.grid.priceOf(this.candles.open.values[i]);
    const cameAlong = (entry - open) * this.sign > 0;
    if (!isAnywhere && (entry === open || cameAlong)) this.take(this.along[i]);
    this.take(this.candles.close.values[i]);
    this.take(this.against[i]);
  }

  private takeWhole(from: number, to: number): void {
    const { against, along, entry, sign } = this;
    let { adverse, favourable } = this;
    for (let i = from; i < to; i++) {
      const lost = (entry - against[i]) * sign;
      const gained = (along[i] - entry) * sign;
      if (lost > adverse) adverse = lost;
      if (gained > favourable) favourable = gained;
    }
    this.adverse = adverse;
    this.favourable = favourable;
  }

  /** The candle of the exit, in which the trade may have begun as well. */
  private takeLast(first: number, i: number, exit: number, isAnywhere: boolean): void {
    const { candles, grid, sign } = this;
    const open = candles.open.values[i];
    const exitPrice = grid.priceNumber(exit as GridPrice);
    this.take(exitPrice);
    if (!isAnywhere && first < i && exit === grid.priceOf(open)) return;
    const began = first < i ? open : this.entry;
    this.take(began);
    const wasWorse = (began - exitPrice) * sign > 0;
    if (isAnywhere || !wasWorse) this.take(this.against[i]);
  }

  /** A price that was there while the trade was open. */
  private take(price: number): void {
    const gained = (price - this.entry) * this.sign;
    if (gained > this.favourable) this.favourable = gained;
    if (-gained > this.adverse) this.adverse = -gained;
  }
}
