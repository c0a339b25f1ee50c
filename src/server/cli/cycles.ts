import { marketEventText } from '#core/events/market-event-text.ts';
import type { MarketEvent } from '#core/events/market-events.ts';
import { eventsOf } from '#engine/called-events.ts';
import type { CycleRow, DecisionRow, Store } from '#ports/store.ts';
import { writeDocument } from './json-document.ts';
import { botFilter, readStore } from './read-store.ts';
import { table } from './text-table.ts';
import { momentText } from './time-text.ts';

export interface CyclesOptions {
  /** A bot's id or its name; all bots without. */
  readonly bot?: string;
  readonly symbol?: string;
  readonly result?: CycleRow['result'];
  /** How many, the newest. */
  readonly limit: number;
  readonly json?: true;
}

const PAGE = 1000;

/** Prints what bots did on each occasion of each symbol, newest first, "nothing" included, and why. */
export async function cycles({ bot, symbol, result, limit, json }: CyclesOptions): Promise<void> {
  await readStore('cycles', async (store) => {
    const filter = await botFilter(store, 'cycles', bot);
    const isWanted = (cycle: CycleRow) =>
      (symbol === undefined || cycle.symbol === symbol) && (result === undefined || cycle.result === result);
    const rows = await newestCycles(store, filter, isWanted, limit);
    const whys = await decisionsSince(store, filter, rows.at(-1)?.occasion ?? Infinity);
    const told = rows.map(({ why, running, events, ...cycle }) => ({
      ...cycle,
      events: events === null ? null : eventsOf(events),
      why: whys.get(keyOf(cycle)) ?? why,
    }));
    if (json) await writeDocument(process.stdout, { cycles: told });
    else process.stdout.write(tableOf(told));
  });
}

async function newestCycles(
  store: Store,
  filter: { readonly botId?: string },
  isWanted: (cycle: CycleRow) => boolean,
  limit: number,
): Promise<CycleRow[]> {
  const found: CycleRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.cycles(filter, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const row of page.rows) if (isWanted(row) && found.push(row) === limit) return found;
    if (page.next === undefined) return found;
    after = page.next;
  }
}

/** What was decided and why, with its values, where a cycle came to a decision. */
async function decisionsSince(
  store: Store,
  filter: { readonly botId?: string },
  since: number,
): Promise<Map<string, string>> {
  const whys = new Map<string, string>();
  for (let after: string | undefined; ; ) {
    const page = await store.decisions(filter, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const row of page.rows) if (!row.executed) whys.set(keyOf(row), row.why);
    const oldest = page.rows.at(-1);
    if (page.next === undefined || oldest === undefined || oldest.createdAt < since) return whys;
    after = page.next;
  }
}

function keyOf(row: Pick<CycleRow | DecisionRow, 'botId' | 'symbol' | 'timeframe' | 'occasion'>): string {
  return [row.botId, row.symbol, row.timeframe, row.occasion].join(' ');
}

type ToldCycle = Omit<CycleRow, 'running' | 'events'> & { readonly events: readonly MarketEvent[] | null };

function tableOf(rows: readonly ToldCycle[]): string {
  if (rows.length === 0) return 'There are no such cycles.\n';
  const cells = rows.map(({ botId, symbol, timeframe, occasion, occasionKind, events, result, why }) => [
    momentText(occasion),
    events === null ? occasionKind : events.map(marketEventText).join('; '),
    botId,
    symbol,
    timeframe,
    result,
    why,
  ]);
  return table(['Occasion (UTC)', 'Called by', 'Bot', 'Symbol', 'Every', 'Result', 'Why'], cells);
}
