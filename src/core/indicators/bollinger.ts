import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingDeviation } from './rolling-deviation.ts';

/**
 * Bollinger bands: the simple moving average (`middle`) plus and minus `deviations` population standard deviations of
 * the same values (`upper`, `lower`), in the unit of the source. First defined at period - 1.
 * @see Bollinger (2001), "Bollinger on Bollinger Bands"; TA-Lib, TA_BBANDS.
 */
export class Bollinger implements Indicator {
  readonly outputs = { middle: new Column(), upper: new Column(), lower: new Column() };
  readonly firstIndex: number;
  private readonly deviations: number;
  private readonly rolling: RollingDeviation;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1 and `deviations` is a number >= 0.
   */
  constructor(source: Column, period: number, deviations: number) {
    checkParameters(bollinger, [period, deviations]);
    this.deviations = deviations;
    this.firstIndex = period - 1;
    const { middle, upper } = this.outputs;
    this.rolling = new RollingDeviation(source, { mean: middle, deviation: upper }, period);
  }

  advance(from: number, to: number): void {
    this.rolling.advance(from, to);
    const { deviations } = this;
    const middle = this.outputs.middle.values;
    const upper = this.outputs.upper.values; // The deviation so far.
    const lower = this.outputs.lower.reserve(to);
    for (let i = from; i < to; i++) {
      const width = deviations * upper[i];
      upper[i] = middle[i] + width;
      lower[i] = middle[i] - width;
    }
  }
}

export const bollinger: Definition = {
  name: 'bollinger',
  title: 'Bollinger bands',
  parameters: [period('period', 20), { name: 'deviations', default: 2, minimum: 0, whole: false }],
  outputs: ['middle', 'upper', 'lower'],
  create: (candles, [period, deviations], source = candles.close) => new Bollinger(source, period, deviations),
};
