import { describe, expect, test } from 'vitest';
import type { EpochMs, Timeframe } from '../time.ts';
import { ALWAYS } from './always.ts';
import { candlesBetween, closeTimeIn, openTimeBefore, openTimeIn } from './session-candles.ts';
import { US_STOCKS } from './us-stocks.ts';

const at = (text: string) => Date.parse(`${text}:00Z`) as EpochMs;
const shown = (time: number) => new Date(time).toISOString().slice(0, 16);

/** July 3rd, 2025, closed early, and the 4th was a holiday. */
const SHORT_DAY = '2025-07-03T16:00';

test.each<{ name: string; timeframe: Timeframe; from: string; count: number; opens: string }>([
  { name: 'within a session, from its open', timeframe: '30m', from: SHORT_DAY, count: 2, opens: '2025-07-03T13:30' },
  { name: 'into the session before', timeframe: '1h', from: SHORT_DAY, count: 5, opens: '2025-07-02T13:30' },
  { name: 'over a short session', timeframe: '1h', from: '2025-07-07T13:30', count: 4, opens: '2025-07-03T13:30' },
  { name: 'days', timeframe: '1d', from: '2025-07-07T15:00', count: 2, opens: '2025-07-02T13:30' },
  { name: 'weeks', timeframe: '1w', from: '2025-07-08T15:00', count: 1, opens: '2025-06-30T13:30' },
])('openTimeBefore: $name', ({ timeframe, from, count, opens }) => {
  const open = openTimeBefore(US_STOCKS, at(from), timeframe, count);
  expect(shown(open)).toBe(opens);
  // As many lie between, or more.
  expect(candlesBetween(US_STOCKS, open, openTimeIn(US_STOCKS, at(from), timeframe), timeframe)).toBeGreaterThanOrEqual(
    count,
  );
});

test('where a market never closes, candles are counted by their length', () => {
  expect(shown(openTimeBefore(ALWAYS, at('2025-07-03T16:12'), '1h', 20))).toBe('2025-07-02T20:00');
  expect(candlesBetween(ALWAYS, at('2025-07-03T16:00'), at('2025-07-04T00:00'), '30m')).toBe(16);
});

describe('candlesBetween', () => {
  test.each<{ name: string; timeframe: Timeframe; from: string; to: string; count: number }>([
    { name: 'a short session', timeframe: '1m', from: '2025-07-03T00:00', to: '2025-07-07T00:00', count: 210 },
    { name: 'its last candle is cut', timeframe: '1h', from: '2025-07-03T13:30', to: '2025-07-07T13:30', count: 4 },
    { name: 'a week with a holiday', timeframe: '1d', from: '2025-06-30T00:00', to: '2025-07-07T00:00', count: 4 },
    { name: 'a night', timeframe: '1m', from: '2025-07-03T17:00', to: '2025-07-07T13:30', count: 0 },
  ])('$name', ({ timeframe, from, to, count }) => {
    expect(candlesBetween(US_STOCKS, at(from), at(to), timeframe)).toBe(count);
    expect(closeTimeIn(US_STOCKS, at(from), timeframe)).toBeGreaterThan(at(from));
  });
});
