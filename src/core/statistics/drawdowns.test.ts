import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { drawdownsOf } from './drawdowns.ts';
import { type EquityCurve, readEquity } from './equity-curve.ts';

const HOUR = 3_600_000;
/** A curve that starts with 100 at 0:00 and has a point every hour. */
const curve = (equity: readonly number[]): EquityCurve => ({
  length: equity.length,
  startTime: 0 as EpochMs,
  startEquity: 100,
  openTime: Float64Array.from(equity, (_, i) => i * HOUR),
  durationMs: HOUR,
  equity: Float64Array.from(equity),
});

const NONE = { n: 0, meanFraction: undefined, meanMs: undefined, longestMs: undefined };
test.each([
  { name: 'never fell', equity: [100, 110, 110, 120], expected: NONE },
  { name: 'no candle', equity: [], expected: NONE },
  {
    // 10 % from the start for 2 hours, 50 % from 120 at hour 3 for 4 hours.
    name: 'two falls and back',
    equity: [90, 100, 120, 90, 60, 119, 120, 130],
    expected: { n: 2, meanFraction: expect.closeTo(0.3, 12), meanMs: 3 * HOUR, longestMs: 4 * HOUR },
  },
  {
    name: 'the longest is not back, and not the deepest',
    equity: [50, 100, 99, 98, 99],
    expected: { n: 2, meanFraction: expect.closeTo(0.26, 12), meanMs: 2.5 * HOUR, longestMs: 3 * HOUR },
  },
])('$name', ({ equity, expected }) => {
  expect(drawdownsOf(curve(equity))).toEqual(expected);
});

test('none is deeper than the deepest, and the longest is as long as that one at least', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }), (equity) => {
      const { drawdown } = readEquity(curve(equity));
      const { meanFraction = 0, longestMs = 0 } = drawdownsOf(curve(equity));
      expect(meanFraction).toBeLessThanOrEqual(drawdown.fraction + 1e-12);
      expect(longestMs).toBeGreaterThanOrEqual(drawdown.durationMs);
    }),
  );
});
