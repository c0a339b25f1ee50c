import { z } from 'zod';
import { decimalOf } from '../core/money.ts';
import { readBy } from './problems.ts';

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): z.ZodType<number> {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z.number(rule).refine((value) => Number.isInteger(value) && value >= least && value <= most, rule);
}

/** A number above 0 and up to `most`. */
export function positiveNumber(most: number, example: number): z.ZodType<number> {
  const rule = `must be a number above 0 and up to ${most}, for example ${example}`;
  return z.number(rule).positive(rule).max(most, rule);
}

/**
 * A decimal above 0, as a JSON number or a text, read without rounding.
 * @param read `money`, `price` or `quantity` of core/money.
 */
export function positiveDecimal<Out extends bigint>(read: (text: string) => Out, example: string) {
  const rule = `must be a decimal above 0 with up to 12 decimals, for example ${example}`;
  return readBy((input): Out => {
    const value = exactly(input, read);
    if (value === undefined || value <= 0n) throw new Error(rule);
    return value;
  });
}

function exactly<Out>(input: unknown, read: (text: string) => Out): Out | undefined {
  if (typeof input !== 'number' && typeof input !== 'string') return undefined;
  try {
    return read(typeof input === 'number' ? decimalOf(input) : input);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
