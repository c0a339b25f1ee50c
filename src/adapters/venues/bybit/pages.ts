import { AnswerRefused } from '../../calls/answer-refused.ts';
import type { Ask, BybitClient, CallGroup } from './client.ts';
import { rowsOf } from './decode.ts';

/** No account has so many rows; a cursor that leads nowhere has. */
const MOST_PAGES = 500;

/**
 * All rows of a list, page by page, each read by `decode`; rows of which it makes nothing are left out.
 *
 * @param ask One page after a cursor; undefined for the first.
 * @throws VenueUnavailable, VenueRefused
 */
export async function allRows<Row>(
  client: BybitClient,
  what: string,
  group: CallGroup,
  ask: (cursor: string | undefined) => Ask,
  decode: (row: unknown) => Row | undefined,
): Promise<Row[]> {
  const all: Row[] = [];
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const page = await client.read(what, group, ask(cursor), (result) => {
      const { rows, cursor: next } = rowsOf(result, what);
      const isLast = next === undefined || rows.length === 0;
      if (!isLast && (seen.has(next) || seen.size >= MOST_PAGES)) {
        throw new AnswerRefused(`the pages of ${what} must end: they go round`);
      }
      return { rows: rows.map(decode).filter((row) => row !== undefined), next: isLast ? undefined : next };
    });
    all.push(...page.rows);
    if (page.next === undefined) return all;
    seen.add(page.next);
    cursor = page.next;
  }
}
