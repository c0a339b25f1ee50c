import { z } from 'zod';
import type { Leg, OrderType, Side } from '#core/orders.ts';
import type { OrderReport } from '#ports/venue.ts';
import { AnyQuantity, decoded, OptionalId, OptionalPrice, PositiveQuantity, WireSide, WireTime } from './decode.ts';
import { marketSymbol } from './symbols.ts';

/** @see bybit-exchange/docs@072c197d docs/v5/enum.mdx orderStatus */
const STATES = {
  New: 'open',
  PartiallyFilled: 'open',
  Untriggered: 'open',
  Triggered: 'open',
  Filled: 'filled',
  // Of a contract: it may have filled in part.
  Cancelled: 'canceled',
  PartiallyFilledCanceled: 'canceled',
  Deactivated: 'canceled',
  Rejected: 'rejected',
} as const satisfies Record<string, OrderReport['state']>;

/** Orders that Bybit made of a level that went out with an entry, or of one that its owner set. */
const LEGS: Readonly<Record<string, Leg>> = {
  StopLoss: 'stop',
  PartialStopLoss: 'stop',
  TakeProfit: 'target',
  PartialTakeProfit: 'target',
};

/** "no reason" in Bybit's words. */
const NO_REASON = ['', 'EC_NoError', 'UNKNOWN'];

const OrderRow = z.object({
  orderId: z.string().min(1),
  orderLinkId: OptionalId,
  parentOrderLinkId: OptionalId,
  symbol: z.string(),
  side: WireSide,
  orderType: z.string(),
  stopOrderType: z.string().nullish(),
  orderStatus: z.enum(Object.keys(STATES) as [keyof typeof STATES]),
  qty: PositiveQuantity,
  cumExecQty: AnyQuantity,
  price: OptionalPrice,
  triggerPrice: OptionalPrice,
  triggerDirection: z.number().optional(),
  cancelType: z.string().nullish(),
  rejectReason: z.string().nullish(),
  updatedTime: WireTime,
  /** Told by the stream alone. */
  category: z.string().optional(),
});

type OrderRow = z.output<typeof OrderRow>;

/** @returns undefined for an order of another kind of contract. @throws AnswerRefused */
export function orderFrom(answer: unknown): OrderReport | undefined {
  const row = decoded(OrderRow, answer, 'an order');
  const symbol = marketSymbol(row.symbol);
  if (symbol === undefined || (row.category !== undefined && row.category !== 'linear')) return undefined;
  const type = typeOf(row);
  const leg = LEGS[row.stopOrderType ?? ''];
  const state = STATES[row.orderStatus];
  const reasons = [row.rejectReason, row.cancelType].filter((reason) => !NO_REASON.includes(reason ?? ''));
  return {
    venueOrderId: row.orderId,
    clientOrderId: row.orderLinkId,
    attachedTo:
      leg === undefined || row.parentOrderLinkId === undefined
        ? undefined
        : { clientOrderId: row.parentOrderLinkId, leg },
    symbol,
    side: row.side,
    type,
    quantity: row.qty,
    // A market order comes back with the worst price that it may take.
    price: type === 'market' ? undefined : type === 'limit' ? row.price : row.triggerPrice,
    filled: row.cumExecQty,
    state,
    why: state === 'open' || state === 'filled' ? '' : (reasons[0] ?? row.orderStatus),
    updatedAt: row.updatedTime,
  };
}

function typeOf({ stopOrderType, orderType, side, triggerPrice, triggerDirection }: OrderRow): OrderType {
  const leg = LEGS[stopOrderType ?? ''];
  if (leg !== undefined) return leg === 'stop' ? 'stop' : 'take-profit';
  if (stopOrderType === 'TrailingStop') return 'trailing-stop';
  if (triggerPrice !== undefined && (triggerDirection === 1 || triggerDirection === 2)) {
    return triggerDirection === directionOf('stop', side) ? 'stop' : 'take-profit';
  }
  return orderType === 'Limit' ? 'limit' : 'market';
}

/** Which way the price goes to the trigger: 1 up, 2 down. A stop is met by a price that goes against the position. */
export function directionOf(type: 'stop' | 'take-profit', side: Side): 1 | 2 {
  return (type === 'stop') === (side === 'buy') ? 1 : 2;
}

const Placed = z.object({ orderId: z.string().min(1) });

/** Bybit's id of an order that it took. @throws AnswerRefused */
export function placedFrom(result: unknown): string {
  return decoded(Placed, result, 'a placed order').orderId;
}
