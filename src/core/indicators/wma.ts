import type { Column, Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { LinearRegression } from './linear-regression.ts';

/**
 * Weighted moving average: the mean of the last `period` values with weights 1 to `period`, the newest weighing most,
 * in their unit. First defined period - 1 after its source.
 *
 * Such a mean is where the regression line of the same values stands at the center of the weights, a third of the way
 * back.
 * @see TA-Lib, TA_WMA.
 */
export class Wma implements Indicator {
  readonly outputs: { readonly wma: Column };
  readonly firstIndex: number;
  private readonly line: LinearRegression;
  private readonly candlesBack: number;

  /**
   * @param start Where the source is first defined.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number, start = 0) {
    checkParameters(wma, [period]);
    this.line = new LinearRegression(source, period, start);
    this.candlesBack = (period - 1) / 3;
    this.firstIndex = this.line.firstIndex;
    this.outputs = { wma: this.line.outputs.value };
  }

  advance(from: number, to: number): void {
    this.line.advance(from, to);
    const { candlesBack } = this;
    const slope = this.line.outputs.slope.values;
    const out = this.outputs.wma.values; // The line's value so far.
    for (let i = from; i < to; i++) out[i] -= slope[i] * candlesBack;
  }
}

export const wma: Definition = {
  name: 'wma',
  title: 'Weighted moving average',
  parameters: [period('period', 20)],
  outputs: ['wma'],
  create: (candles, [period], source = candles.close) => new Wma(source, period),
};
