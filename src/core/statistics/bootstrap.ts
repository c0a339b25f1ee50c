import { seededChance } from '../random.ts';
import { quantile } from './distribution.ts';

/** Between which values a figure lies with a stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A figure of a sample; `undefined` where a sample has no answer. It keeps nothing of the array it is given. */
export type Statistic = (sample: Float64Array) => number | undefined;

export interface BootstrapOptions {
  /** How often a new sample is drawn; from 1,000 on the ends of an interval stand still. */
  readonly resamples: number;
  /** 0.95 leaves 2.5 % at either end. */
  readonly level: number;
  /** The same seed gives the same intervals. */
  readonly seed: number;
}

/**
 * Percentile bootstrap: samples of the same size are drawn from the sample with replacement, and the interval is what the
 * middle `level` of the figure's values covers. It takes the values as independent of each other, so a streak that has a
 * cause makes it too narrow. A figure has no interval when one of the samples has no answer: a few values carry it alone.
 *
 * @param sample In any order; at least one value. @returns An interval for each statistic, all from the same samples.
 * @see Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13.
 */
export function bootstrapIntervals(
  sample: Float64Array,
  statistics: readonly Statistic[],
  { resamples, level, seed }: BootstrapOptions,
): readonly (Interval | undefined)[] {
  const chance = seededChance(seed);
  const drawn = new Float64Array(sample.length);
  const figures = statistics.map(() => new Float64Array(resamples));
  for (let k = 0; k < resamples; k++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = sample[Math.floor(chance.next() * drawn.length)];
    for (let s = 0; s < statistics.length; s++) figures[s][k] = statistics[s](drawn) ?? Number.NaN;
  }
  return figures.map((values) => middle(values.sort(), level));
}

/** @param sorted Ascending; NaN comes last. */
function middle(sorted: Float64Array, level: number): Interval | undefined {
  if (Number.isNaN(sorted[sorted.length - 1])) return undefined;
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
