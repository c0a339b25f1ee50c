import { formatDecimal, type Price, type Quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { AlpacaTradeEvent } from '#protocols/alpaca.ts';
import type { AlpacaOrder } from './order.ts';
import { type OrderJson, orderJson } from './order-json.ts';
import { activityPrefix, microsText, type Nanos, utcText } from './stamps.ts';

/** One fill of an order. */
export interface Fill {
  readonly quantity: Quantity;
  readonly price: Price;
  /** What is held of the asset after it, signed. */
  readonly held: Quantity;
  readonly executionId: string;
}

/** What the `trade_updates` stream tells: `data` of the frame. */
export type TradeUpdate = Readonly<Record<string, unknown>> & { readonly event: AlpacaTradeEvent };

/** A fill as `GET /v2/account/activities/FILL` has it. */
export interface Activity {
  readonly at: Nanos;
  /** Wall time from which it may be shown. */
  readonly knownAt: EpochMs;
  readonly json: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** @param fill For a fill alone. */
export function tradeUpdate(event: AlpacaTradeEvent, order: AlpacaOrder, at: Nanos, fill?: Fill): TradeUpdate {
  const told = { event, order: orderJson(order), timestamp: utcText(at) };
  if (fill === undefined) return told;
  return {
    event,
    execution_id: fill.executionId,
    order: told.order,
    position_qty: formatDecimal(fill.held),
    price: formatDecimal(fill.price),
    qty: formatDecimal(fill.quantity),
    timestamp: told.timestamp,
  };
}

export function fillActivity(order: AlpacaOrder, fill: Fill, at: Nanos, knownAt: EpochMs): Activity {
  const { made, filled, remaining, status } = order;
  const json = {
    activity_type: 'FILL',
    cum_qty: formatDecimal(filled),
    id: `${activityPrefix(at)}::${fill.executionId}`,
    leaves_qty: formatDecimal(remaining),
    order_id: order.id,
    order_status: status,
    price: formatDecimal(fill.price),
    qty: formatDecimal(fill.quantity),
    side: made.positionIntent === 'sell_to_open' ? 'sell_short' : made.side,
    symbol: made.asset.symbol,
    transaction_time: microsText(at),
    type: status === 'filled' ? 'fill' : 'partial_fill',
  };
  return { at, knownAt, json };
}

/** How many states of an order are remembered. */
const KEPT = 32;

/** How orders looked, so that a listing can be late. */
export class OrderHistory {
  private readonly looks = new Map<AlpacaOrder, readonly { readonly at: EpochMs; readonly json: OrderJson }[]>();

  /** @param isLate Whether listings are late: only then is more than the last look asked for. */
  note(order: AlpacaOrder, at: EpochMs, isLate: boolean): void {
    const before = isLate ? (this.looks.get(order) ?? []) : [];
    this.looks.set(order, [...before.slice(1 - KEPT), { at, json: orderJson(order) }]);
  }

  /** How it looked then; undefined before it was there. */
  lookAt(order: AlpacaOrder, at: number): OrderJson | undefined {
    return this.looks.get(order)?.findLast((look) => look.at <= at)?.json;
  }
}
