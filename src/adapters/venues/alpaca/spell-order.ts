import type { trading } from '@alpacahq/alpaca-trade-api';
import { formatDecimal, ONE, type Quantity } from '#core/money.ts';
import type { Capabilities } from '#ports/venue.ts';
import type { WireChange, WireOrder } from '../broker.ts';
import type { AlpacaOrder } from './decode-order.ts';

export type OrderBody = trading.PostOrderRequest;

/** What is paid for: a share, in whole or in part, or a coin. */
export interface Traded {
  readonly wire: string;
  readonly isCoin: boolean;
}

/** How far beyond its trigger the stop of a coin may still trade: Alpaca takes none without a limit. */
const COIN_STOP_ROOM_PERCENT = 5n;

/**
 * When Alpaca carries the levels of this order: as a bracket, whose legs sleep until the entry has filled completely. It
 * makes one of whole shares alone, that are bought or sold at the market or at a limit, for the day or until canceled.
 */
export function attachedStopOf(
  { stop, type, quantity, timeInForce }: WireOrder,
  isCoin: boolean,
): Capabilities['attachedStop'] {
  const isResting = timeInForce === 'day' || timeInForce === 'gtc';
  const isEntry = type === 'market' || type === 'limit';
  return stop !== undefined && !isCoin && isEntry && isResting && isWhole(quantity) ? 'whole-fill' : 'none';
}

/** What this order cannot be at Alpaca, as the end of a sentence; undefined when it can. */
export function unspeakable(order: WireOrder, { isCoin }: Traded): string | undefined {
  const { type, timeInForce, reduceOnly, side, stop, target, postOnly } = order;
  if (type === 'trailing-stop')
    return 'its trailing stop must be told how it trails: the engine does not say; use a stop';
  if (type === 'take-profit')
    return 'Alpaca must have such an order: none waits there for a better price but a limit; use a limit';
  if (postOnly) return 'Alpaca must have such an order: it has none that only makes; leave "post-only" out';
  if (reduceOnly && (stop !== undefined || target !== undefined))
    return 'an order that reduces must carry no stop or target at Alpaca; send them on their own';
  if (target !== undefined && attachedStopOf(order, isCoin) === 'none')
    return 'Alpaca must carry its target: it does so for whole shares with a stop alone, for the day or until canceled; leave the target out, or ask for whole shares';
  if (isCoin) return unspeakableCoin(order);
  if (type === 'stop' && timeInForce !== 'day' && timeInForce !== 'gtc')
    return `a stop must be for the day or until canceled at Alpaca: it is "${timeInForce}"; use "gtc"`;
  if (isWhole(order.quantity)) return undefined;
  if (side === 'sell' && !reduceOnly) return 'only whole shares can be sold short at Alpaca; ask for whole ones';
  if (timeInForce !== 'day' && !isForTheDayAnyway(order))
    return `parts of a share must be asked for by the day at Alpaca: it is "${timeInForce}"; use "day", or whole shares`;
  return undefined;
}

function unspeakableCoin({ type, timeInForce, side, reduceOnly }: WireOrder): string | undefined {
  if (side === 'sell' && !reduceOnly) return 'coins cannot be sold short at Alpaca; leave "entry.short" out';
  if (type === 'stop' ? timeInForce === 'gtc' : timeInForce === 'gtc' || timeInForce === 'ioc') return undefined;
  return `an order for coins must be "gtc" or "ioc" at Alpaca, and a stop "gtc": it is "${timeInForce}"`;
}

/** An order in Alpaca's words. */
export function spelled(order: WireOrder, traded: Traded): OrderBody {
  const { type, side, stop, target, price } = order;
  const limit = type === 'limit' ? price : type === 'stop' ? (order.limit ?? coinStopLimit(order, traded)) : undefined;
  const isBracket = attachedStopOf(order, traded.isCoin) === 'whole-fill';
  return {
    symbol: traded.wire,
    qty: formatDecimal(order.quantity),
    side,
    type: type === 'stop' ? (limit === undefined ? 'stop' : 'stop_limit') : type === 'limit' ? 'limit' : 'market',
    timeInForce: lastsOf(order, traded),
    clientOrderId: order.clientOrderId,
    ...(limit !== undefined && { limitPrice: formatDecimal(limit) }),
    ...(type === 'stop' && { stopPrice: formatDecimal(price!) }),
    // Alpaca has no orders that only reduce; one that must close does not open.
    ...(!traded.isCoin && { positionIntent: `${side}_to_${order.reduceOnly ? 'close' : 'open'}` }),
    ...(isBracket && {
      orderClass: target === undefined ? 'oto' : 'bracket',
      stopLoss: { stopPrice: formatDecimal(stop!) },
      ...(target !== undefined && { takeProfit: { limitPrice: formatDecimal(target) } }),
    }),
  };
}

/** What a change is in Alpaca's words, which differ by the type of the order. */
export function spelledChange(
  { report }: AlpacaOrder,
  { price, limit, quantity }: WireChange,
): trading.PatchOrderRequest {
  const isStop = report.type === 'stop';
  const resting = isStop ? limit : price;
  return {
    ...(quantity !== undefined && { qty: formatDecimal(quantity) }),
    ...(resting !== undefined && { limitPrice: formatDecimal(resting) }),
    ...(isStop && price !== undefined && { stopPrice: formatDecimal(price) }),
  };
}

/** Parts of a share are for the day alone: what protects is sent again the next day, and what trades at once needs no more. */
function lastsOf(order: WireOrder, { isCoin }: Traded): OrderBody['timeInForce'] {
  return !isCoin && !isWhole(order.quantity) && isForTheDayAnyway(order) ? 'day' : order.timeInForce;
}

function isForTheDayAnyway({ type, timeInForce, reduceOnly }: WireOrder): boolean {
  return timeInForce === 'gtc' && (reduceOnly || type === 'market');
}

function coinStopLimit({ side, price }: WireOrder, { isCoin }: Traded): WireOrder['limit'] {
  if (!isCoin || price === undefined) return undefined;
  const room = (price * COIN_STOP_ROOM_PERCENT) / 100n;
  return (side === 'sell' ? price - room : price + room) as typeof price;
}

function isWhole(quantity: Quantity): boolean {
  return quantity % ONE === 0n;
}
