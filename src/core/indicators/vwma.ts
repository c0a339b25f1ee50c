import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingSum } from './rolling-sum.ts';

/**
 * Volume-weighted moving average: the mean of the last `period` values, each weighing as much as was traded, in their
 * unit. First defined at period - 1. The newest value where nothing was traded.
 * @see TradingView, ta.vwma, which has no value where nothing was traded.
 */
export class Vwma implements Indicator {
  readonly outputs = { vwma: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly volume: Column;
  private readonly traded = new Column();
  private readonly tradedSum: RollingSum;
  private readonly volumeSum: RollingSum;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor({ volume }: Candles, source: Column, period: number) {
    checkParameters(vwma, [period]);
    this.source = source;
    this.volume = volume;
    this.tradedSum = new RollingSum(this.traded, period);
    this.volumeSum = new RollingSum(volume, period);
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    const { values } = this.source;
    const volume = this.volume.values;
    const traded = this.traded.reserve(to);
    const out = this.outputs.vwma.reserve(to);
    for (let i = from; i < to; i++) traded[i] = values[i] * volume[i];
    this.tradedSum.advance(from, to);
    this.volumeSum.advance(from, to);
    const tradedSum = this.tradedSum.sum.values;
    const volumeSum = this.volumeSum.sum.values;
    for (let i = from; i < to; i++) out[i] = volumeSum[i] === 0 ? values[i] : tradedSum[i] / volumeSum[i];
  }
}

export const vwma: Definition = {
  name: 'vwma',
  title: 'Volume-weighted moving average',
  parameters: [period('period', 20)],
  outputs: ['vwma'],
  create: (candles, [period], source = candles.close) => new Vwma(candles, source, period),
};
