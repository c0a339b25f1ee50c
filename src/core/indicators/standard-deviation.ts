import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingDeviation } from './rolling-deviation.ts';

/**
 * Population standard deviation of the last `period` values, in their unit. First defined at period - 1.
 * @see TA-Lib, TA_STDDEV with one deviation.
 */
export class StandardDeviation implements Indicator {
  readonly outputs = { standardDeviation: new Column() };
  readonly firstIndex: number;
  private readonly rolling: RollingDeviation;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(standardDeviation, [period]);
    this.firstIndex = period - 1;
    const target = { mean: new Column(), deviation: this.outputs.standardDeviation };
    this.rolling = new RollingDeviation(source, target, period);
  }

  advance(from: number, to: number): void {
    this.rolling.advance(from, to);
  }
}

export const standardDeviation: Definition = {
  name: 'standardDeviation',
  title: 'Standard deviation',
  parameters: [period('period', 20)],
  outputs: ['standardDeviation'],
  create: (candles, [period], source = candles.close) => new StandardDeviation(source, period),
};
