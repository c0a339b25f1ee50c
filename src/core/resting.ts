import type { Candles } from './candles.ts';
import type { Grid, GridPrice } from './grid.ts';
import type { Order } from './orders.ts';

/** An order waiting for its price: a limit, or a stop with its trigger. */
export interface Resting {
  readonly order: Order;
  /** The price at which it fires, as the candles have prices. */
  readonly level: number;
  /** Fires when the low comes down to the level, or when the high comes up to it. */
  readonly fires: 'below' | 'above';
  /** The first candle in which it may fire. */
  readonly from: number;
  /** The first candle at whose open it rests already: in an earlier one the open lies before it, and only its level counts. */
  readonly openFrom: number;
  /** One cancels the other. */
  sibling: Resting | undefined;
}

/** Where and when a resting order fires. */
export interface Firing {
  readonly resting: Resting;
  readonly price: GridPrice;
  /** The candle opened beyond the level. */
  readonly atOpen: boolean;
}

/** The limits and stops of one instrument that wait for their price in its candles. */
export class RestingOrders {
  private readonly grid: Grid;
  private readonly candles: Candles;
  private all: Resting[] = [];
  /** Nothing rests that fires above the first or below the second: most candles are done after two comparisons. */
  private firesBelow = Number.NEGATIVE_INFINITY;
  private firesAbove = Number.POSITIVE_INFINITY;

  constructor(grid: Grid, candles: Candles) {
    this.grid = grid;
    this.candles = candles;
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  orders(): Order[] {
    return this.all.map(({ order }) => order);
  }

  find(matches: (resting: Resting) => boolean): Resting | undefined {
    return this.all.find(matches);
  }

  /** @param sibling The other one of the pair, where one cancels the other. */
  add(order: Order, from: number, openFrom: number, sibling: Resting | undefined): Resting {
    const resting: Resting = {
      order,
      level: this.grid.priceNumber(order.price!),
      fires: (order.type === 'stop') === (order.side === 'sell') ? 'below' : 'above',
      from,
      openFrom,
      sibling,
    };
    if (sibling) sibling.sibling = resting;
    this.all.push(resting);
    if (resting.fires === 'below') this.firesBelow = Math.max(this.firesBelow, resting.level);
    else this.firesAbove = Math.min(this.firesAbove, resting.level);
    return resting;
  }

  /** Takes an order and its other half off the book: most of the time nothing else rests. */
  removePair(one: Resting): void {
    const { sibling } = one;
    if (this.all.length === (sibling ? 2 : 1)) {
      this.all.length = 0;
      this.bound();
    } else {
      this.remove((other) => other === one || other === sibling);
    }
  }

  remove(ends: (resting: Resting) => boolean): void {
    this.all = this.all.filter((one) => !ends(one));
    this.bound();
  }

  /** Whether anything may fire in candle `i`: what first may do so in a later one counts too. */
  mayFire(i: number): boolean {
    return this.candles.low.values[i]! <= this.firesBelow || this.candles.high.values[i]! >= this.firesAbove;
  }

  /** The first candle of [from, to) in which anything may fire, `to` if there is none. */
  quietUntil(from: number, to: number): number {
    if (this.all.length === 0) return to;
    const { firesBelow, firesAbove } = this;
    const low = this.candles.low.values;
    const high = this.candles.high.values;
    let i = from;
    while (i < to && low[i]! > firesBelow && high[i]! < firesAbove) i++;
    return i;
  }

  /** The order that fires first in candle `i`, the worst first: stops before limits, each in the order they came. */
  firing(i: number): Firing | undefined {
    if (this.all.length === 0) return undefined;
    const resting = this.firingOf(i, 'stop') ?? this.firingOf(i, 'limit');
    if (resting === undefined) return undefined;
    const open = this.candles.open.values[i]!;
    const atOpen = i >= resting.openFrom && (resting.fires === 'below' ? open < resting.level : open > resting.level);
    return { resting, price: atOpen ? this.grid.priceOf(open) : resting.order.price!, atOpen };
  }

  private firingOf(i: number, type: 'stop' | 'limit'): Resting | undefined {
    const low = this.candles.low.values[i]!;
    const high = this.candles.high.values[i]!;
    for (const one of this.all) {
      if (one.order.type !== type || one.from > i) continue;
      if (one.fires === 'below' ? low <= one.level : high >= one.level) return one;
    }
    return undefined;
  }

  private bound(): void {
    let below = Number.NEGATIVE_INFINITY;
    let above = Number.POSITIVE_INFINITY;
    for (const { fires, level } of this.all) {
      if (fires === 'below') below = Math.max(below, level);
      else above = Math.min(above, level);
    }
    this.firesBelow = below;
    this.firesAbove = above;
  }
}
