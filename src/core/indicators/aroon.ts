import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { LatestExtreme } from './latest-extreme.ts';

/**
 * Aroon: how recent the highest high (`up`) and the lowest low (`down`) of the last period + 1 candles are, from 0
 * (`period` candles ago) to 100 (now), and `up` minus `down` (`oscillator`). First defined at `period`. Of equals the
 * latest counts.
 * @see Chande (1995), "The Time Price Oscillator", Technical Analysis of Stocks & Commodities 13(9); TA-Lib, TA_AROON.
 */
export class Aroon implements Indicator {
  readonly outputs = { up: new Column(), down: new Column(), oscillator: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  private readonly highest: LatestExtreme;
  private readonly lowest: LatestExtreme;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(aroon, [period]);
    this.candles = candles;
    this.period = period;
    this.highest = new LatestExtreme(period + 1, 1);
    this.lowest = new LatestExtreme(period + 1, -1);
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    const { period, highest, lowest } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const up = this.outputs.up.reserve(to);
    const down = this.outputs.down.reserve(to);
    const oscillator = this.outputs.oscillator.reserve(to);
    const percent = 100 / period;
    for (let i = from; i < to; i++) {
      const highAge = i - highest.push(high[i], i);
      const lowAge = i - lowest.push(low[i], i);
      const isDefined = i >= period;
      up[i] = isDefined ? (period - highAge) * percent : NaN;
      down[i] = isDefined ? (period - lowAge) * percent : NaN;
      oscillator[i] = isDefined ? (lowAge - highAge) * percent : NaN;
    }
  }
}

export const aroon: Definition = {
  name: 'aroon',
  title: 'Aroon',
  parameters: [period('period', 14)],
  outputs: ['up', 'down', 'oscillator'],
  create: (candles, [period]) => new Aroon(candles, period),
};
