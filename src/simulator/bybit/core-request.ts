import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { OrderRequest, TimeInForce } from '#core/orders.ts';
import type { BybitTimeInForce } from '#protocols/bybit-words.ts';
import type { OrderTerms } from './order-record.ts';

const TIME_IN_FORCE: Readonly<Record<BybitTimeInForce, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'gtc',
};

/**
 * What the core's exchange is asked for. A stop and target of the usual kind go with the entry, so that they live from its
 * fill on.
 * @param attaches Whether they may: otherwise they are orders of their own, once it has filled.
 */
export function coreRequest(terms: OrderTerms, quantity: GridQuantity, attaches: boolean): OrderRequest {
  const { side, orderType, price, trigger, trail, attached, reduceOnly, timeInForce } = terms;
  const isMarket = orderType === 'Market';
  const common = {
    leg: reduceOnly ? 'exit' : 'entry',
    side: side === 'Buy' ? 'buy' : 'sell',
    quantity,
    timeInForce: isMarket ? 'ioc' : TIME_IN_FORCE[timeInForce],
    effect: reduceOnly ? 'reduce-only' : 'open',
    attached:
      attaches && attached?.stopLoss !== undefined ? levelsOf(attached.stopLoss, attached.takeProfit) : undefined,
  } as const;
  if (trail !== undefined) {
    const distance = { kind: 'absolute', distance: trail.distance } as const;
    return { ...common, type: 'trailing-stop', price: undefined, trail: { distance, activation: trail.activation } };
  }
  if (trigger === undefined) {
    if (isMarket) return { ...common, type: 'market', price: undefined };
    return { ...common, type: 'limit', price, postOnly: timeInForce === 'PostOnly' };
  }
  // A stop goes with the price: a buy when it rises, a sell when it falls.
  const type = (side === 'Buy') === (trigger.direction === 1) ? 'stop' : 'take-profit';
  const limit = isMarket ? undefined : price;
  return { ...common, type, price: trigger.price, limit };
}

function levelsOf(stop: GridPrice, target: GridPrice | undefined): OrderRequest['attached'] {
  return { kind: 'levels', levels: { stop, target } };
}

/** Whether the core's own stop and target are what is asked for: a stop, and no limit prices. */
export function canAttach({ attached, trail }: OrderTerms): boolean {
  if (attached === undefined || trail !== undefined || attached.stopLoss === undefined) return false;
  return attached.tpLimitPrice === undefined && attached.slLimitPrice === undefined;
}
