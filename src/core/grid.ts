import type { Brand } from './brand.ts';
import type { FeeRates, Instrument } from './instruments.ts';
import {
  DECIMALS,
  decimalPlaces,
  formatDecimal,
  type Money,
  ONE,
  type Price,
  type Quantity,
  type Ratio,
  toNumber,
} from './money.ts';

/** A price as a whole number of 10^-priceDecimals quote per base. On the instrument's tick unless it says otherwise. */
export type GridPrice = Brand<number, 'GridPrice'>;
/** A quantity as a whole number of 10^-quantityDecimals base units. */
export type GridQuantity = Brand<number, 'GridQuantity'>;

/** A level this close to the tick, in ticks, lies on it: what is left is the float's own rounding. */
const ON_TICK = 1e-6;

/** Decimals kept for prices that need not lie on the tick. */
const FREE_PRICE_DECIMALS = 9;

/**
 * One instrument's numbers as safe integers, so that matching and the ledger are exact and fast. Two units of money
 * follow from it: price x quantity is a whole number of 10^-notionalDecimals, and a fee of 10^-feeDecimals.
 */
export class Grid {
  readonly instrument: Instrument;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly tick: number;
  readonly lot: number;
  /** Least quantity, and least price x quantity of an order that opens, in grid units. */
  readonly minQuantity: number;
  readonly minNotional: number;
  readonly notionalDecimals: number;
  readonly feeDecimals: number;
  readonly makerRate: number;
  readonly takerRate: number;
  /** Fees as fractions of the notional, exactly. */
  readonly exactMakerRate: Ratio;
  readonly exactTakerRate: Ratio;
  /** The taker's fee as a fraction of the notional, float64. */
  readonly takerFraction: number;
  /** A fee is price x quantity x rate of these, rounded up: 1 while every fee is whole. */
  readonly feeDivisor: number;
  /** One unit of each on the grid, in 1e-12. */
  private readonly priceUnit: bigint;
  private readonly quantityUnit: bigint;
  private readonly feeUnit: bigint;

  /**
   * @param prices `on-tick` when every price lies on the tick; `free` keeps up to 9 decimals, for levels that are not
   *   rounded.
   * @throws RangeError when tick and lot together need more than 12 decimals.
   */
  constructor(instrument: Instrument, fees: FeeRates, prices: 'on-tick' | 'free' = 'on-tick') {
    const tickDecimals = decimalPlaces(formatDecimal(instrument.tick));
    const quantityDecimals = decimalPlaces(formatDecimal(instrument.lot));
    if (tickDecimals + quantityDecimals > DECIMALS) {
      throw new RangeError(
        `Cannot trade ${instrument.symbol} as its tick and lot may have up to ${DECIMALS} decimals together: ` +
          `current values are ${formatDecimal(instrument.tick)} and ${formatDecimal(instrument.lot)}`,
      );
    }
    const free = Math.min(Math.max(FREE_PRICE_DECIMALS, tickDecimals), DECIMALS - quantityDecimals);
    const priceDecimals = prices === 'free' ? free : tickDecimals;
    const rateDecimals = Math.max(decimalPlaces(formatDecimal(fees.maker)), decimalPlaces(formatDecimal(fees.taker)));
    this.instrument = instrument;
    this.priceScale = 10 ** priceDecimals;
    this.quantityScale = 10 ** quantityDecimals;
    this.tick = Number(instrument.tick / 10n ** BigInt(DECIMALS - priceDecimals));
    this.lot = Number(instrument.lot / 10n ** BigInt(DECIMALS - quantityDecimals));
    this.minQuantity = Number(instrument.minQuantity / 10n ** BigInt(DECIMALS - quantityDecimals));
    this.notionalDecimals = priceDecimals + quantityDecimals;
    this.minNotional = Number(instrument.minNotional / 10n ** BigInt(DECIMALS - this.notionalDecimals));
    this.feeDecimals = Math.min(DECIMALS, this.notionalDecimals + rateDecimals);
    this.makerRate = Number(fees.maker / 10n ** BigInt(DECIMALS - rateDecimals));
    this.takerRate = Number(fees.taker / 10n ** BigInt(DECIMALS - rateDecimals));
    this.exactMakerRate = BigInt(fees.maker) as Ratio;
    this.exactTakerRate = BigInt(fees.taker) as Ratio;
    this.takerFraction = toNumber(fees.taker);
    this.feeDivisor = 10 ** (this.notionalDecimals + rateDecimals - this.feeDecimals);
    this.priceUnit = ONE / BigInt(this.priceScale);
    this.quantityUnit = ONE / BigInt(this.quantityScale);
    this.feeUnit = 10n ** BigInt(DECIMALS - this.feeDecimals);
  }

