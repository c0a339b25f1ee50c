import { unreachable } from '../brand.ts';
import { type Money, ONE, type Price, type Ratio } from '../money.ts';
import type { MarginModel } from './models.ts';
import { fillCost, type Position } from './position.ts';
import { absolute, divide, pricePer, product, quotient } from './rounding.ts';
import { type MaintenanceLine, maintenanceMargin } from './tiers.ts';

export type MarginMode = 'isolated' | 'cross';

/** What an account and its venue agree on for one contract. */
export interface MarginTerms {
  readonly model: MarginModel;
  readonly marginMode: MarginMode;
  readonly leverage: Ratio;
  /** Fraction of the notional. */
  readonly takerRate: Ratio;
  /** The rows of the venue's tiers, or the one line that holds. */
  readonly tiers: readonly MaintenanceLine[];
  /** Prices of liquidation and bankruptcy are multiples of it. */
  readonly tick: Price;
}

/** Margin that a position locks at entry: its notional / leverage, rounded up. */
export function initialMargin(cost: Money, leverage: Ratio): Money {
  return quotient(absolute(cost), leverage, 'up') as Money;
}

/**
 * The taker's fee of closing at the bankruptcy price, entry x (1 -/+ 1 / leverage), rounded up. Bybit locks it too.
 * @see Bybit help centre, "Order Cost (USDT Contract)".
 */
export function closingFee({ quantity, cost }: Position, { leverage, takerRate }: MarginTerms): Money {
  const side = quantity > 0n ? 1n : -1n;
  const value = absolute(cost) * (leverage - side * ONE) * takerRate;
  return divide(value, leverage * ONE, 'up') as Money;
}

/**
 * The mark price at which a position is liquidated, on the tick towards its entry: never later than the venue does.
 * `undefined` while flat, and for a long that no price above 0 liquidates.
 *
 * Where the position would be in another tier at that price, that tier counts, as Binance's FAQ demands: the margin is
 * the highest of all tiers' lines, so the first price that any line reaches is it.
 *
 * @param collateral What backs it, without a closing fee that is locked beside it. Isolated: its margin. Cross: the
 *   wallet's balance, with the unrealised P&L of other positions, less their maintenance margins.
 */
export function liquidationPrice(position: Position, collateral: Money, terms: MarginTerms): Price | undefined {
  return liquidationLevel(position, collateral, terms)?.price;
}

/** A liquidation price with what it came of. */
export interface LiquidationLevel {
  readonly price: Price;
  /** Number of the tier whose line is reached first, from 1. */
  readonly tier: number;
  /** What counts beside the collateral: the tier's amount, or less the maintenance margin of the entry where it goes by that. */
  readonly amount: Money;
  /** Of the value at that price: the tier's rate, where the margin goes by the mark, and the closing fee's. */
  readonly rate: Ratio;
}

/** As `liquidationPrice`, with the numbers of its formula: (cost -/+ collateral -/+ amount) / (quantity x (1 -/+ rate)). */
export function liquidationLevel(
  position: Position,
  collateral: Money,
  terms: MarginTerms,
): LiquidationLevel | undefined {
  const { quantity, cost } = position;
  if (quantity === 0n) return undefined;
  const { model, tiers } = terms;
  const feeRate = ownFeeRate(position, terms);
  if (model.maintenanceOn === 'entry') {
    const owed = maintenanceMargin(absolute(cost) as Money, tiers);
    const amount = -owed as Money;
    const price = priceAt(position, (collateral + amount) as Money, feeRate, terms);
    const tier = tiers.findIndex((line) => maintenanceMargin(absolute(cost) as Money, [line]) === owed) + 1;
    return price === undefined ? undefined : { price, tier, amount, rate: feeRate };
  }
  let first: LiquidationLevel | undefined;
  for (const [k, { maintenanceRate, maintenanceAmount: amount }] of tiers.entries()) {
    const rate = (maintenanceRate + feeRate) as Ratio;
    const price = priceAt(position, (collateral + amount) as Money, rate, terms);
    if (price === undefined) continue;
    if (first === undefined || (quantity > 0n ? price > first.price : price < first.price)) {
      first = { price, tier: k + 1, amount, rate };
    }
  }
  return first;
}

/**
 * The price at which a position has used up what backs it, on the tick towards its entry; undefined as above. A fill
 * there loses no more than the collateral, in cross margin with the taker's fee.
 *
 * @param collateral As for `liquidationPrice`.
 */
export function bankruptcyPrice(position: Position, collateral: Money, terms: MarginTerms): Price | undefined {
  if (position.quantity === 0n) return undefined;
  const feeRate = terms.marginMode === 'isolated' ? (0n as Ratio) : terms.takerRate;
  return priceAt(position, collateral, feeRate, { ...terms, model: { ...terms.model, buffer: 0n as Ratio } });
}

/** What a position must keep at a mark price, the closing fee included where the model reckons with it; rounded up. */
export function maintenanceAt(position: Position, mark: Price, terms: MarginTerms): Money {
  const { model, tiers } = terms;
  const value = absolute(fillCost(position.quantity, mark)) as Money;
  const notional = model.maintenanceOn === 'entry' ? (absolute(position.cost) as Money) : value;
  const fee = product(value, ownFeeRate(position, terms), 'up');
  return (maintenanceMargin(notional, tiers) + fee) as Money;
}

/** The closing fee as a part of the maintenance margin, as a fraction of the notional; rounded up. */
function ownFeeRate({ quantity }: Position, { model, marginMode, leverage, takerRate }: MarginTerms): Ratio {
  switch (model.closingFee) {
    case 'none':
      return 0n as Ratio;
    case 'at-liquidation':
      return takerRate;
    case 'at-bankruptcy': {
      if (marginMode === 'isolated') return 0n as Ratio;
      const side = quantity > 0n ? 1n : -1n;
      return divide(takerRate * (leverage - side * ONE), leverage, 'up') as Ratio;
    }
    default:
      return unreachable(model.closingFee);
  }
}

/**
 * Where collateral + quantity x price - cost = |quantity| x price x rate, moved by the buffer and to the tick. With the
 * signs of the quantity: price = (cost - collateral) / (quantity - |quantity| x rate).
 */
function priceAt(
  { quantity, cost }: Position,
  collateral: Money,
  rate: Ratio,
  { model: { buffer }, tick }: MarginTerms,
): Price | undefined {
  const isLong = quantity > 0n;
  const units = absolute(quantity);
  const value = isLong ? cost - collateral : absolute(cost) + collateral;
  if (value <= 0n) return isLong ? undefined : (0n as Price);
  const divisor = isLong ? ONE - rate : ONE + rate;
  // value / (units x divisor) x (1 - buffer) + |cost| / units x buffer, over one denominator.
  const buffered = value * ONE * (ONE - buffer) + absolute(cost) * divisor * buffer;
  return pricePer(buffered, units * divisor * ONE, tick, isLong ? 'up' : 'down');
}
