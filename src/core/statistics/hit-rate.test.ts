import { expect, test } from 'vitest';
import { hitRate } from './hit-rate.ts';

test.each([
  // Newcombe (1998), table I, method 3: the score interval of 81/263, 15/148, 0/20 and 1/29.
  { hits: 81, n: 263, low: 0.2553, high: 0.3662 },
  { hits: 15, n: 148, low: 0.0624, high: 0.1605 },
  { hits: 0, n: 20, low: 0, high: 0.1611 },
  { hits: 1, n: 29, low: 0.0061, high: 0.1718 },
])('$hits of $n', ({ hits, n, low, high }) => {
  const { rate, interval } = hitRate(hits, n);
  expect(rate).toBe(hits / n);
  expect(interval!.low).toBeCloseTo(low, 4);
  expect(interval!.high).toBeCloseTo(high, 4);
});

test('nothing yet is no rate', () => {
  expect(hitRate(0, 0)).toEqual({ hits: 0, n: 0, rate: undefined, interval: undefined });
});
