import { filterRefusal } from '../filters.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import { shapeRefusal } from '../order-shape.ts';
import type { Order, OrderChange } from '../orders.ts';
import { isAttached } from './attached-orders.ts';

/**
 * Why an exchange does not take an order, or undefined.
 * @param reference The price that its notional is reckoned with: its own, or where the market is.
 * @param position What is held, signed.
 */
export function admissionRefusal(
  grid: Grid,
  order: Order,
  reference: GridPrice,
  position: GridQuantity,
): string | undefined {
  if (order.effect === 'reduce-only' && !(order.side === 'buy' ? position < 0 : position > 0)) {
    return cannotPlace(grid, 'it is reduce-only and there is no position to reduce');
  }
  const shape = shapeRefusal(order);
  return shape === undefined ? filterRefusal(grid, order, reference) : cannotPlace(grid, shape);
}

/** The sentence that refuses an order. */
export function cannotPlace({ instrument }: Grid, why: string): string {
  return `Cannot place order on "${instrument.symbol}" as ${why}`;
}

/** Why an exchange does not change an order, or undefined. @param market Where the order's side of the market is. */
export function amendRefusal(
  grid: Grid,
  order: Order,
  change: OrderChange,
  market: GridPrice,
  isWorking: boolean,
): string | undefined {
  const cannot = `Cannot amend order ${order.clientOrderId} as`;
  const { type, side, effect, postOnly } = order;
  if (!isWorking) return `${cannot} it is not working any more: it is ${order.state.kind}`;
  if (change.price !== undefined && (type === 'market' || type === 'trailing-stop'))
    return `${cannot} a ${type} order has no price of its own to amend`;
  if (change.quantity !== undefined && isAttached(order))
    return `${cannot} the quantity of a ${order.leg} is what filled of its entry; amend its price, or cancel it`;
  if (change.limit !== undefined && order.limit === undefined) return `${cannot} it has no limit to amend`;
  const { price = order.price, limit = order.limit, quantity = order.quantity } = change;
  if (postOnly && (side === 'buy' ? market <= price! : market >= price!))
    return `${cannot} it is post-only and would take`;
  return filterRefusal(grid, { quantity, price: change.price, limit, effect }, limit ?? price ?? market);
}