  /** The grid price nearest to a candle's price. */
  priceOf(value: number): GridPrice {
    return Math.round(value * this.priceScale) as GridPrice;
  }

  /** The float64 nearest to a grid price: equal to the same decimal read from text. */
  priceNumber(price: GridPrice): number {
    return price / this.priceScale;
  }

  quantityNumber(quantity: GridQuantity): number {
    return quantity / this.quantityScale;
  }

  /** A computed price moved to the tick, upwards or downwards; one on the tick stays. */
  toTick(value: number, direction: 'up' | 'down'): GridPrice {
    const ticks = (value * this.priceScale) / this.tick;
    const nearest = Math.round(ticks);
    const whole =
      Math.abs(ticks - nearest) < ON_TICK ? nearest : direction === 'up' ? Math.ceil(ticks) : Math.floor(ticks);
    return (whole * this.tick) as GridPrice;
  }

  /** The most whole lots that `base` units hold: rounding up could sell more than there is. */
  toLot(base: number): GridQuantity {
    const lots = (base * this.quantityScale) / this.lot;
    const nearest = Math.round(lots);
    return ((Math.abs(lots - nearest) < ON_TICK ? nearest : Math.floor(lots)) * this.lot) as GridQuantity;
  }

  /** @throws RangeError when an exact quantity does not lie on the lot. */
  quantityOf(quantity: Quantity): GridQuantity {
    if (quantity % this.instrument.lot !== 0n) {
      throw new RangeError(
        `The quantity must be a multiple of ${this.instrument.symbol}'s lot ${formatDecimal(this.instrument.lot)}: ` +
          `current value is ${formatDecimal(quantity)}`,
      );
    }
    return (Number(quantity / this.instrument.lot) * this.lot) as GridQuantity;
  }

  exactPrice(price: GridPrice): Price {
    return (BigInt(price) * this.priceUnit) as Price;
  }

  exactQuantity(quantity: GridQuantity): Quantity {
    return (BigInt(quantity) * this.quantityUnit) as Quantity;
  }

  /** Reads a stored decimal back onto the grid. @throws RangeError when it does not lie on it. */
  gridPrice(price: Price): GridPrice {
    return whole(price, this.priceUnit, 'price') as GridPrice;
  }

  /** A price that may be finer than the grid, moved to it. */
  roundedPrice(price: Price, direction: 'up' | 'down'): GridPrice {
    const { priceUnit } = this;
    return Number(direction === 'up' ? divideUp(price, priceUnit) : price / priceUnit) as GridPrice;
  }

  gridQuantity(quantity: Quantity): GridQuantity {
    return whole(quantity, this.quantityUnit, 'quantity') as GridQuantity;
  }

  /** Exact price x quantity, signed as the quantity is. */
  notional(price: GridPrice, quantity: GridQuantity): Money {
    return ((this.exactPrice(price) * this.exactQuantity(quantity)) / ONE) as Money;
  }

  /** The fee of one fill, rounded up to 10^-feeDecimals: never less than the venue's own. */
  fee(price: GridPrice, quantity: GridQuantity, liquidity: 'maker' | 'taker'): Money {
    const rate = liquidity === 'maker' ? this.makerRate : this.takerRate;
    const product = BigInt(price) * BigInt(Math.abs(quantity)) * BigInt(rate);
    return (divideUp(product, BigInt(this.feeDivisor)) * this.feeUnit) as Money;
  }
}

/** Rounds up, a rebate (a negative fee) too. @param divisor Positive. */
export function divideUp(value: bigint, divisor: bigint): bigint {
  const towardZero = value / divisor;
  return value > 0n && towardZero * divisor !== value ? towardZero + 1n : towardZero;
}

function whole(value: bigint, unit: bigint, what: string): number {
  if (value % unit !== 0n) {
    throw new RangeError(`The ${what} ${formatDecimal(value)} does not lie on the grid of ${formatDecimal(unit)}`);
  }
  return Number(value / unit);
}
