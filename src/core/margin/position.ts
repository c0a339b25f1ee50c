import { formatDecimal, type Money, type Price, type Quantity } from '../money.ts';
import { absolute, divide, pricePer, product } from './rounding.ts';

/**
 * What is held of one contract, with what it cost instead of an average price: fills at any prices add up without
 * rounding. The cost of adding to a position (DCA) is the sum of price x quantity of its fills.
 */
export interface Position {
  /** Base units, signed: negative is short. */
  readonly quantity: Quantity;
  /** Sum of price x quantity, signed as the quantity is. */
  readonly cost: Money;
}

export const FLAT: Position = { quantity: 0n as Quantity, cost: 0n as Money };

/** What a fill is worth, signed; rounded up where price and quantity need more than 12 decimals, against the account. */
export function fillCost(quantity: Quantity, price: Price): Money {
  return product(price, quantity, 'up') as Money;
}

export function increased({ quantity, cost }: Position, by: Quantity, price: Price): Position {
  return { quantity: (quantity + by) as Quantity, cost: (cost + fillCost(by, price)) as Money };
}

export interface Reduction {
  readonly position: Position;
  /** P&L of the part that was closed, before fees. */
  readonly realizedPnl: Money;
}

/**
 * Closes a part at the average cost of the whole, or all of it. The cost that leaves is rounded against the account;
 * what the rounding took stays with the rest, so that the sum over a trade is exact.
 *
 * @param by Signed against the position, and no larger than it.
 * @throws RangeError otherwise.
 */
export function reduced({ quantity, cost }: Position, by: Quantity, price: Price): Reduction {
  const rest = quantity + by;
  if (by === 0n || by > 0n === quantity > 0n || absolute(by) > absolute(quantity)) {
    const fix = 'close it first and open the other side then';
    const values = `current values are ${formatDecimal(quantity)} and ${formatDecimal(by)}`;
    throw new RangeError(`Cannot reduce the position as the fill must lead towards 0, not past it: ${values}; ${fix}`);
  }
  const released = divide(cost * absolute(by), absolute(quantity), 'up') as Money;
  return {
    position: rest === 0n ? FLAT : { quantity: rest as Quantity, cost: (cost - released) as Money },
    realizedPnl: (-fillCost(by, price) - released) as Money,
  };
}

/** P&L of a position at a price, before fees; rounded down. */
export function unrealizedPnl({ quantity, cost }: Position, price: Price): Money {
  return (product(price, quantity, 'down') - cost) as Money;
}

/**
 * What a unit cost on average; undefined while flat. For people and venues' messages: formulas take the exact cost.
 * Rounded against the account: up for a long, down for a short.
 */
export function averageEntryPrice(position: Position, step: Price = 1n as Price): Price | undefined {
  const { quantity, cost } = position;
  if (quantity === 0n) return undefined;
  return pricePer(absolute(cost), absolute(quantity), step, quantity > 0n ? 'up' : 'down');
}
