import { type Money, ONE, type Price, type Quantity, type Ratio, toNumber } from '../money.ts';
import { divide } from './rounding.ts';

/** One side of a trade on margin. */
export interface Deal {
  readonly direction: 'long' | 'short';
  /** Base units, positive. A short on a margin account buys back what it borrowed and the interest on it. */
  readonly quantity: Quantity;
  readonly price: Price;
  /** Fraction of the notional. */
  readonly feeRate: Ratio;
}

/** What opening a trade moves: paid by a long, with the fee; received by a short, less the fee. Rounded against it. */
export function openValue({ direction, quantity, price, feeRate }: Deal): Money {
  return direction === 'long'
    ? (divide(quantity * price * (ONE + feeRate), ONE * ONE, 'up') as Money)
    : (divide(quantity * price * (ONE - feeRate), ONE * ONE, 'down') as Money);
}

/**
 * What closing a trade moves: received by a long, less the fee; paid by a short, with it. Rounded against the trade.
 *
 * @param carry Funding received, less the interest paid in the quote currency while the trade was open; may be negative.
 */
export function closeValue(deal: Deal, carry: Money = 0n as Money): Money {
  const isLong = deal.direction === 'long';
  const traded = openValue({ ...deal, direction: isLong ? 'short' : 'long' });
  return (isLong ? traded + carry : traded - carry) as Money;
}

/** What a trade brought, after fees and carry. */
export function tradeProfit(direction: 'long' | 'short', opened: Money, closed: Money): Money {
  return (direction === 'long' ? closed - opened : opened - closed) as Money;
}

/** Profit as a fraction of the margin it took, value / leverage: 0.1 is 10 %. Float64, for statistics. */
export function returnOnMargin(profit: Money, opened: Money, leverage: Ratio): number {
  return (toNumber(profit) / toNumber(opened)) * toNumber(leverage);
}
