import type { GridPrice, GridQuantity } from './grid.ts';

export const EXIT_REASONS = ['stop', 'target', 'rule', 'end-of-data', 'trailing-stop', 'liquidation'] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

const FIRST_CAPACITY = 256;
const COLUMNS = 11;

/**
 * Trades of one symbol, entry to exit, as columns. At most the last one is open. Money in the columns is float64 for
 * statistics; exact amounts come from the fills that a trade points at.
 */
export class TradeLog {
  length = 0;
  /** Whether the last one is still open. */
  isOpen = false;
  firstFill = new Float64Array(0);
  entryIndex = new Float64Array(0);
  exitIndex = new Float64Array(0);
  /** Average of the entries, in grid units: on the grid when there was one. */
  entryPrice = new Float64Array(0);
  /** Average of the exits, like it; NaN while open. */
  exitPrice = new Float64Array(0);
  /** All that was entered, signed: positive long, negative short. */
  quantity = new Float64Array(0);
  /** The first stop; NaN without one. */
  stop = new Float64Array(0);
  target = new Float64Array(0);
  /** What the entries would have lost at their first stops, in grid units of price x quantity; NaN when one had none. */
  risk = new Float64Array(0);
  /** After fees, in the quote currency; NaN while open. */
  pnl = new Float64Array(0);
  /** P&L in multiples of the loss at the first stop; NaN without one. */
  r = new Float64Array(0);
  /** How many of the closed ones brought more than they cost, fees included. */
  won = 0;
  private reasons = new Uint8Array(0);

  open(firstFill: number, index: number, price: GridPrice, quantity: GridQuantity, stop: number, target: number): void {
    const k = this.length;
    if (k === this.r.length) this.grow();
    this.firstFill[k] = firstFill;
    this.entryIndex[k] = index;
    this.entryPrice[k] = price;
    this.quantity[k] = quantity;
    this.stop[k] = stop;
    this.target[k] = target;
    this.risk[k] = Math.abs((price - stop) * quantity);
    this.exitIndex[k] = Number.NaN;
    this.exitPrice[k] = Number.NaN;
    this.pnl[k] = Number.NaN;
    this.r[k] = Number.NaN;
    this.length = k + 1;
    this.isOpen = true;
  }

  /** Another entry into the open trade. @param stop Its own first stop; NaN without one. */
  add(price: GridPrice, quantity: GridQuantity, stop: number): void {
    const k = this.length - 1;
    const before = this.quantity[k]!;
    const total = before + quantity;
    this.entryPrice[k] = (this.entryPrice[k]! * before + price * quantity) / total;
    this.quantity[k] = total;
    this.risk[k] = this.risk[k]! + Math.abs((price - stop) * quantity);
  }

  /** @param price Average of its exits, in grid units. */
  close(index: number, price: number, pnl: number, r: number, reason: ExitReason): void {
    const k = this.length - 1;
    this.exitIndex[k] = index;
    this.exitPrice[k] = price;
    this.pnl[k] = pnl;
    this.r[k] = r;
    this.reasons[k] = EXIT_REASONS.indexOf(reason);
    this.isOpen = false;
    if (pnl > 0) this.won += 1;
  }

  /** Why trade `k` ended; undefined while it is open. */
  exitReason(k: number): ExitReason | undefined {
    return k < this.closed ? EXIT_REASONS[this.reasons[k]!] : undefined;
  }

  /** How many have ended: all but an open last one. */
  get closed(): number {
    return this.isOpen ? this.length - 1 : this.length;
  }

  /** Doubles every column; they share one buffer, so that growing costs one allocation. */
  private grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.r.length * 2);
    const buffer = new Float64Array(capacity * COLUMNS);
    let used = 0;
    const moved = (old: Float64Array) => {
      const column = buffer.subarray(used, used + capacity);
      column.set(old);
      used += capacity;
      return column;
    };
    this.firstFill = moved(this.firstFill);
    this.entryIndex = moved(this.entryIndex);
    this.exitIndex = moved(this.exitIndex);
    this.entryPrice = moved(this.entryPrice);
    this.exitPrice = moved(this.exitPrice);
    this.quantity = moved(this.quantity);
    this.stop = moved(this.stop);
    this.target = moved(this.target);
    this.risk = moved(this.risk);
    this.pnl = moved(this.pnl);
    this.r = moved(this.r);
    const reasons = new Uint8Array(capacity);
    reasons.set(this.reasons);
    this.reasons = reasons;
  }
}
