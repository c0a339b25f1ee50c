import type { GridPrice, GridQuantity } from './grid.ts';
import type { Settlement } from './margin/settlement.ts';
import type { Leg, Order } from './orders.ts';
import type { EpochMs } from './time.ts';

const LEGS: readonly Leg[] = ['entry', 'exit', 'stop', 'target', 'liquidation'];
const FIRST_CAPACITY = 256;

export type Liquidity = 'maker' | 'taker';

/** One fill of an order, as a venue tells it. */
export interface Execution {
  readonly order: Order;
  readonly price: GridPrice;
  /** Signed: positive bought, negative sold. */
  readonly quantity: GridQuantity;
  /** The candle it happened in; one beyond the last closed one for what happens while a candle runs. */
  readonly index: number;
  /** When it happened; left out where nothing but its candle is known. */
  readonly at?: EpochMs;
  readonly liquidity: Liquidity;
  /** The venue's own id of it, unique for the symbol. */
  readonly venueTradeId: string | number;
  /** On margin alone, where the fee is another one or the price does not tell all. */
  readonly settlement?: Settlement | undefined;
}

/** Every fill of one symbol in the order it was applied, as columns: a row costs no object and keeps none alive. */
export class FillLog {
  length = 0;
  private prices = new Float64Array(FIRST_CAPACITY);
  private quantities = new Float64Array(FIRST_CAPACITY);
  private times = new Float64Array(FIRST_CAPACITY);
  private occasions = new Float64Array(FIRST_CAPACITY);
  private legs = new Uint8Array(FIRST_CAPACITY);
  private makers = new Uint8Array(FIRST_CAPACITY);

  /** @param at When it happened, or the open time of its candle. */
  append({ order, price, quantity, liquidity }: Execution, at: number): void {
    const k = this.length;
    if (k === this.prices.length) this.grow();
    this.prices[k] = price;
    this.quantities[k] = quantity;
    this.times[k] = at;
    this.occasions[k] = order.intent.occasion;
    this.legs[k] = LEGS.indexOf(order.leg);
    this.makers[k] = liquidity === 'maker' ? 1 : 0;
    this.length = k + 1;
  }

  price(k: number): GridPrice {
    return this.prices[k] as GridPrice;
  }

  /** Signed: positive bought, negative sold. */
  quantity(k: number): GridQuantity {
    return this.quantities[k] as GridQuantity;
  }

  at(k: number): number {
    return this.times[k]!;
  }

  /** Close time of the candle that called for the order. */
  occasion(k: number): number {
    return this.occasions[k]!;
  }

  leg(k: number): Leg {
    return LEGS[this.legs[k]!]!;
  }

  liquidity(k: number): Liquidity {
    return this.makers[k] === 1 ? 'maker' : 'taker';
  }

  private grow(): void {
    this.prices = doubled(this.prices);
    this.quantities = doubled(this.quantities);
    this.times = doubled(this.times);
    this.occasions = doubled(this.occasions);
    this.legs = doubledBytes(this.legs);
    this.makers = doubledBytes(this.makers);
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(values.length * 2);
  grown.set(values);
  return grown;
}

function doubledBytes(values: Uint8Array): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(values.length * 2);
  grown.set(values);
  return grown;
}
