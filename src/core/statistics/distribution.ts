/** How values lie, without an order: R multiples, returns of trades, durations. Undefined where too few values say so. */
export interface Distribution {
  readonly n: number;
  readonly mean: number | undefined;
  /** The middle value, or the mean of the two in the middle. */
  readonly median: number | undefined;
  /** Sample standard deviation (n - 1); undefined under 2 values. */
  readonly deviation: number | undefined;
  readonly least: number | undefined;
  readonly greatest: number | undefined;
}

/** @param values Finite numbers in any order; they stay as they are. */
export function distribution(values: ArrayLike<number>): Distribution {
  const n = values.length;
  if (n === 0) return NOTHING;
  const sorted = Float64Array.from(values).sort();
  const mean = meanOf(values);
  let squares = 0;
  for (let k = 0; k < n; k++) squares += (values[k] - mean) ** 2;
  return {
    n,
    mean,
    median: quantile(sorted, 0.5),
    deviation: n < 2 ? undefined : Math.sqrt(squares / (n - 1)),
    least: sorted[0],
    greatest: sorted[n - 1],
  };
}

const NOTHING: Distribution = Object.freeze({
  n: 0,
  mean: undefined,
  median: undefined,
  deviation: undefined,
  least: undefined,
  greatest: undefined,
});

/**
 * System quality number: sqrt(n) x mean / sample deviation, how far the mean result is from 0 in its own standard
 * errors. Tharp takes R multiples and stops counting at 100 trades; here every one counts. `undefined` when all are
 * equal.
 *
 * @see Tharp (2008), "The Definitive Guide to Position Sizing Strategies".
 */
export function systemQuality({ n, mean, deviation }: Distribution): number | undefined {
  if (mean === undefined || deviation === undefined || !(deviation > ROUNDING)) return undefined;
  return (Math.sqrt(n) * mean) / deviation;
}

/** Results that differ by less than this are equal: the rest is float rounding. */
const ROUNDING = 1e-12;

/** NaN of nothing. */
export function meanOf(values: ArrayLike<number>): number {
  const { length } = values;
  let sum = 0;
  for (let k = 0; k < length; k++) sum += values[k];
  return sum / length;
}

/**
 * The value below which a share of a sample lies, straight between its neighbours.
 *
 * @param sorted Ascending, at least one. @param share In [0, 1]; 0.5 is the median.
 * @see Hyndman and Fan (1996), "Sample Quantiles in Statistical Packages", definition 7.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
