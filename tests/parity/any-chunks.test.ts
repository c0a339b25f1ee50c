import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import { ReplaySource } from '#adapters/market-data/replay.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { PAPER_FEES, runBacktest } from '#server/compose.ts';
import { anyBot, anyWalk } from '#tests/builders/any-bot.ts';
import { figuresOf } from '#tests/builders/backtests.ts';
import { ChunkedSource } from '#tests/builders/chunked-source.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';

const TIMEFRAME = '1h';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const INSTRUMENTS = SYMBOLS.map((symbol) => instrumentOf({ symbol, lot: '0.001' }));
const COUNT = 24;

/** Everything that a run comes to, as one text. */
async function told(bot: Bot, series: readonly SourcedSeries[]): Promise<string> {
  const account = await runBacktest({ bot, series, fees: PAPER_FEES });
  return JSON.stringify(account.runs.map((run) => figuresOf(account, run)));
}

const anyChunks = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

function cases(count: number) {
  const walks = fc.tuple(...SYMBOLS.slice(0, count).map(() => anyWalk(COUNT, TIMEFRAME)));
  return fc.tuple(anyBot(SYMBOLS.slice(0, count), TIMEFRAME), walks, anyChunks);
}

// One symbol is what passes over quiet candles; two share an account.
test.each([{ symbols: 1 }, { symbols: 2 }])(
  'whatever the bot and the candles of $symbols, the run is the same however the candles come',
  { timeout: 600_000 },
  async ({ symbols }) => {
    let traded = 0;
    await fc.assert(
      fc.asyncProperty(cases(symbols), async ([bot, walks, chunks]) => {
        const replayed = await told(
          bot,
          walks.map((candles, k) => new ReplaySource(INSTRUMENTS[k]!, candles)),
        );
        const inChunks = (sizes: readonly number[]) =>
          walks.map((candles: Candles, k) => new ChunkedSource(INSTRUMENTS[k]!, candles, sizes));
        expect(await told(bot, inChunks([1])), 'one by one').toBe(replayed);
        expect(await told(bot, inChunks(chunks)), 'in chunks').toBe(replayed);
        if (replayed.includes('"entry"')) traded += 1;
      }),
      { numRuns: PROPERTY_RUNS },
    );
    expect(traded).toBeGreaterThan(PROPERTY_RUNS / 2);
  },
);
