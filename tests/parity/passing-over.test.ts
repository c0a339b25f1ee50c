import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { BoundaryFeed } from '#adapters/market-data/feed.ts';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { candleTape, type Tape } from '#core/matching/tape.ts';
import { Resampled } from '#core/resample.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { candlesOf } from '#tests/builders/candles.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { BOTS } from './bots.ts';

/**
 * A replay passes over the candles at which nothing is decided and nothing trades. Taken one by one, as live candles
 * come, they must give the same run to the last bit.
 */
const INSTRUMENT = { tick: '0.25', lot: '0.001' };
const COUNT = 3_000;

afterEach(() => vi.restoreAllMocks());

/** A backtest whose feed passes over as many candles at once as `limit` lets it. */
async function backtestPassing(
  limit: (most: number) => number,
  bot: Bot,
  candles: Candles,
  inside?: Tape,
): Promise<BacktestFigures> {
  const { skip } = BoundaryFeed.prototype;
  const spy = vi.spyOn(BoundaryFeed.prototype, 'skip').mockImplementation(function (this: BoundaryFeed, most) {
    return skip.call(this, limit(most));
  });
  try {
    return await backtestOf(bot, candles, INSTRUMENT, inside);
  } finally {
    spy.mockRestore();
  }
}

/** Candles with every tenth missing, so that the times of candles are no ladder. */
function withGaps(candles: Candles): Candles {
  const row = (i: number) => candles.at(i);
  return candlesOf(
    Array.from({ length: candles.length }, (_, i) => {
      const { open, high, low, close, volume } = row(i);
      return i % 10 === 7 ? undefined : ([open, high, low, close, volume] as const);
    }),
  );
}

test.each(BOTS)('one by one gives the run that passing over gives: $name', async ({ bot }) => {
  for (const candles of [generateCandles(COUNT, 1), withGaps(generateCandles(COUNT, 2))]) {
    const skipped = vi.spyOn(BoundaryFeed.prototype, 'skip');
    const passing = await backtestOf(bot, candles, INSTRUMENT);
    const passedOver = skipped.mock.results.reduce((sum, { value }) => sum + Number(value), 0);
    skipped.mockRestore();
    const oneByOne = await backtestPassing(() => 0, bot, candles);
    expect(passing).toEqual(oneByOne);
    expect(passedOver).toBeGreaterThan(candles.length / 4);
    expect(passing.equity.length).toBe(candles.length);
  }
});

test.each(BOTS)('in chunks of any size gives it too: $name', async ({ bot }) => {
  const candles = generateCandles(COUNT, 3);
  const passing = await backtestOf(bot, candles, INSTRUMENT);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(50)), async (sizes) => {
      const limit = (most: number) => Math.min(most, sizes.next().value ?? 0);
      expect(await backtestPassing(limit, bot, candles)).toEqual(passing);
    }),
    { numRuns: 5 },
  );
});

test.each(BOTS)('stocks, with sessions, one by one or passing over: $name', async ({ bot }) => {
  const prices = generateCandles(COUNT, 5);
  // Seven sessions, one of them short and two on the other side of a weekend.
  const candles = stockCandles('2025-06-30', '2025-07-09', '1m', (k) => {
    const { open, high, low, close, volume } = prices.at(k);
    return [open, high, low, close, volume];
  });
  expect(await backtestOf(bot, candles, INSTRUMENT)).toEqual(await backtestPassing(() => 0, bot, candles));
});

test('the bots do something: all but the one without means trade, and between them they use every way out', async () => {
  const runs = await Promise.all(BOTS.map(({ bot }) => backtestOf(bot, generateCandles(COUNT, 1), INSTRUMENT)));
  expect(runs.map(({ trades }) => trades.length > 10)).toEqual([...Array(BOTS.length - 1).fill(true), false]);
  const reasons = new Set(runs.flatMap(({ trades }) => trades.map(({ exitReason }) => exitReason)));
  expect([...reasons].filter((reason) => reason !== undefined).sort()).toEqual([
    'rule',
    'stop',
    'target',
    'trailing-stop',
  ]);
});

test.each(BOTS)('finer candles inside the others: passing over gives what one by one gives: $name', async ({ bot }) => {
  const fine = generateCandles(COUNT, 5);
  const coarse = new Resampled(fine, '5m');
  for (let i = 0; i < fine.length; i++) coarse.take(i);
  const slow = { ...bot, timeframe: '5m' as const };
  const inside = candleTape(fine);
  const passing = await backtestOf(slow, coarse.candles, INSTRUMENT, inside);
  expect(await backtestPassing(() => 0, slow, coarse.candles, inside)).toEqual(passing);
});

test.each(BOTS)('the candles themselves inside change nothing: $name', async ({ bot }) => {
  const candles = generateCandles(COUNT, 6);
  const inside = candleTape(candles);
  expect(await backtestOf(bot, candles, INSTRUMENT, inside)).toEqual(await backtestOf(bot, candles, INSTRUMENT));
});
