import type { Page, PageRequest } from '#ports/store.ts';
import { read } from './codec.ts';
import type { Column, Table } from './table.ts';

const MAX_LIMIT = 1000;

/** A place in a table's order: one value per column of `order`. */
export type Place = readonly (string | number)[];

/** A page request, checked: the newest `limit` rows, of those before a place when one is given. */
export interface Cut {
  readonly limit: number;
  readonly before: Place | undefined;
}

/** @throws RangeError when the limit is out of range or the cursor is none of this list's. */
export function readCut(table: Table, request: PageRequest): Cut {
  const { limit, after } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new RangeError(
      `Cannot read a page of ${table.name} as its limit must be 1 to ${MAX_LIMIT}: current value is ${limit}`,
    );
  }
  return { limit, before: after === undefined ? undefined : parseCursor(table, after) };
}

/** The page of `rows`, of which there is one more than `limit` when another page follows. */
export function toPage<Row extends object>(table: Table, rows: readonly Row[], limit: number): Page<Row> {
  if (rows.length <= limit) return { rows, next: undefined };
  return { rows: rows.slice(0, limit), next: cursor(placeOf(table, rows[limit - 1])) };
}

/** Where a row stands in its table's order. */
export function placeOf(table: Table, row: object): Place {
  return table.order.map((column) => read(table, column, row) as string | number);
}

/** @throws RangeError unless `limit` is a whole number of rows from 1. */
export function checkLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new RangeError(`Cannot read rows as their limit must be a whole number from 1: current value is ${limit}`);
}

function cursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseCursor(table: Table, text: string): Place {
  const place = parseJson(Buffer.from(text, 'base64url').toString());
  if (isPlace(table.order, place)) return place;
  throw new RangeError(
    `Cannot read a page of ${table.name} as its cursor must be one that this list gave: ` +
      `current value is ${JSON.stringify(text.slice(0, 60))}; leave it out to read from the newest row`,
  );
}

function isPlace(order: readonly Column[], value: unknown): value is Place {
  return (
    Array.isArray(value) &&
    value.length === order.length &&
    order.every((column, at) =>
      column.kind === 'text' ? typeof value[at] === 'string' : Number.isSafeInteger(value[at]),
    )
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
