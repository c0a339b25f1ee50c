/**
 * Sliding windows that never take a value out again, for what cannot be subtracted (a maximum) or should not be
 * (squares).
 *
 * The values are cut into blocks of `period`, counted from the first that is defined. A window that ends at offset j of
 * a block is then made of two parts: the j + 1 values from the start of the block, whose maximum is kept as the block
 * goes on, and the last period - 1 - j values of the block before, its tail at j. Tails are filled once for each block,
 * backwards. So each value is touched twice whatever the period, a window depends on nothing but its own values, and no
 * chunking can change a bit.
 *
 * @see van Herk (1992), "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels";
 *   Gil and Werman (1993), "Computing 2-D min, median, and max filters".
 */

/**
 * Tails for the first block, which has none before it: its windows reach back before the first value and are NaN, up to
 * the last, which needs no tail.
 * @param nothing What an empty tail is worth: 0 for sums, -Infinity for maxima, Infinity for minima.
 */
export function missingTails(period: number, nothing: number): Float64Array {
  const tails = new Float64Array(period).fill(NaN);
  tails[period - 1] = nothing;
  return tails;
}

/** The largest of the last tails.length - 1 - j values of the block that starts at `start`, for each offset j. */
export function fillTailMaxima(tails: Float64Array, values: Float64Array, start: number): void {
  let maximum = -Infinity;
  for (let j = tails.length - 1; j > 0; j--) {
    maximum = Math.max(maximum, values[start + j]);
    tails[j - 1] = maximum;
  }
}

/** Like `fillTailMaxima`, for the smallest. */
export function fillTailMinima(tails: Float64Array, values: Float64Array, start: number): void {
  let minimum = Infinity;
  for (let j = tails.length - 1; j > 0; j--) {
    minimum = Math.min(minimum, values[start + j]);
    tails[j - 1] = minimum;
  }
}

/** Like `fillTailMaxima`, for the sum. */
export function fillTailSums(tails: Float64Array, values: Float64Array, start: number): void {
  let sum = 0;
  for (let j = tails.length - 1; j > 0; j--) {
    sum += values[start + j];
    tails[j - 1] = sum;
  }
}
