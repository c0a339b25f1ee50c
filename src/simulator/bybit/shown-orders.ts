import type { BybitAccount } from './account.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { OrderRecord } from './order-record.ts';
import { orderRow } from './order-row.ts';

type Row = Readonly<Record<string, unknown>>;

/** How often back a listing can lag. */
const KEPT = 8;

/** Notes how an order stands from now on, and tells it. */
export function tellOrder(account: BybitAccount, record: OrderRecord, wall: number): Row {
  const row = orderRow(record, account.bookOf(record).contract);
  record.told.push({ wall, row });
  if (record.told.length > KEPT) record.told.shift();
  return row;
}

/** An order as a listing shows it; undefined while the listing lags behind its first row. */
export function shownOrder({ world }: ExchangeState, account: BybitAccount, record: OrderRecord): Row | undefined {
  const { orderLagMs } = world.conditions;
  if (orderLagMs === 0) return orderRow(record, account.bookOf(record).contract);
  const visible = world.clock.wall() - orderLagMs;
  return record.told.findLast(({ wall }) => wall <= visible)?.row;
}
