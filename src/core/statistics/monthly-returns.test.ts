import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { type EquityCurve, readEquity } from './equity-curve.ts';
import { compounded, monthlyReturns } from './monthly-returns.ts';

const DAY = 86_400_000;
const at = (text: string) => Temporal.Instant.from(`${text}:00Z`).epochMilliseconds as EpochMs;

/** A curve of half-day candles: when each opened and the equity at its close. */
function curveOf(startEquity: number, rows: readonly (readonly [open: string, equity: number])[]): EquityCurve {
  return {
    length: rows.length,
    startTime: at(rows[0]?.[0] ?? '2025-01-01T00:00'),
    startEquity,
    openTime: Float64Array.from(rows, ([open]) => at(open)),
    durationMs: DAY / 2,
    equity: Float64Array.from(rows, ([, equity]) => equity),
  };
}
const rowsOf = (curve: EquityCurve) => monthlyReturns(readEquity(curve));

test('a close at midnight ends its month, and the months at both ends are parts', () => {
  const rows = rowsOf(
    curveOf(100, [
      ['2024-01-30T12:00', 104],
      ['2024-01-31T12:00', 110], // Closes at the midnight that begins February.
      ['2024-02-01T00:00', 108],
      ['2024-02-29T12:00', 99],
      ['2024-03-01T00:00', 198],
    ]),
  );
  expect(rows).toEqual([
    {
      year: 2024,
      month: 1,
      from: at('2024-01-30T12:00'),
      to: at('2024-02-01T00:00'),
      isPartial: true,
      value: expect.closeTo(0.1, 12),
    },
    {
      year: 2024,
      month: 2,
      from: at('2024-02-01T00:00'),
      to: at('2024-03-01T00:00'),
      isPartial: false,
      value: expect.closeTo(-0.1, 12),
    },
    {
      year: 2024,
      month: 3,
      from: at('2024-03-01T00:00'),
      to: at('2024-03-01T12:00'),
      isPartial: true,
      value: expect.closeTo(1, 12),
    },
  ]);
});

test('a month from its first to its last moment is whole, and one without a candle has no row', () => {
  const rows = rowsOf(
    curveOf(100, [
      ['2025-01-01T00:00', 90],
      ['2025-01-20T00:00', 120], // The rest of January and all of February are missing.
      ['2025-03-31T12:00', 60],
    ]),
  );
  expect(rows.map(({ month, isPartial, value }) => [month, isPartial, value])).toEqual([
    [1, false, expect.closeTo(0.2, 12)],
    [3, false, expect.closeTo(-0.5, 12)],
  ]);
});

test('nothing grows from nothing', () => {
  const rows = rowsOf(
    curveOf(100, [
      ['2025-01-31T12:00', 0],
      ['2025-02-01T00:00', 10],
    ]),
  );
  expect(rows.map(({ value }) => value)).toEqual([-1, undefined]);
  expect(rowsOf(curveOf(100, []))).toEqual([]);
});

test.each([
  { name: 'one after the other', returns: [0.1, -0.1, 0.5], expected: 1.1 * 0.9 * 1.5 - 1 },
  { name: 'none', returns: [], expected: 0 },
  { name: 'one without an answer', returns: [0.1, undefined], expected: undefined },
])('compounded: $name', ({ returns, expected }) => {
  const value = compounded(returns);
  if (expected === undefined) expect(value).toBeUndefined();
  else expect(value).toBeCloseTo(expected, 12);
});
