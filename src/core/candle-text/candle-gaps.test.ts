import { expect, test } from 'vitest';
import type { Timeframe } from '../time.ts';
import { commonDistance, findGaps, firstOffGrid } from './candle-gaps.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const minutes = (...at: number[]) => Float64Array.from(at, (minute) => minute * MINUTE);

test.each([
  { name: 'none without a second time', times: minutes(5), expected: undefined },
  { name: 'the only one', times: minutes(5, 10), expected: 5 * MINUTE },
  { name: 'the most common one, holes or not', times: minutes(0, 5, 15, 25, 30, 35), expected: 5 * MINUTE },
  { name: 'the shorter of two', times: minutes(0, 15, 20), expected: 5 * MINUTE },
])('commonDistance is $name', ({ times, expected }) => {
  expect(commonDistance(times, times.length)).toBe(expected);
});

test.each([
  { name: 'all on it', times: minutes(0, 5, 15), timeframe: '5m', expected: -1 },
  { name: 'the first off it', times: minutes(1, 6), timeframe: '5m', expected: 0 },
  { name: 'off it after a gap', times: minutes(0, 5, 12), timeframe: '5m', expected: 2 },
  { name: 'weeks open on Monday', times: Float64Array.of(4 * DAY, 11 * DAY), timeframe: '1w', expected: -1 },
  { name: 'and not on Thursday', times: Float64Array.of(0, 7 * DAY), timeframe: '1w', expected: 0 },
])('firstOffGrid: $name', ({ times, timeframe, expected }) => {
  expect(firstOffGrid(times, times.length, timeframe as Timeframe)).toBe(expected);
});

test('findGaps counts what is missing after each candle', () => {
  const times = minutes(0, 5, 15, 20, 60);
  expect(findGaps(times, 5, '5m')).toEqual([
    { afterOpenTime: 5 * MINUTE, missing: 1 },
    { afterOpenTime: 20 * MINUTE, missing: 7 },
  ]);
  expect(findGaps(times, 2, '5m')).toEqual([]);
});
