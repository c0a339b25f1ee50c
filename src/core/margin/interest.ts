import type { Money, Price, Quantity, Ratio } from '../money.ts';
import { ONE } from '../money.ts';
import type { EpochMs } from '../time.ts';
import { absolute, divide } from './rounding.ts';

const HOUR_MS = 3_600_000;
const ROLLOVER_MS = 4 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

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

/** The first moment from `from` on at which a day's interest is charged: the last millisecond of a UTC day. */
export function nextInterestAt(from: number): EpochMs {
  return (Math.ceil((from + 1) / DAY_MS) * DAY_MS - 1) as EpochMs;
}

/**
 * A broker's interest for a day, rounded up: value x yearly rate / 365. A short borrows all that it sold, at its value now; a
 * long what its margin does not pay for, value x (1 - 1 / leverage).
 *
 * @param dailyRate A fraction of what is borrowed.
 * @see Backtrader documentation, "Commissions: Credit": days x size x price x (interest / 365).
 */
export function dailyInterest(quantity: Quantity, mark: Price, leverage: Ratio, dailyRate: Ratio): Money {
  const value = absolute(quantity) * mark * dailyRate;
  if (quantity < 0n) return divide(value, ONE * ONE, 'up') as Money;
  return divide(value * (leverage - ONE), ONE * ONE * leverage, 'up') as Money;
}

function interestOf<Amount extends Money | Quantity>(borrowed: Amount, rate: Ratio, times: bigint, per: bigint) {
  return divide(borrowed * rate * times, ONE * per, 'up') as Amount;
}
