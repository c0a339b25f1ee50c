import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingRange } from './rolling-range.ts';

/**
 * Williams %R, -100 to 0: how far the close stands below the highest high of the last `period` candles, as a percentage
 * of their range. First defined at period - 1; 0 while the price does not move.
 * @see Williams (1973), "How I Made One Million Dollars Last Year Trading Commodities"; TA-Lib, TA_WILLR: flat prices.
 */
export class WilliamsR implements Indicator {
  readonly outputs = { williamsR: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly range: RollingRange;
  private readonly highest = new Column();
  private readonly lowest = new Column();

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(williamsR, [period]);
    this.candles = candles;
    this.range = new RollingRange(candles, { highest: this.highest, lowest: this.lowest }, period);
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    this.range.advance(from, to);
    const close = this.candles.close.values;
    const highest = this.highest.values;
    const lowest = this.lowest.values;
    const out = this.outputs.williamsR.reserve(to);
    for (let i = from; i < to; i++) {
      const height = highest[i] - lowest[i];
      out[i] = height === 0 ? 0 : -100 * ((highest[i] - close[i]) / height);
    }
  }
}

export const williamsR: Definition = {
  name: 'williamsR',
  title: 'Williams %R',
  parameters: [period('period', 14)],
  outputs: ['williamsR'],
  create: (candles, [period]) => new WilliamsR(candles, period),
};
