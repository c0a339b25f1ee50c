import type { Price, Ratio } from '#core/money.ts';
import type { AlpacaOrder } from './order.ts';
import type { OrderReplacement, OrderTerms } from './order-terms.ts';
import { Refusal } from './refusal.ts';

const REPLACEABLE = ['new', 'partially_filled', 'held'];

/** The terms that an order has after a replacement; its legs stay with it. */
export function replacedTerms(old: AlpacaOrder, change: OrderReplacement): OrderTerms | Refusal {
  const why = replacementProblem(old, change);
  if (why !== undefined) return new Refusal('unprocessable', why);
  const { made } = old;
  const { trail } = change;
  return {
    symbol: made.asset.symbol,
    side: made.side,
    type: made.type,
    timeInForce: change.timeInForce ?? made.timeInForce,
    quantity: change.quantity ?? old.quantity,
    notional: undefined,
    limitPrice: change.limitPrice ?? old.limitPrice,
    // A trailing stop goes on from where it has come to.
    stopPrice: change.stopPrice ?? (made.type === 'trailing_stop' ? undefined : old.stopPrice),
    trailPrice: made.trailPrice && ((trail as bigint as Price | undefined) ?? made.trailPrice),
    trailPercent: made.trailPercent && (trail ?? made.trailPercent),
    extendedHours: made.extendedHours,
    clientOrderId: change.clientOrderId,
    orderClass: '',
    takeProfit: undefined,
    stopLoss: undefined,
    positionIntent: undefined,
  };
}

function replacementProblem(old: AlpacaOrder, change: OrderReplacement): string | undefined {
  const { made, status } = old;
  const { quantity, limitPrice, stopPrice, trail, timeInForce } = change;
  if (status === 'replaced') return 'order already replaced';
  if (!REPLACEABLE.includes(status)) return `cannot replace order in ${status} status`;
  if (made.type === 'market' || made.notional !== undefined) return 'market and notional orders cannot be replaced';
  if (quantity !== undefined && made.orderClass !== '') return `qty of ${made.orderClass} orders cannot be replaced`;
  if (limitPrice !== undefined && old.limitPrice === undefined) return `${made.type} orders have no limit price`;
  if (stopPrice !== undefined && (old.stopPrice === undefined || made.type === 'trailing_stop'))
    return `${made.type} orders have no stop price`;
  if (trail !== undefined && made.type !== 'trailing_stop') return `${made.type} orders have no trail`;
  if (quantity !== undefined && quantity <= old.filled) return 'qty must be > filled_qty';
  const isSame =
    (quantity ?? old.quantity) === old.quantity &&
    (limitPrice ?? old.limitPrice) === old.limitPrice &&
    (stopPrice ?? old.stopPrice) === old.stopPrice &&
    isSameTrail(old, trail) &&
    (timeInForce ?? made.timeInForce) === made.timeInForce;
  return isSame ? 'order parameters are not changed' : undefined;
}

function isSameTrail({ made }: AlpacaOrder, trail: Ratio | undefined): boolean {
  return trail === undefined || trail === (made.trailPrice ?? made.trailPercent ?? trail);
}
