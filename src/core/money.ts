import type { Brand } from './brand.ts';

/**
 * Exact decimals as they are at the edges (ports, database, JSON): integers of 1e-12. Statistics and indicators use
 * plain numbers; inside matching the same values are integers of an instrument's own grid (grid.ts).
 */
export const DECIMALS = 12;
/** The number 1 in 1e-12. */
export const ONE = 10n ** 12n;

/** An amount in an account's currency, in 1e-12. May be negative. */
export type Money = Brand<bigint, 'Money'>;
/** Quote currency per base unit, in 1e-12. */
export type Price = Brand<bigint, 'Price'>;
/** Base units, in 1e-12. */
export type Quantity = Brand<bigint, 'Quantity'>;
/** A number without a unit, in 1e-12: 0.001 is a rate of 0.1 %, 12.5 a leverage. */
export type Ratio = Brand<bigint, 'Ratio'>;

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Reads a plain decimal ("-12.5") exactly.
 * @throws RangeError on anything else, an exponent or more than 12 decimals included: nothing is rounded on the way in.
 */
function parseDecimal(text: string): bigint {
  if (!PLAIN_DECIMAL.test(text)) {
    throw new RangeError(`A decimal must look like "-12.5": current value is ${JSON.stringify(text)}`);
  }
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  if (fraction.length > DECIMALS) {
    throw new RangeError(`A decimal may have up to ${DECIMALS} decimal places: current value is "${text}"`);
  }
  const digits = BigInt(whole) * ONE + BigInt(fraction.padEnd(DECIMALS, '0'));
  return text.startsWith('-') ? -digits : digits;
}

export function money(text: string): Money {
  return parseDecimal(text) as Money;
}

export function price(text: string): Price {
  return parseDecimal(text) as Price;
}

export function quantity(text: string): Quantity {
  return parseDecimal(text) as Quantity;
}

export function ratio(text: string): Ratio {
  return parseDecimal(text) as Ratio;
}

/** The shortest plain decimal that reads back to the same value: "0.1", never "0.100" or "1e-1". */
export function formatDecimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return `${value < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

/** The one way from exact values to statistics: the nearest float64. */
export function toNumber(value: Money | Price | Quantity | Ratio): number {
  return Number(formatDecimal(value));
}

/**
 * The shortest decimal text of a float, without an exponent: how a number from a candle file enters exact arithmetic.
 * @throws RangeError for NaN, infinities and values that need more than 12 decimals.
 */
export function decimalOf(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`A decimal must be finite: current value is ${value}`);
  const plain = withoutExponent(value);
  if (Number(plain) !== value || decimalPlaces(plain) > DECIMALS) {
    throw new RangeError(`A decimal may have up to ${DECIMALS} decimal places: current value is ${value}`);
  }
  return plain;
}

/** The shortest text of a float; one that is not a multiple of 1e-12 may lose digits where it would have an exponent. */
function withoutExponent(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Math.abs(value) < 1) return value.toFixed(DECIMALS).replace(/\.?0+$/, '');
  const [mantissa = '', exponent] = text.split('e+');
  const [whole, fraction = ''] = mantissa.split('.');
  return `${whole}${fraction.padEnd(Number(exponent), '0')}`;
}

/** How many decimal places a plain decimal has: 3 for "0.001", 0 for "25". */
export function decimalPlaces(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}
