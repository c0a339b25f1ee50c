import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/** A running sum rounds at each step, so it is summed anew this often (or once a period, when that is longer). */
const RESUM_EVERY = 256;

/**
 * Simple moving average: the mean of the last `period` values, in their unit. First defined at period - 1.
 * Exact to the last bit wherever sums are, as with prices on a binary grid: equal means then compare as equal.
 */
export class Sma implements Indicator {
  readonly outputs = { sma: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  /** Of the last `period` values. */
  private sum = 0;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(sma, [period]);
    this.source = source;
    this.period = period;
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    const { period, firstIndex } = this;
    const { values } = this.source;
    const out = this.outputs.sma.reserve(to);
    const resumEvery = Math.max(RESUM_EVERY, period);
    let { sum } = this;
    let i = from;
    for (; i < to && i <= firstIndex; i++) {
      sum += values[i];
      out[i] = i < firstIndex ? NaN : sum / period;
    }
    while (i < to) {
      // Counted from candle 0, not from `from`: a chunk must not change a bit.
      const since = i % resumEvery;
      if (since === 0) sum = sumBetween(values, i - period, i);
      for (const end = Math.min(i - since + resumEvery, to); i < end; i++) {
        sum += values[i] - values[i - period];
        out[i] = sum / period;
      }
    }
    this.sum = sum;
  }
}

/** Over [from, to). */
function sumBetween(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum;
}

export const sma: Definition = {
  name: 'sma',
  title: 'Simple moving average',
  parameters: [period('period', 20)],
  outputs: ['sma'],
  create: (candles, [period], source = candles.close) => new Sma(source, period),
};
