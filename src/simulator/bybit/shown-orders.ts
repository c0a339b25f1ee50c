import type { BybitAccount } from './account.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { OrderRecord } from './order-record.ts';
import { orderRow } from './order-row.ts';

type Row = Record<string, unknown>;

/** Rows as they were, by wall time, for listings that lag behind. */
const PAST = new WeakMap<OrderRecord, { readonly wall: number; readonly row: Row }[]>();
const KEPT = 8;

/** Notes how an order stands from now on. */
export function noteShown(account: BybitAccount, record: OrderRecord, wall: number): Row {
  const row = orderRow(record, account.bookOf(record).contract);
  const past = PAST.get(record) ?? [];
  past.push({ wall, row });
  if (past.length > KEPT) past.shift();
  PAST.set(record, past);
  return row;
}

/** An order as a listing shows it; undefined while the listing lags behind its first row. */
export function shownOrder({ world }: ExchangeState, account: BybitAccount, record: OrderRecord): Row | undefined {
  const { orderLagMs } = world.conditions;
  if (orderLagMs === 0) return orderRow(record, account.bookOf(record).contract);
  const visible = world.clock.wall() - orderLagMs;
  return PAST.get(record)?.findLast(({ wall }) => wall <= visible)?.row;
}
