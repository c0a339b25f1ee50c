import { z } from 'zod';
import { type EpochMs, epochMs } from '#core/time.ts';
import { type FillPage, VenueUnavailable } from '#ports/venue.ts';
import type { BybitClient } from './client.ts';
import { type Executed, executedFrom } from './decode-execution.ts';
import { allRows } from './pages.ts';

const DAY = 86_400_000;
/** The longest stretch that Bybit lists in one question. */
const WINDOW_MS = 7 * DAY;
/** What was executed may be listed this much later than something newer. */
const LATE_MS = 60_000;
const MOST_PER_PAGE = 100;

/** Where a page ended: everything before `from` is read, and of what came since those that are named. */
const Cursor = z.object({ from: z.number().int().nonnegative(), seen: z.array(z.string()) });

export function cursorAt(time: EpochMs): string {
  return JSON.stringify({ from: time, seen: [] } satisfies z.output<typeof Cursor>);
}

/**
 * Everything that was executed since a cursor, oldest first.
 *
 * @param now Market time, by Bybit's clock.
 * @throws VenueUnavailable, VenueRefused
 */
export async function executionsSince(client: BybitClient, cursor: string, now: EpochMs): Promise<FillPage> {
  const { from, seen } = cursorIn(cursor);
  const known = new Set(seen);
  const all: Executed[] = [];
  for (let start = from; start <= Math.max(from, now); start += WINDOW_MS) {
    const params = { category: 'linear', startTime: start, endTime: start + WINDOW_MS, limit: MOST_PER_PAGE } as const;
    const rows = await allRows(
      client,
      'fills',
      'queries',
      (page) => (rest) => rest.getExecutionList({ ...params, ...(page !== undefined && { cursor: page }) }),
      executedFrom,
    );
    // Listed newest first: those of one moment come the other way round too.
    all.push(...rows.toReversed());
  }
  all.sort((a, b) => timeOf(a) - timeOf(b));
  const news = all.filter((one) => !known.has(idOf(one)));
  return {
    fills: news.flatMap((one) => (one.kind === 'fill' ? [one.fill] : [])),
    funding: news.flatMap((one) => (one.kind === 'funding' ? [one.funding] : [])),
    cursor: cursorAfter(all, from, now),
  };
}

/** What came less than a minute before the newest is asked for again, since others may come between. */
function cursorAfter(all: readonly Executed[], from: number, now: EpochMs): string {
  const newest = all.length === 0 ? from : timeOf(all.at(-1)!);
  const next = Math.max(from, newest - LATE_MS, now - DAY);
  const seen = all.filter((one) => timeOf(one) >= next).map(idOf);
  return JSON.stringify({ from: next, seen } satisfies z.output<typeof Cursor>);
}

function cursorIn(text: string): z.output<typeof Cursor> {
  try {
    const { from, seen } = Cursor.parse(JSON.parse(text));
    return { from: epochMs(from), seen };
  } catch {
    throw new VenueUnavailable(
      `Cannot read fills of Bybit as the cursor must be one of its own: it is ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
}

function timeOf(one: Executed): number {
  return one.kind === 'fill' ? one.fill.executedAt : one.funding.at;
}

function idOf(one: Executed): string {
  return one.kind === 'fill' ? one.fill.venueTradeId : one.funding.id;
}
