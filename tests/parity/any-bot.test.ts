import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { BoundaryFeed } from '#adapters/market-data/feed.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { anyBot, anyWalk } from '#tests/builders/any-bot.ts';
import { backtestOf } from '#tests/builders/backtests.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { runToEnd } from '#tests/simulation/stored-run.ts';

const TIMEFRAME = '1h';
const SYMBOL = 'BTC/USDT';
const INSTRUMENT = { symbol: SYMBOL, lot: '0.001' };

afterEach(() => vi.restoreAllMocks());

test('whatever the bot and the candles, one by one gives the run that passing over gives', async () => {
  await fc.assert(
    fc.asyncProperty(anyBot([SYMBOL], TIMEFRAME), anyWalk(120, TIMEFRAME), async (bot, candles) => {
      const passing = await backtestOf(bot, candles, INSTRUMENT);
      const spy = vi.spyOn(BoundaryFeed.prototype, 'skip').mockReturnValue(0);
      const oneByOne = await backtestOf(bot, candles, INSTRUMENT);
      spy.mockRestore();
      expect(oneByOne).toEqual(passing);
    }),
    { numRuns: PROPERTY_RUNS / 5 },
  );
});

test('whatever the bot and the candles, paper trading of a replay fills what a backtest fills', async () => {
  await fc.assert(
    fc.asyncProperty(anyBot([SYMBOL], TIMEFRAME), anyWalk(60, TIMEFRAME), async (bot, candles) => {
      const store = new MemoryStore();
      await runToEnd(store, new ReplayMarket('replay:any', [{ instrument: instrumentOf(INSTRUMENT), candles }]), bot);
      const paper = (await store.fills({})).map(({ executedAt, side, quantity }) => [executedAt, side, quantity]);
      const { fills } = await backtestOf(bot, candles, INSTRUMENT);
      expect(paper).toEqual(
        fills.map(([at, , , units]) => [
          at,
          Number(units) > 0 ? 'buy' : 'sell',
          String(Math.abs(Number(units)) / 1_000),
        ]),
      );
    }),
    { numRuns: PROPERTY_RUNS / 10 },
  );
});
