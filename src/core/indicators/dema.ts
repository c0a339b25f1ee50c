import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Ema } from './ema.ts';

/**
 * Double exponential moving average: twice the EMA minus the EMA of the EMA, which takes back most of its lag. In the
 * unit of the source, first defined at 2 * (period - 1).
 * @see Mulloy (1994), "Smoothing Data with Faster Moving Averages", Technical Analysis of Stocks & Commodities 12(1);
 *   TA-Lib, TA_DEMA: seeds.
 */
export class Dema implements Indicator {
  readonly outputs = { dema: new Column() };
  readonly firstIndex: number;
  private readonly once: Ema;
  private readonly twice: Ema;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(dema, [period]);
    this.once = new Ema(source, period);
    this.twice = new Ema(this.once.outputs.ema, period, this.once.firstIndex);
    this.firstIndex = this.twice.firstIndex;
  }

  advance(from: number, to: number): void {
    this.once.advance(from, to);
    this.twice.advance(from, to);
    const once = this.once.outputs.ema.values;
    const twice = this.twice.outputs.ema.values;
    const out = this.outputs.dema.reserve(to);
    for (let i = from; i < to; i++) out[i] = 2 * once[i] - twice[i];
  }
}

export const dema: Definition = {
  name: 'dema',
  title: 'Double exponential moving average',
  parameters: [period('period', 20)],
  outputs: ['dema'],
  create: (candles, [period], source = candles.close) => new Dema(source, period),
};
