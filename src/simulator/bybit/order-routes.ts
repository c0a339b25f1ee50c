import type { BybitAccount } from './account.ts';
import type { ExecutionRecord } from './account-records.ts';
import { amendOrder, cancelOrder } from './change-order.ts';
import { createOrder } from './create-order.ts';
import type { ExchangeState, RouteAnswer } from './exchange-state.ts';
import { executionRow } from './execution-row.ts';
import { isWorking, type OrderRecord } from './order-record.ts';
import { pageOf } from './paging.ts';
import { badParameter, type Params } from './params.ts';
import { Refusal } from './refusal.ts';
import { shownOrder } from './shown-orders.ts';
import { within } from './time-window.ts';

type Act = (state: ExchangeState, account: BybitAccount, params: Params) => RouteAnswer;

const CLOSED_KEPT = 500;
const MOST_CANCELED = 500;
const LARGEST_BATCH = 20;
/** So long an order is listed that ended without a fill. */
const UNFILLED_KEPT_MS = 86_400_000;

const idsOf = ({ orderId, terms }: OrderRecord) => ({ orderId, orderLinkId: terms.orderLinkId });

/** Placing, changing and canceling. */
export const ORDER_ACTS = {
  create: (state, account, params) => ({
    result: idsOf(createOrder(account, linear(params), state.world.conditions.rejectStops)),
  }),
  amend: (_state, account, params) => ({ result: idsOf(amendOrder(account, linear(params))) }),
  cancel: (_state, account, params) => ({ result: idsOf(cancelOrder(account, linear(params))) }),
} as const satisfies Record<string, Act>;

/** One answer for all of a batch, with a code for each. */
export function batch(act: Act): Act {
  return (state, account, params) => {
    const category = linear(params).need('category');
    const list: object[] = [];
    const codes: object[] = [];
    const asked = params.list('request');
    if (asked.length > LARGEST_BATCH)
      throw badParameter(`params error: a batch may have up to ${LARGEST_BATCH} orders`);
    for (const one of asked) {
      const ids = { category, symbol: one.text('symbol') ?? '' };
      try {
        const { result } = act(state, account, one.with('category', category));
        list.push({ ...ids, ...result, createAt: String(state.world.line.now) });
        codes.push({ code: 0, msg: 'OK' });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { orderId, orderLinkId } = {
          orderId: one.text('orderId') ?? '',
          orderLinkId: one.text('orderLinkId') ?? '',
        };
        list.push({ ...ids, orderId, orderLinkId, createAt: '' });
        codes.push({ code: error.code, msg: error.message });
      }
    }
    return { result: { list }, retExtInfo: { list: codes } };
  };
}

export const cancelAll: Act = (_state, account, params) => {
  const isAsked = filterOf(linear(params));
  const filter = params.text('orderFilter') ?? (params.text('stopOrderType') === 'Stop' ? 'StopOrder' : undefined);
  const asked = account
    .working()
    .filter(isAsked)
    .filter(({ terms: { trigger } }) => filter === undefined || (filter === 'Order') === (trigger === undefined))
    .slice(0, MOST_CANCELED);
  for (const record of asked) {
    // One may have ended with another one.
    if (isWorking(record)) cancelOrder(account, params.with('orderId', record.orderId).with('symbol', record.symbol));
  }
  return { result: { list: asked.map(idsOf), success: '1' } };
};

/** Orders that work, and the newest that are over. */
export const realtime: Act = (state, account, params) => {
  const isAsked = filterOf(linear(params));
  const isById = params.text('orderId') !== undefined || params.text('orderLinkId') !== undefined;
  const wantsClosed = params.text('openOnly') === '1';
  const isShown = (record: OrderRecord) => isById || isWorking(record) !== wantsClosed;
  const rows = account.orders.filter((record) => isAsked(record) && isShown(record)).reverse();
  return ordersPage(state, account, params, wantsClosed ? rows.slice(0, CLOSED_KEPT) : rows);
};

/** All orders of seven days. */
export const orderHistory: Act = (state, account, params) => {
  const isAsked = filterOf(linear(params), false);
  const status = params.text('orderStatus');
  const { now } = state.world.line;
  const isInTime = within(params, now);
  const rows = account.orders.filter(
    (record) =>
      isAsked(record) &&
      (record.filled > 0 || record.updatedTime >= now - UNFILLED_KEPT_MS) &&
      isInTime(record.createdTime) &&
      !isWorking(record) &&
      (status === undefined || record.status === status),
  );
  return ordersPage(state, account, params, rows.reverse());
};

export const executionList: Act = (state, account, params) => {
  linear(params);
  const { world } = state;
  const isInTime = within(params, world.line.now);
  const visible = world.clock.wall() - world.conditions.fillLagMs;
  const matches = (name: string, value: string | undefined) =>
    params.text(name) === undefined || params.text(name) === value;
  const isAsked = ({ symbol, execType, execTime, order, wall }: ExecutionRecord) =>
    wall <= visible &&
    matches('symbol', symbol) &&
    matches('execType', execType) &&
    matches('orderId', order?.orderId) &&
    matches('orderLinkId', order?.terms.orderLinkId) &&
    isInTime(execTime);
  const all = account.ledger.executions.filter(isAsked).reverse();
  const { rows, cursor } = pageOf(all, ({ number }) => number, params, params.limit(50, 100));
  return {
    result: { nextPageCursor: cursor, category: 'linear', list: rows.map((row) => executionRow(account, row)) },
  };
};

/** @throws Refusal for what is not traded here. */
export function linear(params: Params): Params {
  const category = params.needOneOf('category', ['linear', 'spot', 'inverse', 'option']);
  if (category !== 'linear')
    throw badParameter(`The simulator trades linear contracts only: category ${category} is not supported`);
  return params;
}

/** @param needs Whether a symbol, a base coin or a settle coin must be named. */
function filterOf(params: Params, needs = true): (record: OrderRecord) => boolean {
  const symbol = params.text('symbol');
  const baseCoin = params.text('baseCoin');
  const settleCoin = params.text('settleCoin');
  if (needs && symbol === undefined && baseCoin === undefined && settleCoin === undefined) {
    throw badParameter('params error: symbol, baseCoin or settleCoin is required');
  }
  const filter = params.text('orderFilter');
  const id = params.text('orderId');
  const link = id === undefined ? params.text('orderLinkId') : undefined;
  return (record) => {
    if (id !== undefined && record.orderId !== id) return false;
    if (link !== undefined && record.terms.orderLinkId !== link) return false;
    if (filter !== undefined && (filter === 'StopOrder') !== (record.terms.trigger !== undefined)) return false;
    if (symbol !== undefined) return record.symbol === symbol;
    return baseCoin !== undefined ? record.symbol.startsWith(baseCoin) : record.symbol.endsWith(settleCoin ?? '');
  };
}

function ordersPage(
  state: ExchangeState,
  account: BybitAccount,
  params: Params,
  records: readonly OrderRecord[],
): RouteAnswer {
  const shown = records.flatMap((record) => {
    const row = shownOrder(state, account, record);
    return row === undefined ? [] : [{ record, row }];
  });
  const { rows, cursor } = pageOf(shown, ({ record }) => record.number, params, params.limit(20, 50));
  return { result: { nextPageCursor: cursor, category: 'linear', list: rows.map(({ row }) => row) } };
}
