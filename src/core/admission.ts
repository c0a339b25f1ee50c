import { isAttached } from './attached-orders.ts';
import { filterRefusal } from './filters.ts';
import type { Grid, GridPrice } from './grid.ts';
import { takesAt } from './matcher.ts';
import { shapeRefusal } from './order-shape.ts';
import type { Order, OrderChange } from './orders.ts';

/**
 * Why an exchange does not take an order, or undefined.
 * @param market Where the order's side of the market is. @param canReduce Whether there is a position that it would reduce.
 */
export function admissionRefusal(grid: Grid, order: Order, market: GridPrice, canReduce: boolean): string | undefined {
  const cannot = `Cannot place order on "${grid.instrument.symbol}" as`;
  if (order.effect === 'reduce-only' && !canReduce)
    return `${cannot} it is reduce-only and there is no position to reduce`;
  const shape = shapeRefusal(order);
  if (shape !== undefined) return `${cannot} ${shape}`;
  if (order.postOnly && takesAt(order, market)) return `${cannot} it is post-only and would take`;
  return filterRefusal(grid, order, order.limit ?? order.price ?? market);
}

/** Why an exchange does not change an order, or undefined. @param market As above. */
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
