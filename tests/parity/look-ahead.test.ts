import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Column } from '#core/indicators/column.ts';
import { Sma } from '#core/indicators/sma.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { firstOf } from '#tests/builders/candles.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { BOTS } from './bots.ts';

/** What a run knew by the close of candle `count` - 1 must not depend on any candle after it. */
const INSTRUMENT = { tick: '0.25', lot: '0.001' };
const COUNT = 1_500;
const CANDLES = generateCandles(COUNT, 4);

/** The part of a run that lies in the first `count` candles. A trade that was open then has no exit yet, and may grow. */
function beginningOf({ trades, fills, reasons, equity }: BacktestFigures, count: number, candles = CANDLES) {
  const end = candles.openTimeOf(count - 1);
  return {
    fills: fills.filter(([at]) => Number(at) <= end),
    trades: trades
      .filter(({ entryIndex }) => entryIndex < count)
      .map(({ side, entryIndex, ...rest }) =>
        rest.exitIndex < count ? { side, entryIndex, ...rest } : { side, entryIndex },
      ),
    reasons: reasons.slice(0, count),
    equity: equity.slice(0, count),
  };
}

test.each(BOTS)('a backtest on the first candles is the beginning of one on all: $name', async ({ bot }) => {
  const whole = await backtestOf(bot, CANDLES, INSTRUMENT);
  const cuts = [1, 2, 14, 15, 16, 29, 30, 31, 101, 301, COUNT - 1, COUNT];
  for (const count of cuts) {
    const first = await backtestOf(bot, firstOf(CANDLES, count), INSTRUMENT);
    expect(beginningOf(first, count), `the first ${count}`).toEqual(beginningOf(whole, count));
  }
});

test.each(BOTS)('of stocks too, within a session and at its ends: $name', async ({ bot }) => {
  // Three sessions, of which the second is short, and a bit of a fourth.
  const candles = firstOf(
    stockCandles('2025-07-02', '2025-07-08', '1m', (k) => {
      const { open, high, low, close, volume } = CANDLES.at(k);
      return [open, high, low, close, volume];
    }),
    1_000,
  );
  const whole = await backtestOf(bot, candles, INSTRUMENT);
  for (const count of [14, 150, 151, 389, 390, 391, 395, 599, 600, 601, 604, 605, 990]) {
    const first = await backtestOf(bot, firstOf(candles, count), INSTRUMENT);
    expect(beginningOf(first, count, candles), `the first ${count}`).toEqual(beginningOf(whole, count, candles));
  }
});

test.each(BOTS)('wherever it is cut: $name', async ({ bot }) => {
  const whole = await backtestOf(bot, CANDLES, INSTRUMENT);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: COUNT }), async (count) => {
      const first = await backtestOf(bot, firstOf(CANDLES, count), INSTRUMENT);
      expect(beginningOf(first, count)).toEqual(beginningOf(whole, count));
    }),
    { numRuns: 15 },
  );
});

test('an average that reads one candle ahead is found out', async () => {
  const cheat = vi.spyOn(Sma.prototype, 'advance').mockImplementation(function (this: unknown, from, to) {
    const { source, outputs } = this as { readonly source: Column; readonly outputs: { readonly sma: Column } };
    const average = outputs.sma.reserve(to);
    for (let i = from; i < to; i++) average[i] = source.values[i + 1]!;
  });
  const bot = botOf({
    entry: { long: ['sma(5)', '>', 'close'] },
    exit: { long: ['sma(5)', '<', 'close'] },
  });
  const whole = await backtestOf(bot, CANDLES, INSTRUMENT);
  expect(whole.fills.length).toBeGreaterThan(100);
  // Only what was decided at the last candle can tell: it is the one that read what is not there.
  let differing = 0;
  for (let count = 480; count < 520; count++) {
    const first = await backtestOf(bot, firstOf(CANDLES, count), INSTRUMENT);
    if (JSON.stringify(beginningOf(first, count)) !== JSON.stringify(beginningOf(whole, count))) differing += 1;
  }
  cheat.mockRestore();
  expect(differing).toBeGreaterThan(5);
});
