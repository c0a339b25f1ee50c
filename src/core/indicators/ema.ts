import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * Exponential moving average with weight 2 / (period + 1), in the unit of its source. First defined at period - 1,
 * seeded with the mean of the first `period` values.
 * @see TA-Lib, TA_EMA: seed and weight.
 */
export class Ema implements Indicator {
  readonly outputs = { ema: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  /** The sum of what has been seen, until firstIndex makes it the seed. */
  private average = 0;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(ema, [period]);
    this.source = source;
    this.period = period;
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    const { firstIndex } = this;
    const { values } = this.source;
    const out = this.outputs.ema.reserve(to);
    const weight = 2 / (this.period + 1);
    let { average } = this;
    for (let i = from; i < to; i++) {
      if (i > firstIndex) {
        average += (values[i] - average) * weight;
      } else {
        average += values[i];
        if (i === firstIndex) average /= this.period;
      }
      out[i] = i < firstIndex ? NaN : average;
    }
    this.average = average;
  }
}

export const ema: Definition = {
  name: 'ema',
  title: 'Exponential moving average',
  parameters: [period('period', 20)],
  outputs: ['ema'],
  create: (candles, [period], source = candles.close) => new Ema(source, period),
};
