import { divideUp } from '../grid.ts';
import { ONE, type Price } from '../money.ts';

/** `up` is towards more, `down` towards less, of negative values too. */
export type Rounding = 'up' | 'down';

/** @param divisor Positive. */
export function divide(value: bigint, divisor: bigint, rounding: Rounding): bigint {
  return rounding === 'up' ? divideUp(value, divisor) : -divideUp(-value, divisor);
}

/** The product of two values in 1e-12, in 1e-12. */
export function product(a: bigint, b: bigint, rounding: Rounding): bigint {
  return divide(a * b, ONE, rounding);
}

/** The quotient of two values in 1e-12, in 1e-12. @param b Positive. */
export function quotient(a: bigint, b: bigint, rounding: Rounding): bigint {
  return divide(a * ONE, b, rounding);
}

export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

export function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** `value` per `quantity`, both in the same unit, as a multiple of `step`. @param quantity Positive. */
export function pricePer(value: bigint, quantity: bigint, step: Price, rounding: Rounding): Price {
  return (divide(value * ONE, quantity * step, rounding) * step) as Price;
}
