import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakdown, hourOf, weekdayOf } from './breakdown.ts';
import type { ClosedTrades } from './statistics.ts';

const closed = (pnl: readonly number[], r: readonly number[]): ClosedTrades => ({
  length: pnl.length,
  entryTime: new Float64Array(pnl.length),
  exitTime: new Float64Array(pnl.length),
  pnl: Float64Array.from(pnl),
  r: Float64Array.from(r),
});

test('parts trades in the order of the groups, and tells rates from 10 of a group on', () => {
  // Ten longs, 7 of them won; two shorts, one of which had no stop.
  const pnl = [5, 5, 5, 5, 5, 5, 5, -10, -10, 0, 3, -4];
  const r = [1, 1, 1, 1, 1, 1, 1, -2, -2, 0, 0.5, Number.NaN];
  const rows = breakdown(closed(pnl, r), ['short', 'long', 'flat'], (k) => (k < 10 ? 'long' : 'short'));
  expect(rows).toEqual([
    { group: 'short', n: 2, won: 1, winRate: undefined, pnl: -1, averageR: { value: undefined, n: 1 } },
    { group: 'long', n: 10, won: 7, winRate: 0.7, pnl: 15, averageR: { value: expect.closeTo(0.3, 12), n: 10 } },
  ]);
});

test('columns may be longer than the trades that count', () => {
  const trades = { ...closed([1, 2, 99], [1, 1, 1]), length: 2 };
  expect(breakdown(trades, ['all'], () => 'all')).toMatchObject([{ n: 2, pnl: 3 }]);
});

test.each([
  { text: '1970-01-01T00:00:00Z', hour: 0, weekday: 4 },
  { text: '2026-11-20T23:59:59.999Z', hour: 23, weekday: 5 },
  { text: '2026-11-22T07:00:00Z', hour: 7, weekday: 7 },
  { text: '2026-11-23T00:00:00Z', hour: 0, weekday: 1 },
  { text: '1969-12-31T23:00:00Z', hour: 23, weekday: 3 },
])('$text is in hour $hour of weekday $weekday', ({ text, hour, weekday }) => {
  const at = Temporal.Instant.from(text).epochMilliseconds;
  expect([hourOf(at), weekdayOf(at)]).toEqual([hour, weekday]);
});

test('hours and weekdays are those of the calendar', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 13), max: 10 ** 13 }), (at) => {
      const { hour, dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC');
      expect([hourOf(at), weekdayOf(at)]).toEqual([hour, dayOfWeek]);
    }),
  );
});
