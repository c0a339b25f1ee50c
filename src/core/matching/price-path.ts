import type { Grid, GridPrice } from '../grid.ts';
import type { ExecutionModel } from './execution-model.ts';
import { priceOf, type Resting, type RestingOrders } from './resting.ts';
import { type Firing, gapPrice, type OnTrailed, type RowWalk } from './row-walk.ts';
import type { SideColumns } from './tape.ts';

const POINTS = 4;

/**
 * A row as a path: open, the nearer of high and low, the other one, close. Between two points the price moves straight,
 * bid and ask at the same pace, so that what is met first is met first on either side.
 */
export class PathWalk implements RowWalk {
  private readonly grid: Grid;
  private readonly book: RestingOrders;
  private readonly model: ExecutionModel;
  private readonly onTrailed: OnTrailed;
  private readonly bids = new Float64Array(POINTS);
  private readonly asks = new Float64Array(POINTS);
  /** The point that the price is on its way to; 0 at the open. */
  private point = 0;
  /** Where it is. */
  private bid = 0;
  private ask = 0;

  constructor(grid: Grid, book: RestingOrders, model: ExecutionModel, onTrailed: OnTrailed) {
    this.grid = grid;
    this.book = book;
    this.model = model;
    this.onTrailed = onTrailed;
  }

  begin(row: number): void {
    const { bid, ask } = this.book.tape;
    const highFirst = opensNearHigh(bid, ask, row);
    writePath(this.bids, bid, row, highFirst);
    writePath(this.asks, ask, row, highFirst);
    this.point = 0;
    this.bid = this.bids[0]!;
    this.ask = this.asks[0]!;
  }

  next(row: number): Firing | undefined {
    if (this.book.isEmpty) return undefined;
    for (;;) {
      const met = this.metFirst(row);
      if (met !== undefined) return met;
      this.bid = this.bids[this.point]!;
      this.ask = this.asks[this.point]!;
      if (this.book.hasTrailing) this.trail(row);
      if (this.point === POINTS - 1) return undefined;
      this.point += 1;
    }
  }

  /** The order that the price meets first on its way to the next point, and goes there. */
  private metFirst(row: number): Firing | undefined {
    let first: Resting | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const one of this.book.all) {
      if (one.from > row) continue;
      const part = this.partUntil(one);
      if (part < least) {
        least = part;
        first = one;
      }
    }
    const { liquidation } = this.book;
    if (liquidation !== undefined && liquidation.from <= row) {
      const part = this.partUntil(liquidation);
      if (part < least) {
        least = part;
        first = liquidation;
      }
    }
    if (first === undefined) return undefined;
    return { resting: first, price: this.goTo(first, least, row), openFrom: row };
  }

  /** How much of the way to the next point is left behind when the price meets `one`; Infinity when it does not. */
  private partUntil({ order, fires, level }: Resting): number {
    const at = order.side === 'buy' ? this.ask : this.bid;
    const end = (order.side === 'buy' ? this.asks : this.bids)[this.point]!;
    if (fires === 'below' ? at <= level : at >= level) return 0;
    return (fires === 'below' ? end <= level : end >= level) ? (level - at) / (end - at) : Number.POSITIVE_INFINITY;
  }

  /** @returns The price at which `one` trades there: its own, or the market's where that lies beyond it already. */
  private goTo(one: Resting, part: number, row: number): GridPrice {
    const at = one.order.side === 'buy' ? this.ask : this.bid;
    if (part === 0 && at !== one.level) {
      if (this.point === 0) return gapPrice(this.grid, this.book.columnsOf(one.order), one, row, this.model);
      return this.grid.toTick(at, one.order.side === 'buy' ? 'up' : 'down');
    }
    this.bid += part * (this.bids[this.point]! - this.bid);
    this.ask += part * (this.asks[this.point]! - this.ask);
    if (one.order.side === 'buy') this.ask = one.level;
    else this.bid = one.level;
    return priceOf(one.order)!;
  }

  private trail(row: number): void {
    for (const one of this.book.all) {
      if (one.from > row) continue;
      if (this.book.follow(one, one.order.side === 'buy' ? this.ask : this.bid)) this.onTrailed(one.order);
    }
  }
}

/** By the middle of bid and ask; false when the open lies halfway. */
function opensNearHigh(bid: SideColumns, ask: SideColumns, row: number): boolean {
  const open = bid.open.values[row]! + ask.open.values[row]!;
  const high = bid.high.values[row]! + ask.high.values[row]!;
  const low = bid.low.values[row]! + ask.low.values[row]!;
  return high - open < open - low;
}

function writePath(path: Float64Array, { open, high, low, close }: SideColumns, row: number, highFirst: boolean): void {
  path[0] = open.values[row]!;
  path[1] = (highFirst ? high : low).values[row]!;
  path[2] = (highFirst ? low : high).values[row]!;
  path[3] = close.values[row]!;
}
