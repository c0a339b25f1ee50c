import type { Interval } from './bootstrap.ts';

/** How often something came true. */
export interface HitRate {
  readonly hits: number;
  readonly n: number;
  /** hits / n; undefined when there was nothing yet. */
  readonly rate: number | undefined;
  /** Where the true rate lies with the stated confidence: wide while n is small. */
  readonly interval: Interval | undefined;
}

/** Of a normal distribution: 95 % of it lies within so many standard deviations. */
const Z_95 = 1.959963984540054;

/**
 * A rate with its 95 % Wilson score interval, which stays within 0 and 1 and holds for small n, where the usual one does not.
 *
 * @see Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22.
 */
export function hitRate(hits: number, n: number): HitRate {
  if (n === 0) return { hits, n, rate: undefined, interval: undefined };
  const rate = hits / n;
  const z2 = Z_95 * Z_95;
  const scale = 1 + z2 / n;
  const centre = (rate + z2 / (2 * n)) / scale;
  const half = (Z_95 / scale) * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n));
  return { hits, n, rate, interval: { low: Math.max(0, centre - half), high: Math.min(1, centre + half) } };
}
