import { z } from 'zod';
import type { Leg, OrderType } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { OrderReport } from '#ports/venue.ts';
import { ALPACA_ORDER_STATUSES, ALPACA_ORDER_TYPES, type AlpacaOrderStatus } from '#protocols/alpaca.ts';
import {
  decoded,
  NotNegativeQuantity,
  OptionalId,
  OptionalPrice,
  OptionalQuantity,
  WireSide,
  WireTime,
} from './decode.ts';
import type { AlpacaSymbols } from './symbols.ts';

/** What is neither: a leg that is held protects nothing yet, and an order that was replaced goes on as another one. */
const ENDED: Readonly<Partial<Record<AlpacaOrderStatus, OrderReport['state']>>> = {
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
};

const TYPES: Readonly<Record<(typeof ALPACA_ORDER_TYPES)[number], OrderType>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop',
  trailing_stop: 'trailing-stop',
};

const OrderRow = z.object({
  id: z.string().min(1),
  client_order_id: OptionalId,
  symbol: z.string().nullish(),
  side: WireSide.nullish(),
  type: z.enum(ALPACA_ORDER_TYPES).nullish(),
  order_class: z.string().nullish(),
  status: z.enum(ALPACA_ORDER_STATUSES),
  qty: OptionalQuantity,
  filled_qty: NotNegativeQuantity,
  limit_price: OptionalPrice,
  stop_price: OptionalPrice,
  created_at: WireTime,
  updated_at: WireTime,
  replaces: OptionalId,
  replaced_by: OptionalId,
  legs: z.array(z.unknown()).nullish(),
});

/** An order of Alpaca's with those that it belongs to. */
export interface AlpacaOrder {
  readonly report: OrderReport;
  readonly status: AlpacaOrderStatus;
  /** As it is there: an order that replaced one of ours has another than ours. */
  readonly wireClientId: string | undefined;
  readonly isOfBracket: boolean;
  readonly createdAt: EpochMs;
  readonly replaces: string | undefined;
  readonly replacedBy: string | undefined;
  readonly legs: readonly AlpacaOrder[];
}

/** @returns undefined for an order of something that is not traded here, and of several things at once. @throws AnswerRefused */
export function orderFrom(answer: unknown, symbols: AlpacaSymbols): AlpacaOrder | undefined {
  const row = decoded(OrderRow, answer, 'an order');
  const symbol = row.symbol ? symbols.market(row.symbol) : undefined;
  if (symbol === undefined || !row.side || !row.type) return undefined;
  const { status, filled_qty: filled } = row;
  const state = ENDED[status] ?? 'open';
  const type = TYPES[row.type];
  return {
    report: {
      venueOrderId: row.id,
      clientOrderId: row.client_order_id && ourId(row.client_order_id),
      attachedTo: undefined,
      symbol,
      side: row.side,
      type,
      // One by its value has no quantity but what has filled of it.
      quantity: row.qty ?? filled,
      price: type === 'limit' ? row.limit_price : type === 'market' ? undefined : row.stop_price,
      filled,
      state,
      why: state === 'open' || state === 'filled' ? '' : status,
      updatedAt: row.updated_at,
    },
    status,
    wireClientId: row.client_order_id,
    isOfBracket: row.order_class === 'bracket' || row.order_class === 'oto',
    createdAt: row.created_at,
    replaces: row.replaces,
    replacedBy: row.replaced_by,
    legs: (row.legs ?? []).map((leg) => orderFrom(leg, symbols)).filter((leg) => leg !== undefined),
  };
}

/** Which leg of a bracket an order is: the one that waits at a trigger is the stop. */
export function legOf({ report }: AlpacaOrder): Leg {
  return report.type === 'limit' ? 'target' : 'stop';
}

/** Ours are letters, digits and dashes; an order that replaces another one counts on from there: "a-b-e1_2". */
const OURS = /^([0-9a-z-]{1,28})(?:_(\d{1,6}))?$/;

/** Whether an order has an id that we gave it. */
export function isOurId(wireClientId: string): boolean {
  return OURS.test(wireClientId);
}

/** The client order id that an order has with us, whichever replacement of it this is. */
function ourId(wireClientId: string): string {
  return OURS.exec(wireClientId)?.[1] ?? wireClientId;
}

/** The id of the order that replaces this one. @param ours With us. @param wireClientId Of the one that is replaced. */
export function nextWireId(ours: string, wireClientId: string | undefined): string {
  const [, base, count = '1'] = OURS.exec(wireClientId ?? '') ?? [];
  return `${ours}_${base === ours ? Number(count) + 1 : 2}`;
}
