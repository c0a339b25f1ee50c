import type { MarketSymbol } from '#core/instruments.ts';
import type { Basis } from '#core/opinions.ts';
import type { DecisionRow, Store } from '#ports/store.ts';
import { DECISIONS_TOLD, type PastDecision, PastDecisions } from '#strategies/model-answers/past-decisions.ts';

const PAGE = 200;

/** What a bot decided last on each of its symbols, as far as analysts were asked for it: what it tells them goes on after a restart. */
export async function readPastDecisions(
  store: Store,
  botId: string,
  symbols: readonly MarketSymbol[],
): Promise<ReadonlyMap<MarketSymbol, PastDecisions>> {
  const found = new Map(symbols.map((symbol) => [symbol, [] as PastDecision[]]));
  for (let after: string | undefined; ; ) {
    const page = await store.decisions({ botId }, after === undefined ? { limit: PAGE } : { limit: PAGE, after });
    for (const row of page.rows) {
      const ofSymbol = found.get(row.symbol as MarketSymbol);
      const past = pastOf(row);
      if (ofSymbol && past && ofSymbol.length < DECISIONS_TOLD) ofSymbol.unshift(past);
    }
    const isDone = [...found.values()].every(({ length }) => length === DECISIONS_TOLD);
    if (isDone || page.next === undefined) break;
    after = page.next;
  }
  return new Map([...found].map(([symbol, past]) => [symbol, new PastDecisions(past)]));
}

/** Undefined for a decision that nobody was asked for: one by the clock, or one that only goes on with another. */
function pastOf({ occasion, input }: DecisionRow): PastDecision | undefined {
  const {
    close,
    price = close,
    basis,
  } = JSON.parse(input) as {
    readonly close: number;
    /** Between closes, what the market traded at. */
    readonly price?: number;
    readonly basis?: Basis;
  };
  if (basis === undefined) return undefined;
  const { recommendation, confidence, rule } = basis;
  return { at: occasion, price, recommendation, confidence, rule };
}
