import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { trueRange } from './true-range.ts';

/**
 * Average true range with Wilder's weight 1 / period, in the unit of the prices. First defined at `period`, seeded with
 * the mean of the first `period` true ranges; candle 0 has none, as it follows no close.
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section III; TA-Lib, TA_ATR: seed.
 */
export class Atr implements Indicator {
  readonly outputs = { atr: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  /** The sum of what has been seen, until firstIndex makes it the seed. */
  private average = 0;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(atr, [period]);
    this.candles = candles;
    this.period = period;
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    const { firstIndex } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const out = this.outputs.atr.reserve(to);
    const weight = 1 / this.period;
    let { average } = this;
    if (from === 0) out[0] = NaN;
    for (let i = Math.max(from, 1); i < to; i++) {
      const range = trueRange(high[i], low[i], close[i - 1]);
      if (i > firstIndex) {
        average += (range - average) * weight;
      } else {
        average += range;
        if (i === firstIndex) average /= this.period;
      }
      out[i] = i < firstIndex ? NaN : average;
    }
    this.average = average;
  }
}

export const atr: Definition = {
  name: 'atr',
  title: 'Average true range',
  parameters: [period('period', 14)],
  outputs: ['atr'],
  create: (candles, [period]) => new Atr(candles, period),
};
