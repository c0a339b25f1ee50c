import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * Exponential moving average with weight 2 / (period + 1), in the unit of its source. First defined
 * `period - 1` after its source, seeded with the mean of the first `period` values.
 * @see TA-Lib, TA_EMA: seed and weight.
 */
export class Ema implements Indicator {
  readonly outputs = { ema: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  private readonly start: number;
  /** The sum of what has been seen, until firstIndex makes it the seed. */
  private average = 0;

  /**
   * @param start Where the source is first defined.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number, start = 0) {
    checkParameters(ema, [period]);
    this.source = source;
    this.period = period;
    this.start = start;
    this.firstIndex = start + period - 1;
  }

  advance(from: number, to: number): void {
    const { start, firstIndex } = this;
    const { values } = this.source;
    const out = this.outputs.ema.reserve(to);
    const weight = 2 / (this.period + 1);
    let { average } = this;
    for (let i = from; i < Math.min(start, to); i++) out[i] = NaN;
    for (let i = Math.max(from, start); i < to; i++) {
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
