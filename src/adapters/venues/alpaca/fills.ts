import { z } from 'zod';
import { type EpochMs, epochMs } from '#core/time.ts';
import { type FillPage, type FillReport, VenueUnavailable } from '#ports/venue.ts';
import type { AlpacaClient } from './client.ts';
import { rowsOf } from './decode.ts';
import { type Activity, activityFrom, type FeeOf } from './decode-fill.ts';
import type { AlpacaSymbols } from './symbols.ts';

/** A fill may be listed this much later than a newer one. */
const LATE_MS = 60_000;
const MOST_PER_PAGE = 100;
/** No account has so many; a page that leads back to itself has. */
const MOST_PAGES = 1000;

/** Where a page ended: everything before `from` is read, and of what came since those that are named. */
const Cursor = z.object({ from: z.number().int().nonnegative(), seen: z.array(z.string()) });
type Cursor = z.output<typeof Cursor>;

export function cursorAt(time: EpochMs): string {
  return JSON.stringify({ from: time, seen: [] } satisfies Cursor);
}

/** Everything that filled since a cursor, oldest first. @throws VenueUnavailable, VenueRefused */
export async function fillsSince(
  client: AlpacaClient,
  symbols: AlpacaSymbols,
  feeOf: FeeOf,
  cursor: string,
): Promise<FillPage> {
  const { from, seen } = cursorIn(cursor);
  const known = new Set(seen);
  // What is at `after` itself is left out there.
  const after = new Date(from - 1);
  const all: FillReport[] = [];
  const pages = new Set<string>();
  for (let pageToken: string | undefined; ; ) {
    const page = await client.read(
      'fills',
      ({ trading }, init) =>
        trading.accountActivities.getAccountActivitiesByActivityTypeRaw(
          {
            activityType: 'FILL',
            after,
            direction: 'asc',
            pageSize: MOST_PER_PAGE,
            ...(pageToken !== undefined && { pageToken }),
          },
          init,
        ),
      (json) => rowsOf(json, 'fills').map((row) => activityFrom(row, symbols, feeOf)),
    );
    all.push(...page.map(({ fill }) => fill).filter((fill) => fill !== undefined));
    if (page.length < MOST_PER_PAGE) break;
    pageToken = lastIdOf(page, pages);
  }
  all.sort((a, b) => a.executedAt - b.executedAt);
  return {
    fills: all.filter(({ venueTradeId }) => !known.has(venueTradeId)),
    funding: [],
    cursor: cursorAfter(all, from),
  };
}

function lastIdOf(page: readonly Activity[], pages: Set<string>): string {
  const { id } = page.at(-1)!;
  if (pages.has(id) || pages.size >= MOST_PAGES) {
    throw new VenueUnavailable('Cannot read fills of Alpaca as their pages must end: they go round');
  }
  pages.add(id);
  return id;
}

/** What came less than a minute before the newest is asked for again, since others may come between. */
function cursorAfter(all: readonly FillReport[], from: number): string {
  const newest = all.at(-1)?.executedAt ?? from;
  const next = Math.max(from, newest - LATE_MS);
  const seen = all.filter(({ executedAt }) => executedAt >= next).map(({ venueTradeId }) => venueTradeId);
  return JSON.stringify({ from: next, seen } satisfies Cursor);
}

function cursorIn(text: string): Cursor {
  try {
    const { from, seen } = Cursor.parse(JSON.parse(text));
    return { from: epochMs(from), seen };
  } catch {
    throw new VenueUnavailable(
      `Cannot read fills of Alpaca as the cursor must be one of its own: it is ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
}
