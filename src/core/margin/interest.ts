import type { Money, Quantity, Ratio } from '../money.ts';
import { ONE } from '../money.ts';
import { divide } from './rounding.ts';

const HOUR_MS = 3_600_000;
const ROLLOVER_MS = 4 * HOUR_MS;

/**
 * Interest on what a margin account borrowed, rounded up, in what was borrowed: quote for a long, base for a short.
 *
 * @param borrowed Not negative.
 * @param rate A fraction, of the period that the model names.
 * @param heldMs How long it was borrowed, in milliseconds; not negative.
 */
export type InterestModel = <Amount extends Money | Quantity>(borrowed: Amount, rate: Ratio, heldMs: number) => Amount;

/**
 * Binance: a daily rate, by the hour; a started hour counts, and the first one starts at once.
 * @see Binance FAQ 360030157812, "Interest Calculation": P x R / 24 x T.
 */
export const binanceInterest: InterestModel = (borrowed, dailyRate, heldMs) => {
  const hours = Math.max(1, Math.ceil(heldMs / HOUR_MS));
  return interestOf(borrowed, dailyRate, BigInt(hours), 24n);
};

/**
 * Kraken: the rate once for opening, and again for each started four hours.
 * @see Kraken support 206161568, "What are the fees (opening and rollover) for trading using margin?".
 */
export const krakenInterest: InterestModel = (borrowed, rate, heldMs) =>
  interestOf(borrowed, rate, 1n + BigInt(Math.ceil(heldMs / ROLLOVER_MS)), 1n);

function interestOf<Amount extends Money | Quantity>(borrowed: Amount, rate: Ratio, times: bigint, per: bigint) {
  return divide(borrowed * rate * times, ONE * per, 'up') as Amount;
}
