import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { Column } from './column.ts';
import { RollingMedian } from './rolling-median.ts';

function medians(values: readonly number[], period: number, cuts: readonly number[] = []): readonly number[] {
  const rolling = new RollingMedian(new Column(Float64Array.from(values)), period);
  const bounds = [0, ...cuts, values.length];
  for (let n = 1; n < bounds.length; n++) rolling.advance(bounds[n - 1]!, bounds[n]!);
  return [...rolling.median.values.subarray(0, values.length)];
}

/** Sorted anew for each window. */
function sortedMedian(window: readonly number[]): number {
  const sorted = window.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

test.each([
  { name: 'of one value', values: [3, 1], period: 1, expected: [3, 1] },
  { name: 'of an odd number', values: [5, 1, 3, 9], period: 3, expected: [NaN, NaN, 3, 3] },
  { name: 'of an even number', values: [4, 1, 2, 9], period: 2, expected: [NaN, 2.5, 1.5, 5.5] },
  { name: 'of equal values', values: [2, 2, 2, 1, 1], period: 3, expected: [NaN, NaN, 2, 2, 1] },
  { name: 'of too few values', values: [1, 2], period: 3, expected: [NaN, NaN] },
])('the median $name', ({ values, period, expected }) => {
  expect(medians(values, period)).toEqual(expected);
});

test('whatever the values and however they come, it is that of each window', () => {
  const anyValues = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(anyValues, fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(40)), (values, period, cuts) => {
      const bounds = cuts.filter((cut) => cut <= values.length).sort((a, b) => a - b);
      const windows = values.map((_, i) => (i < period - 1 ? NaN : sortedMedian(values.slice(i - period + 1, i + 1))));
      expect(medians(values, period, bounds)).toEqual(windows);
    }),
    { numRuns: PROPERTY_RUNS },
  );
});
