import type { OrderParamsV5 } from 'bybit-api';
import { formatDecimal } from '#core/money.ts';
import type { OrderType } from '#core/orders.ts';
import type { WireChange, WireOrder } from '../broker.ts';
import { directionOf } from './decode-order.ts';

const TIME_IN_FORCE = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK' } as const;

/** What this order cannot be at Bybit, as the end of a sentence; undefined when it can. */
export function unspeakable({ type, timeInForce, reduceOnly, stop, target }: WireOrder): string | undefined {
  if (type === 'trailing-stop')
    return 'Bybit must have such an order: its trailing stops belong to a position; use a stop';
  if (timeInForce === 'day') return 'Bybit must have such an order: it has none for a day; use "gtc"';
  if (reduceOnly && (stop !== undefined || target !== undefined)) {
    return 'an order that reduces must carry no stop or target at Bybit; send them on their own';
  }
  return undefined;
}

/**
 * An order in Bybit's words. Stop and target go out in Partial mode: each entry has its own, for what has filled of it.
 * In Full mode they would be the position's, and those of the next entry would take their place (docs/decisions/0007).
 */
export function spelled(order: WireOrder, symbol: string): OrderParamsV5 {
  const { type, side, stop, target, timeInForce } = order;
  const isConditional = type === 'stop' || type === 'take-profit';
  const limit = type === 'limit' ? order.price : isConditional ? order.limit : undefined;
  const lasts = timeInForce === 'day' ? 'GTC' : TIME_IN_FORCE[timeInForce];
  return {
    category: 'linear',
    symbol,
    side: side === 'buy' ? 'Buy' : 'Sell',
    orderType: limit === undefined ? 'Market' : 'Limit',
    qty: formatDecimal(order.quantity),
    ...(limit !== undefined && { price: formatDecimal(limit) }),
    timeInForce: limit === undefined ? 'IOC' : order.postOnly ? 'PostOnly' : lasts,
    positionIdx: 0,
    orderLinkId: order.clientOrderId,
    ...(isConditional && {
      triggerPrice: formatDecimal(order.price!),
      triggerDirection: directionOf(type, side),
      triggerBy: 'LastPrice' as const,
    }),
    ...(order.reduceOnly && { reduceOnly: true }),
    ...(stop !== undefined && { stopLoss: formatDecimal(stop), slOrderType: 'Market' as const }),
    ...(target !== undefined && { takeProfit: formatDecimal(target), tpOrderType: 'Market' as const }),
    ...((stop !== undefined || target !== undefined) && { tpslMode: 'Partial' as const }),
  };
}

/** What a change is in Bybit's words, which differ by the type of the order. */
export function spelledChange(type: OrderType, { price, limit, quantity }: WireChange) {
  const isConditional = type === 'stop' || type === 'take-profit';
  const resting = isConditional ? limit : price;
  return {
    ...(quantity !== undefined && { qty: formatDecimal(quantity) }),
    ...(resting !== undefined && { price: formatDecimal(resting) }),
    ...(isConditional && price !== undefined && { triggerPrice: formatDecimal(price) }),
  };
}
