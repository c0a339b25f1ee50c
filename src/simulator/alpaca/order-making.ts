import type { Price } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { AlpacaOrderStatus, AlpacaPositionIntent } from '#protocols/alpaca.ts';
import type { Asset } from './assets.ts';
import { AlpacaOrder, type NewOrder } from './order.ts';
import type { OrderTerms } from './order-terms.ts';
import type { Nanos } from './stamps.ts';

/** What makes an order beside its terms. */
export interface Making {
  readonly asset: Asset;
  readonly intent: AlpacaPositionIntent;
  readonly status: AlpacaOrderStatus;
  readonly createdAt: Nanos;
  readonly expiresAt: EpochMs;
  /** The order in whose place it comes: it goes on with what had filled, in the same class. */
  readonly replaces?: AlpacaOrder | undefined;
  makeId(): string;
  nextNumber(): number;
}

/** The order of these terms, with its legs. */
export function makeOrder(terms: OrderTerms, making: Making): AlpacaOrder {
  const { takeProfit, orderClass, limitPrice } = terms;
  const parent = new AlpacaOrder({
    ...base(terms, making),
    clientOrderId: terms.clientOrderId ?? making.makeId(),
    type: terms.type,
    side: terms.side,
    positionIntent: making.intent,
    status: making.status,
    extendedHours: terms.extendedHours,
    notional: terms.notional,
    limitPrice: orderClass === 'oco' ? (takeProfit ?? limitPrice) : limitPrice,
    stopPrice: terms.stopPrice,
    trailPrice: terms.trailPrice,
    trailPercent: terms.trailPercent,
  });
  const { replaces } = making;
  if (replaces !== undefined) {
    parent.filled = replaces.filled;
    parent.cost = replaces.cost;
    return parent;
  }
  parent.legs = legsOf(terms, making);
  for (const leg of parent.legs) leg.parent = parent;
  return parent;
}

/** The two of a bracket, the one of an OTO, and the stop of an OCO, which works at once. */
function legsOf(terms: OrderTerms, making: Making): readonly AlpacaOrder[] {
  const { orderClass, takeProfit, stopLoss } = terms;
  const legs: AlpacaOrder[] = [];
  if (takeProfit !== undefined && orderClass !== 'oco') legs.push(leg(terms, making, takeProfit, undefined));
  if (stopLoss !== undefined) legs.push(leg(terms, making, stopLoss.limitPrice, stopLoss.stopPrice));
  return legs;
}

function leg(
  terms: OrderTerms,
  making: Making,
  limitPrice: Price | undefined,
  stopPrice: Price | undefined,
): AlpacaOrder {
  const isOco = terms.orderClass === 'oco';
  const side = isOco ? terms.side : terms.side === 'buy' ? 'sell' : 'buy';
  return new AlpacaOrder({
    ...base(terms, making),
    clientOrderId: making.makeId(),
    type: stopPrice === undefined ? 'limit' : limitPrice === undefined ? 'stop' : 'stop_limit',
    side,
    positionIntent: `${side}_to_close`,
    status: isOco ? making.status : 'held',
    extendedHours: false,
    notional: undefined,
    limitPrice,
    stopPrice,
    trailPrice: undefined,
    trailPercent: undefined,
  });
}

type Common =
  | 'id'
  | 'number'
  | 'asset'
  | 'timeInForce'
  | 'orderClass'
  | 'quantity'
  | 'createdAt'
  | 'expiresAt'
  | 'replaces';

function base(terms: OrderTerms, making: Making): Pick<NewOrder, Common> {
  return {
    id: making.makeId(),
    number: making.nextNumber(),
    asset: making.asset,
    timeInForce: terms.timeInForce,
    orderClass: making.replaces?.made.orderClass ?? terms.orderClass,
    quantity: terms.quantity,
    createdAt: making.createdAt,
    expiresAt: making.expiresAt,
    replaces: making.replaces,
  };
}
