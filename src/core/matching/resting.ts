import type { Grid, GridPrice } from '../grid.ts';
import type { Column } from '../indicators/column.ts';
import type { Order } from '../orders.ts';
import { type Trail, trailedLevel } from '../trailing.ts';
import type { SideColumns, Tape } from './tape.ts';

/** What a trailing stop has seen. */
export interface Trailing {
  readonly trail: Trail;
  /** The best price so far: beyond it, the stop may move. */
  best: number;
  /** The row in which it has moved last, after what came before in it; -1 at first. */
  movedAfter: number;
}

/** An order waiting for its price: a limit, or one with a trigger. */
export interface Resting {
  readonly order: Order;
  /** Stops and trailing stops are hit, by a price that goes against them; limits and take-profits are reached. */
  readonly waits: 'to-be-hit' | 'to-be-reached';
  /** Fires when the price comes down to the level, or when it comes up to it. */
  readonly fires: 'below' | 'above';
  /** The price at which it fires, as candles have prices; infinite for a stop that does not trail yet. */
  level: number;
  /** Of a trailing stop alone. */
  readonly trailing: Trailing | undefined;
  /** The first row in which it may fire. */
  from: number;
  /** The first row at whose open it rests already: in an earlier one the open lies before it, and only its level counts. */
  readonly openFrom: number;
  /** One cancels the other. */
  sibling: Resting | undefined;
}

/** The price at which an order that waits fires: the trigger, and its limit once that was reached. */
export function priceOf(order: Order): GridPrice | undefined {
  return order.progress?.triggered === true ? (order.limit ?? order.price) : order.price;
}

/** Whether a price is better or worse than the level, and not on it. */
export function isBeyond({ fires, level }: Resting, price: number): boolean {
  return fires === 'below' ? price < level : price > level;
}

/** The orders of one instrument that wait for their price on its tape. */
export class RestingOrders {
  readonly all: Resting[] = [];
  readonly tape: Tape;
  /** Where the venue ends the position, on margin: beside all others, as it is no order of ours. */
  liquidation: Resting | undefined;
  private readonly grid: Grid;
  /** The least and the most that anyone meets in a row. */
  private readonly low: Column;
  private readonly high: Column;
  /** How many of them trail. */
  private trailingStops = 0;
  /** Nothing happens above the first and below the second: most rows are done after two comparisons. */
  private below = Number.NEGATIVE_INFINITY;
  private above = Number.POSITIVE_INFINITY;

  constructor(grid: Grid, tape: Tape) {
    this.grid = grid;
    this.tape = tape;
    this.low = tape.bid.low;
    this.high = tape.ask.high;
  }

  /** What the order's side of the market meets. */
  columnsOf({ side }: Order): SideColumns {
    return side === 'buy' ? this.tape.ask : this.tape.bid;
  }

  get isEmpty(): boolean {
    return this.all.length === 0 && this.liquidation === undefined;
  }

  get hasTrailing(): boolean {
    return this.trailingStops > 0;
  }

  find(matches: (resting: Resting) => boolean): Resting | undefined {
    return this.all.find(matches);
  }

  /**
   * @param from The first row in which it may fire. @param openFrom The first one at whose open it rests already.
   * @param sibling The other one of the pair, where one cancels the other.
   */
  add(order: Order, from: number, openFrom: number, sibling: Resting | undefined): Resting {
    const resting = this.restingOf(order, from, openFrom, sibling);
    if (sibling) sibling.sibling = resting;
    this.all.push(resting);
    if (order.trail !== undefined) this.trailingStops += 1;
    this.include(resting);
    return resting;
  }

  /**
   * Where the venue ends the position from now on, as an order of its own; undefined where it does not.
   * @param from The first row in which it may.
   */
  guard(order: Order | undefined, from: number): void {
    // An open that lies beyond the level is asked about before the row: only the level counts inside it.
    this.liquidation = order && this.restingOf(order, from, Number.POSITIVE_INFINITY, undefined);
    this.bound();
  }

  private restingOf(order: Order, from: number, openFrom: number, sibling: Resting | undefined): Resting {
    const { type, trail } = order;
    const isHit = (type === 'stop' || type === 'trailing-stop') && order.progress?.triggered !== true;
    const fires = isHit === (order.side === 'sell') ? 'below' : 'above';
    const price = priceOf(order);
    return {
      order,
      waits: isHit ? 'to-be-hit' : 'to-be-reached',
      fires,
      level: price === undefined ? nowhere(fires) : this.grid.priceNumber(price),
      trailing: trail === undefined ? undefined : { trail, best: nowhere(fires), movedAfter: -1 },
      from,
      openFrom,
      sibling,
    };
  }

  /** Takes an order and its other half off the book: most of the time nothing else rests. */
  removePair(one: Resting): void {
    const { sibling } = one;
    if (this.all.length === (sibling ? 2 : 1)) {
      // Popping keeps the array's memory for the next pair.
      this.all.pop();
      if (sibling) this.all.pop();
      this.trailingStops = 0;
      this.bound();
    } else {
      this.remove((other) => other === one || other === sibling);
    }
  }

  remove(ends: (resting: Resting) => boolean): void {
    const left = this.all.filter((one) => !ends(one));
    this.all.length = 0;
    this.all.push(...left);
    this.trailingStops = left.reduce((count, { trailing }) => (trailing === undefined ? count : count + 1), 0);
    this.bound();
  }

  /** Whether anything may happen in a row: what first may do so in a later one counts too. */
  mayFire(row: number): boolean {
    // A row that nobody waits for is not looked at: most of the cost is fetching it from memory.
    if (this.isEmpty) return false;
    return this.low.values[row]! <= this.below || this.high.values[row]! >= this.above;
  }

  /** The first row of [from, to) in which anything may happen, `to` if there is none. */
  quietUntil(from: number, to: number): number {
    if (this.isEmpty) return to;
    const { below, above } = this;
    const low = this.low.values;
    const high = this.high.values;
    let i = from;
    while (i < to && low[i]! > below && high[i]! < above) i++;
    return i;
  }

  /** Moves a trailing stop after a price that the market has been at. @returns whether its level is another one now. */
  follow(one: Resting, market: number): boolean {
    const { trailing, order } = one;
    const isSell = order.side === 'sell';
    if (trailing === undefined || (isSell ? market <= trailing.best : market >= trailing.best)) return false;
    trailing.best = market;
    const level = trailedLevel(this.grid, order.side, trailing.trail, market);
    const { price } = order;
    const isBetter = level !== undefined && (price === undefined || (isSell ? level > price : level < price));
    if (isBetter) {
      one.level = this.grid.priceNumber(level);
      order.price = level;
      if (order.progress?.trailed !== true) order.note({ trailed: true });
    }
    this.bound();
    return isBetter;
  }

  private bound(): void {
    this.below = Number.NEGATIVE_INFINITY;
    this.above = Number.POSITIVE_INFINITY;
    for (const one of this.all) this.include(one);
    if (this.liquidation !== undefined) this.include(this.liquidation);
  }

  private include({ fires, level, trailing }: Resting): void {
    if (fires === 'below') {
      if (level > this.below) this.below = level;
      if (trailing !== undefined && trailing.best < this.above) this.above = trailing.best;
    } else {
      if (level < this.above) this.above = level;
      if (trailing !== undefined && trailing.best > this.below) this.below = trailing.best;
    }
  }
}

/** A level that no price comes to. */
function nowhere(fires: 'below' | 'above'): number {
  return fires === 'below' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
