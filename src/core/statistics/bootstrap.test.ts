import { expect, test } from 'vitest';
import { nextNormal, seededChance } from '../random.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import { meanOf } from './distribution.ts';
import { profitFactorOf, winRateOf } from './trade-rates.ts';

const OPTIONS = { resamples: 4_000, level: 0.95, seed: 7 };

test.each([
  // Of two values, a quarter of the samples is 0, a half 0.5 and a quarter 1.
  { name: 'the outer of two', sample: [0, 1], level: 0.95, low: 0, high: 1 },
  { name: 'the middle of two', sample: [0, 1], level: 0.4, low: 0.5, high: 0.5 },
  { name: 'one value', sample: [3], level: 0.95, low: 3, high: 3 },
])('the mean of $name', ({ sample, level, low, high }) => {
  expect(bootstrapIntervals(Float64Array.from(sample), [meanOf], { ...OPTIONS, level })).toEqual([{ low, high }]);
});

test('the mean of the treated mice has the error that Efron and Tibshirani give, 23.36', () => {
  // Table 2.1: survival in days. Two thirds of a normal distribution lie within one error of the mean.
  const days = Float64Array.of(94, 197, 16, 38, 99, 141, 23);
  const [interval] = bootstrapIntervals(days, [meanOf], { resamples: 20_000, level: 0.6827, seed: 7 });
  expect((interval!.high - interval!.low) / 2).toBeGreaterThan(23.36 * 0.97);
  expect((interval!.high - interval!.low) / 2).toBeLessThan(23.36 * 1.03);
});

test('19 of 20 intervals hold what they look for', () => {
  const chance = seededChance(11);
  let held = 0;
  for (let run = 0; run < 300; run++) {
    const sample = Float64Array.from({ length: 60 }, () => 0.2 + nextNormal(chance));
    const [interval] = bootstrapIntervals(sample, [meanOf], { resamples: 400, level: 0.95, seed: run });
    if (interval!.low <= 0.2 && 0.2 <= interval!.high) held++;
  }
  // 285 of 300 give or take three deviations of sqrt(300 x 0.95 x 0.05) = 3.8, and the method is a little too narrow.
  expect(held).toBeGreaterThanOrEqual(270);
  expect(held).toBeLessThanOrEqual(297);
});

test('the same seed gives the same intervals, another one others', () => {
  const sample = Float64Array.from({ length: 30 }, (_, k) => (k * 7) % 11);
  const intervals = (seed: number) => bootstrapIntervals(sample, [meanOf, winRateOf], { ...OPTIONS, seed });
  expect(intervals(1)).toEqual(intervals(1));
  expect(intervals(1)).not.toEqual(intervals(2));
});

test('a figure that one value carries has no interval, and the others keep theirs', () => {
  // A third of the samples has no loss, and no profit factor then.
  const sample = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, -1);
  const [profitFactor, winRate] = bootstrapIntervals(sample, [profitFactorOf, winRateOf], OPTIONS);
  expect(profitFactor).toBeUndefined();
  expect(winRate!.high).toBe(1);
  expect(winRate!.low).toBeGreaterThan(0.5);
});
