import { levelsAt } from '#core/brackets.ts';
import type { Grid, GridPrice } from '#core/grid.ts';
import type { Order } from '#core/orders.ts';
import type { WireOrder, WireOrderId } from './broker.ts';

/** An order as it goes over a wire. Levels that count from the fill have none yet: whoever carries them is not asked to. */
export function wireOrder(order: Order, grid: Grid): WireOrder {
  const { attached, side, type, price, limit } = order;
  const direction = side === 'buy' ? 'long' : 'short';
  // Levels are the same whatever the fill: only distances and a profit count from it.
  const levels =
    attached?.kind === 'levels' ? levelsAt(attached, grid, direction, (price ?? 0) as GridPrice) : undefined;
  return {
    clientOrderId: order.clientOrderId,
    symbol: order.intent.owner.symbol,
    side,
    type,
    quantity: grid.exactQuantity(order.remaining),
    price: price === undefined ? undefined : grid.exactPrice(price),
    limit: limit === undefined ? undefined : grid.exactPrice(limit),
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    reduceOnly: order.effect === 'reduce-only',
    stop: levels && grid.exactPrice(levels.stop),
    target: levels?.target === undefined ? undefined : grid.exactPrice(levels.target),
  };
}

export function wireOrderId(order: Order): WireOrderId {
  return {
    symbol: order.intent.owner.symbol,
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId === undefined ? undefined : String(order.venueOrderId),
  };
}
