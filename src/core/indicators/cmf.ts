import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingSum } from './rolling-sum.ts';

/**
 * Chaikin money flow, -1 to 1: the volume of the last `period` candles, each counted from -1 (it closed on its low) to
 * 1 (on its high), as a fraction of all their volume. A candle without range counts 0. First defined at period - 1; 0
 * where nothing was traded.
 * @see TradingView, Chaikin Money Flow, which has no value where nothing was traded.
 */
export class Cmf implements Indicator {
  readonly outputs = { cmf: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly flow = new Column();
  private readonly flowSum: RollingSum;
  private readonly volumeSum: RollingSum;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(cmf, [period]);
    this.candles = candles;
    this.flowSum = new RollingSum(this.flow, period);
    this.volumeSum = new RollingSum(candles.volume, period);
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const volume = this.candles.volume.values;
    const flow = this.flow.reserve(to);
    const out = this.outputs.cmf.reserve(to);
    for (let i = from; i < to; i++) {
      const range = high[i] - low[i];
      flow[i] = range === 0 ? 0 : ((close[i] - low[i] - (high[i] - close[i])) / range) * volume[i];
    }
    this.flowSum.advance(from, to);
    this.volumeSum.advance(from, to);
    const flowSum = this.flowSum.sum.values;
    const volumeSum = this.volumeSum.sum.values;
    for (let i = from; i < to; i++) out[i] = volumeSum[i] === 0 ? 0 : flowSum[i] / volumeSum[i];
  }
}

export const cmf: Definition = {
  name: 'cmf',
  title: 'Chaikin money flow',
  parameters: [period('period', 20)],
  outputs: ['cmf'],
  create: (candles, [period]) => new Cmf(candles, period),
};
