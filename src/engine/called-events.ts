import type { MarketEvent } from '#core/events/market-events.ts';
import type { EpochMs } from '#core/time.ts';
import type { Store } from '#ports/store.ts';

const PAGE = 200;

/** The market events that called a bot after `since`, oldest first. */
export async function readCalledEvents(
  store: Store,
  botId: string,
  since: EpochMs,
): Promise<readonly { readonly symbol: string; readonly event: MarketEvent }[]> {
  const called: { symbol: string; event: MarketEvent }[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.cycles({ botId }, after === undefined ? { limit: PAGE } : { limit: PAGE, after });
    for (const { symbol, occasion, events } of page.rows) {
      if (occasion <= since) return called.reverse();
      if (events !== null) for (const event of eventsOf(events)) called.push({ symbol, event });
    }
    if (page.next === undefined) return called.reverse();
    after = page.next;
  }
}

/** What a cycle keeps of the market events that called it. */
export function eventsOf(text: string): readonly MarketEvent[] {
  return JSON.parse(text) as MarketEvent[];
}
