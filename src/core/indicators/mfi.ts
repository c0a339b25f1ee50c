import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingSum } from './rolling-sum.ts';
import { typicalPrice } from './typical-price.ts';

/**
 * Money flow index, 0 to 100: of what was traded on the last `period` changes of the typical price, the percentage
 * traded on rises. Money is typical price times volume; a change of 0 counts neither way. First defined at `period`, 0
 * where no money has flowed.
 * @see Quong and Soudack (1989), "Volume-Weighted RSI: Money Flow", Technical Analysis of Stocks & Commodities 7(3);
 *   TA-Lib, TA_MFI, which is 0 already where less than 1 has flowed.
 */
export class Mfi implements Indicator {
  readonly outputs = { mfi: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly rises = new Column();
  private readonly falls = new Column();
  private readonly riseSum: RollingSum;
  private readonly fallSum: RollingSum;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(mfi, [period]);
    this.candles = candles;
    this.riseSum = new RollingSum(this.rises, period, 1);
    this.fallSum = new RollingSum(this.falls, period, 1);
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    this.fillFlows(from, to);
    this.riseSum.advance(from, to);
    this.fallSum.advance(from, to);
    const rises = this.riseSum.sum.values;
    const falls = this.fallSum.sum.values;
    const out = this.outputs.mfi.reserve(to);
    for (let i = from; i < to; i++) {
      const flow = rises[i] + falls[i];
      out[i] = flow === 0 ? 0 : 100 * (rises[i] / flow);
    }
  }

  private fillFlows(from: number, to: number): void {
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const volume = this.candles.volume.values;
    const rises = this.rises.reserve(to);
    const falls = this.falls.reserve(to);
    const first = Math.max(from, 1);
    let previous = typicalPrice(high[first - 1], low[first - 1], close[first - 1]);
    for (let i = first; i < to; i++) {
      const typical = typicalPrice(high[i], low[i], close[i]);
      const flow = typical * volume[i];
      rises[i] = flow * Number(typical > previous);
      falls[i] = flow * Number(typical < previous);
      previous = typical;
    }
  }
}

export const mfi: Definition = {
  name: 'mfi',
  title: 'Money flow index',
  parameters: [period('period', 14)],
  outputs: ['mfi'],
  create: (candles, [period]) => new Mfi(candles, period),
};
