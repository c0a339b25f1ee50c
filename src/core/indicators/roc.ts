import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * Rate of change: by how many percent the value differs from the one `period` candles before. First defined at
 * `period`.
 * @see TA-Lib, TA_ROC.
 */
export class Roc implements Indicator {
  readonly outputs = { roc: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;

  /**
   * @param source Defined from index 0 on, never 0.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(roc, [period]);
    this.source = source;
    this.period = period;
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    const { period } = this;
    const { values } = this.source;
    const out = this.outputs.roc.reserve(to);
    for (let i = from; i < Math.min(period, to); i++) out[i] = NaN;
    for (let i = Math.max(from, period); i < to; i++) out[i] = 100 * (values[i] / values[i - period] - 1);
  }
}

export const roc: Definition = {
  name: 'roc',
  title: 'Rate of change',
  parameters: [period('period', 10)],
  outputs: ['roc'],
  create: (candles, [period], source = candles.close) => new Roc(source, period),
};
