import { unreachable } from './brand.ts';
import type { Order } from './orders.ts';
import { trailRefusal } from './trailing.ts';

/** Why an order's parts do not belong together, or undefined: as the end of a sentence that says what cannot be done. */
export function shapeRefusal(order: Order): string | undefined {
  const { type, price } = order;
  if (type !== 'limit' && order.postOnly) return `it is post-only and must be a limit: current value is ${type}`;
  switch (type) {
    case 'market':
      return price === undefined
        ? undefined
        : 'it is a market order and must have no price: give none, or make it a limit';
    case 'limit':
      return price === undefined ? 'its price must be given: it is a limit' : undefined;
    case 'stop':
    case 'take-profit':
      return price === undefined ? `its price must be given: it is the trigger of a ${type}` : undefined;
    case 'trailing-stop':
      if (order.trail === undefined) return 'it is a trailing stop and must say how far it trails: give "trail"';
      if (order.limit !== undefined) return 'it is a trailing stop and must have no limit: it trades at the market';
      return trailRefusal(order.trail);
    default:
      return unreachable(type);
  }
}
