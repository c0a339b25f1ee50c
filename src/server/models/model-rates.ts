import type { ModelStanding } from '#contract/api.ts';
import { hitRates, hitsOf } from '#core/statistics/opinion-hits.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import type { AnalysisRow, BotRow, CandleRow, Store } from '#ports/store.ts';

const PAGE = 1000;
/** The opinions that are looked at, the newest: older ones tell of another market. */
const MOST_OPINIONS = 20_000;
/** What the rules of an owner are called: they follow from the bot file and are judged by its trades. */
const RULES = 'rules';

/** What became of what analysts said: of each, how much it was asked, how often it failed, and how often it was right. */
export async function modelStandings(store: Store, filter: { readonly botId?: string } = {}): Promise<ModelStanding[]> {
  const opinions = (await newestOpinions(store, filter)).filter(({ analyst }) => analyst !== RULES);
  const bots = new Map((await store.bots()).map((bot) => [bot.id, bot]));
  const series = Map.groupBy(opinions, ({ botId, symbol, timeframe }) => `${botId} ${symbol} ${timeframe}`);
  const counts = [];
  for (const rows of series.values()) counts.push(await hitsIn(store, bots.get(rows[0]!.botId)!, rows));
  const rates = hitRates(counts);
  return [...Map.groupBy(opinions, ({ analyst }) => analyst)].map(([analyst, rows]) => {
    const { hits = 0, n = 0, rate, interval } = rates.get(analyst) ?? {};
    const failures = Map.groupBy(
      rows.filter(({ failure }) => failure !== null),
      ({ failure }) => failure!,
    );
    return {
      analyst,
      asked: rows.length,
      failed: Object.fromEntries([...failures].map(([failure, { length }]) => [failure, length])),
      recommended: countOf(rows),
      hits,
      n,
      rate: rate ?? null,
      interval: interval ?? null,
    };
  });
}

async function newestOpinions(store: Store, filter: { readonly botId?: string }): Promise<AnalysisRow[]> {
  const rows: AnalysisRow[] = [];
  for (let after: string | undefined; rows.length < MOST_OPINIONS; ) {
    const page = await store.analyses(filter, { limit: PAGE, ...(after !== undefined && { after }) });
    rows.push(...page.rows);
    if (page.next === undefined) break;
    after = page.next;
  }
  return rows;
}

/** How often the opinions on one symbol came true, by the candles that are stored of it. */
async function hitsIn(store: Store, { market }: BotRow, rows: readonly AnalysisRow[]) {
  const { symbol, timeframe } = rows[0]!;
  const durationMs = TIMEFRAME_MS[timeframe];
  const first = Math.min(...rows.map(({ occasion }) => occasion)) - durationMs;
  const candles: CandleRow[] = [];
  for (let from = first as EpochMs; ; ) {
    const read = await store.candlesFrom({ market, symbol, timeframe }, from, Number.MAX_SAFE_INTEGER as EpochMs, PAGE);
    candles.push(...read);
    if (read.length < PAGE) break;
    from = (read.at(-1)!.openTime + 1) as EpochMs;
  }
  const indexAt = new Map(candles.map(({ openTime }, k) => [openTime + durationMs, k]));
  const opinions = rows
    .filter(({ failure }) => failure === null)
    .map(({ analyst, recommendation, occasion }) => {
      // What was said between closes is measured from the close before.
      const closed = Math.floor(occasion / durationMs) * durationMs;
      return { analyst, recommendation, index: indexAt.get(closed) ?? -1 };
    });
  return hitsOf(
    opinions,
    candles.map(({ close }) => close),
  );
}

function countOf(rows: readonly AnalysisRow[]) {
  const count = { buy: 0, sell: 0, hold: 0 };
  for (const { recommendation, failure } of rows) if (failure === null) count[recommendation] += 1;
  return count;
}
