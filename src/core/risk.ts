import type { Sizing, SizingBounds } from './bots.ts';
import { unreachable } from './brand.ts';
import { filterRefusal } from './filters.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { toNumber } from './money.ts';
import { type Intent, Order, type OrderRequest, type RiskApproved } from './orders.ts';
import { REASONS, type Reason } from './signals.ts';

/**
 * The quantity that a bot's sizing asks for, rounded down to the lot; 0 when it comes to less than one lot.
 *
 * @param capital What a percent is of, in the quote currency: the bot's capital, or the account's equity when less is left.
 * @param price Quote per base.
 * @param stopDistance Quote per base, positive; undefined for an entry without a stop.
 * @param leverage What a percent of the capital buys, times itself: it is locked as margin.
 * @throws RangeError when the risk per trade is asked for without a stop.
 */
export function sizedQuantity(
  grid: Grid,
  sizing: Sizing,
  capital: number,
  price: number,
  stopDistance: number | undefined,
  leverage = 1,
): GridQuantity {
  switch (sizing.kind) {
    case 'quantity':
      return grid.quantityOf(sizing.quantity);
    case 'percent-of-capital':
      return grid.toLot((capital * leverage * sizing.percent) / 100 / price);
    case 'risk-per-trade':
      if (stopDistance === undefined) throw new RangeError('Cannot size by risk per trade as the entry has no stop');
      return grid.toLot((capital * sizing.percent) / 100 / stopDistance);
    default:
      return unreachable(sizing);
  }
}

/**
 * The quantity within the bot's own bounds: cut down to the most, on the lot; 0 when that is under the least.
 * @param price Quote per base, that notionals are reckoned with.
 */
export function boundedQuantity(grid: Grid, bounds: SizingBounds, quantity: GridQuantity, price: number): GridQuantity {
  const { minQuantity, maxQuantity, minNotional, maxNotional } = bounds;
  let most: number = quantity;
  if (maxQuantity !== undefined) most = Math.min(most, grid.toLot(toNumber(maxQuantity)));
  if (maxNotional !== undefined) most = Math.min(most, grid.toLot(toNumber(maxNotional) / price));
  const base = grid.quantityNumber(most as GridQuantity);
  if (minQuantity !== undefined && base < toNumber(minQuantity)) return 0 as GridQuantity;
  if (minNotional !== undefined && base * price < toNumber(minNotional)) return 0 as GridQuantity;
  return most as GridQuantity;
}

/**
 * Quote currency that an entry loses when its stop is hit, the taker's fee paid on both sides; without a stop all of the
 * notional may be lost.
 * @param quantity Grid units, positive. @param price Quote per base. @param stopDistance Quote per base.
 */
export function riskAtStop(
  grid: Grid,
  quantity: GridQuantity,
  price: number,
  stopDistance: number | undefined,
): number {
  const base = grid.quantityNumber(quantity);
  return base * ((stopDistance ?? price) + 2 * price * grid.takerFraction);
}

/** What an entry may still commit and risk. */
export interface Room {
  /**
   * The largest notional that the bot's capital pays for, less what its positions and working orders commit, in grid units
   * of price x quantity: on margin, what is left times the leverage.
   */
  readonly ofCapital: number;
  /** What the account's equity pays for, less what is committed on it, in the same units. */
  readonly ofEquity: number;
  /** What the account's daily loss limit leaves, in quote currency; Infinity without one. */
  readonly ofDailyLoss: number;
}

export type Verdict =
  | { readonly kind: 'approved'; readonly order: RiskApproved<Order> }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly why: string };

/**
 * The last gate for an order that opens: the instrument's filters, the bot's capital, the account's equity and its
 * daily loss limit.
 * @param reference The price the notional is reckoned with: the limit, or the last close for a market order.
 * @param risk Quote currency that is lost when the order's stop is hit, costs included.
 */
export function approveEntry(
  grid: Grid,
  intent: Intent,
  request: OrderRequest,
  reference: GridPrice,
  room: Room,
  risk: number,
): Verdict {
  const { quantity } = request;
  if (quantity < grid.minQuantity || quantity === 0) {
    return { kind: 'refused', reason: REASONS.underMinimum, why: REASONS.underMinimum.why };
  }
  const why = filterRefusal(grid, request, reference);
  if (why !== undefined) return { kind: 'refused', reason: REASONS.underMinimum, why };
  const notional = reference * quantity;
  if (notional > room.ofCapital || notional > room.ofEquity) {
    return { kind: 'refused', reason: REASONS.overCapital, why: REASONS.overCapital.why };
  }
  if (risk > room.ofDailyLoss) {
    const left = Math.max(0, room.ofDailyLoss);
    const why = `${REASONS.dailyLoss.why}: ${left.toFixed(2)} is left, and it risks ${risk.toFixed(2)}`;
    return { kind: 'refused', reason: REASONS.dailyLoss, why };
  }
  return { kind: 'approved', order: new Order(intent, request) as RiskApproved<Order> };
}

/** An order that only reduces is always let through: a limit must never hold a position open. */
export function approveExit(
  intent: Intent,
  request: OrderRequest & { readonly effect: 'reduce-only' },
  attempt = 1,
): RiskApproved<Order> {
  return new Order(intent, request, attempt) as RiskApproved<Order>;
}

/** An order that was approved before it was stored, read back from there. */
export function approvedBefore(order: Order): RiskApproved<Order> {
  return order as RiskApproved<Order>;
}
