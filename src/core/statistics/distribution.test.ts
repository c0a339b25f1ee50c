import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distribution, quantile, systemQuality } from './distribution.ts';

// By hand: mean 5; squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32 over n - 1 = 7; the middle of 4 and 5.
const VALUES = [5, 2, 4, 4, 9, 4, 5, 7];

test.each([
  {
    name: 'a table in any order',
    values: VALUES,
    expected: { n: 8, mean: 5, median: 4.5, deviation: Math.sqrt(32 / 7), least: 2, greatest: 9 },
  },
  {
    name: 'an odd number of values',
    values: [3, -1, 1],
    expected: { n: 3, mean: 1, median: 1, deviation: 2, least: -1, greatest: 3 },
  },
  {
    name: 'one value',
    values: [-2],
    expected: { n: 1, mean: -2, median: -2, deviation: undefined, least: -2, greatest: -2 },
  },
  {
    name: 'nothing',
    values: [],
    expected: {
      n: 0,
      mean: undefined,
      median: undefined,
      deviation: undefined,
      least: undefined,
      greatest: undefined,
    },
  },
])('distribution of $name', ({ values, expected }) => {
  expect(distribution(values)).toEqual(expected);
});

test('it leaves the values where they are', () => {
  const values = Float64Array.from(VALUES);
  distribution(values);
  expect([...values]).toEqual(VALUES);
});

test.each([
  { name: 'a table', values: VALUES, expected: (Math.sqrt(8) * 5) / Math.sqrt(32 / 7) },
  { name: 'losses', values: [-1, -3], expected: (Math.sqrt(2) * -2) / Math.sqrt(2) },
  { name: 'equal results', values: [2, 2, 2], expected: undefined },
  { name: 'results equal but for rounding', values: [0.1 + 0.2, 0.3], expected: undefined },
  { name: 'one result', values: [3], expected: undefined },
  { name: 'nothing', values: [], expected: undefined },
])('system quality of $name', ({ values, expected }) => {
  const value = systemQuality(distribution(values));
  if (expected === undefined) expect(value).toBeUndefined();
  else expect(value).toBeCloseTo(expected, 12);
});

test.each([
  { share: 0, expected: 10 },
  { share: 0.25, expected: 17.5 },
  { share: 0.5, expected: 25 },
  { share: 0.9, expected: 37 },
  { share: 1, expected: 40 },
])('the quantile of 10, 20, 30 and 40 at $share', ({ share, expected }) => {
  expect(quantile(Float64Array.of(10, 20, 30, 40), share)).toBeCloseTo(expected, 12);
});

test('mean and median lie between the least and the greatest, and a shift moves all but the deviation', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.integer({ min: -1_000, max: 1_000 }), (list, shift) => {
      const { mean, median, deviation, least, greatest } = distribution(list);
      for (const middle of [mean, median]) {
        expect(middle).toBeGreaterThanOrEqual(least!);
        expect(middle).toBeLessThanOrEqual(greatest!);
      }
      const moved = distribution(list.map((value) => value + shift));
      expect(moved.mean).toBeCloseTo(mean! + shift, 9);
      expect(moved.median).toBeCloseTo(median! + shift, 9);
      expect(moved.deviation).toBeCloseTo(deviation!, 9);
    }),
  );
});
