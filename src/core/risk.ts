import type { Sizing } from './bots.ts';
import { unreachable } from './brand.ts';
import { filterRefusal } from './filters.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { type Intent, Order, type OrderRequest, type RiskApproved } from './orders.ts';
import { REASONS, type Reason } from './signals.ts';

/**
 * The quantity that a bot's sizing asks for, rounded down to the lot; 0 when it comes to less than one lot.
 *
 * @param capital What a percent is of, in the quote currency: the bot's capital, or the account's equity when less is left.
 * @param price Quote per base.
 * @param stopDistance Quote per base, positive; undefined for an entry without a stop.
 * @throws RangeError when the risk per trade is asked for without a stop.
 */
export function sizedQuantity(
  grid: Grid,
  sizing: Sizing,
  capital: number,
  price: number,
  stopDistance: number | undefined,
): GridQuantity {
  switch (sizing.kind) {
    case 'quantity':
      return grid.quantityOf(sizing.quantity);
    case 'percent-of-capital':
      return grid.toLot((capital * sizing.percent) / 100 / price);
    case 'risk-per-trade':
      if (stopDistance === undefined) throw new RangeError('Cannot size by risk per trade as the entry has no stop');
      return grid.toLot((capital * sizing.percent) / 100 / stopDistance);
    default:
      return unreachable(sizing);
  }
}

/** What an entry may still commit, in grid units of price x quantity. */
export interface Room {
  /** The bot's capital less what its positions and working orders commit. */
  readonly ofCapital: number;
  /** The account's equity less what is committed on it: no borrowing. */
  readonly ofEquity: number;
}

export type Verdict =
  | { readonly kind: 'approved'; readonly order: RiskApproved<Order> }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly why: string };

/**
 * The last gate for an order that opens: the instrument's filters, the bot's capital and the account's equity.
 * @param reference The price the notional is reckoned with: the limit, or the last close for a market order.
 */
export function approveEntry(
  grid: Grid,
  intent: Intent,
  request: OrderRequest,
  reference: GridPrice,
  room: Room,
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
  return { kind: 'approved', order: new Order(intent, request) as RiskApproved<Order> };
}

/** An order that only reduces is always let through: a limit must never hold a position open. */
export function approveExit(
  intent: Intent,
  request: OrderRequest & { readonly effect: 'reduce-only' },
): RiskApproved<Order> {
  return new Order(intent, request) as RiskApproved<Order>;
}

/** An order that was approved before it was stored, read back from there. */
export function approvedBefore(order: Order): RiskApproved<Order> {
  return order as RiskApproved<Order>;
}
