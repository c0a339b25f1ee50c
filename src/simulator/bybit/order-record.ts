import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { Money } from '#core/money.ts';
import type { Order } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import {
  BYBIT_OPEN_STATUSES,
  type BybitCancelType,
  type BybitCreateType,
  type BybitOrderStatus,
  type BybitOrderType,
  type BybitPositionIdx,
  type BybitRejectReason,
  type BybitSide,
  type BybitStopOrderType,
  type BybitTimeInForce,
} from '#protocols/bybit-words.ts';

export type TpslMode = 'Full' | 'Partial';

/** The stop and target that an order brings along, or that a position has. */
export interface AttachedLevels {
  readonly takeProfit: GridPrice | undefined;
  readonly stopLoss: GridPrice | undefined;
  readonly tpslMode: TpslMode;
  /** Where a triggered one becomes a limit order; partial ones alone. */
  readonly tpLimitPrice: GridPrice | undefined;
  readonly slLimitPrice: GridPrice | undefined;
}

/** A trigger that an order waits for. */
export interface Trigger {
  readonly price: GridPrice;
  /** 1: the price rises to it; 2: it falls to it. */
  readonly direction: 1 | 2;
  readonly by: 'LastPrice' | 'IndexPrice' | 'MarkPrice';
}

/** What is asked for. */
export interface OrderTerms {
  readonly orderLinkId: string;
  readonly side: BybitSide;
  readonly orderType: BybitOrderType;
  readonly quantity: GridQuantity;
  /** Of a market order: the worst price that it takes, for show. */
  readonly price: GridPrice;
  readonly timeInForce: BybitTimeInForce;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly trigger: Trigger | undefined;
  readonly attached: AttachedLevels | undefined;
  readonly stopOrderType: BybitStopOrderType;
  readonly createType: BybitCreateType;
  readonly parentOrderLinkId: string;
  /** How far it follows the price, quote per base, and from where on; a trailing stop alone. */
  readonly trail?: { readonly distance: number; readonly activation: GridPrice | undefined };
}

/** One order at the twin, working or over. */
export interface OrderRecord {
  /** Rises with every order of the account. */
  readonly number: number;
  readonly orderId: string;
  readonly symbol: string;
  readonly positionIdx: BybitPositionIdx;
  readonly createdTime: EpochMs;
  readonly lastPriceOnCreated: GridPrice;
  terms: OrderTerms;
  status: BybitOrderStatus;
  cancelType: BybitCancelType;
  rejectReason: BybitRejectReason;
  filled: GridQuantity;
  filledValue: Money;
  fees: Money;
  updatedTime: EpochMs;
  /** What trades for it on the core's exchange; undefined once it is over, or never came there. */
  core: Order | undefined;
  /** How it was told, by wall time, the last few times: listings may lag behind. */
  readonly told: { readonly wall: number; readonly row: Readonly<Record<string, unknown>> }[];
}

export function isWorking({ status }: OrderRecord): boolean {
  return BYBIT_OPEN_STATUSES.includes(status);
}

/** Terms of an order that asks for nothing special. */
export const PLAIN_TERMS = {
  orderLinkId: '',
  timeInForce: 'GTC',
  reduceOnly: false,
  closeOnTrigger: false,
  trigger: undefined,
  attached: undefined,
  stopOrderType: '',
  createType: 'CreateByUser',
  parentOrderLinkId: '',
} as const satisfies Partial<OrderTerms>;
