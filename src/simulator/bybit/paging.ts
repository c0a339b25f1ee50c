import { badParameter, type Params } from './params.ts';

/** A page of rows, and where the next one goes on; "" at the end. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursor: string;
}

/**
 * The page that is asked for of rows that each have a number of their own, newest (highest) first.
 *
 * The cursor is percent-encoded once by us and once more by the client, so what arrives here is what was issued.
 */
export function pageOf<Row>(
  all: readonly Row[],
  numberOf: (row: Row) => number,
  params: Params,
  limit: number,
): Page<Row> {
  const before = afterCursor(params.text('cursor'));
  const rows: Row[] = [];
  for (const row of all) {
    if (numberOf(row) >= before) continue;
    if (rows.length === limit) return { rows, cursor: encodeURIComponent(`page_token=${numberOf(rows.at(-1)!)}&`) };
    rows.push(row);
  }
  return { rows, cursor: '' };
}

function afterCursor(issued: string | undefined): number {
  if (issued === undefined) return Number.POSITIVE_INFINITY;
  const [, number] = /^page_token=(\d+)&$/.exec(decoded(issued)) ?? [];
  if (number === undefined) throw badParameter('params error: cursor invalid');
  return Number(number);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
