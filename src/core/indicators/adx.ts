import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { positivePart } from './positive-part.ts';
import { trueRange } from './true-range.ts';

/**
 * Average directional index (`adx`) and the directional indicators it is made of (`plusDi`, `minusDi`), 0 to 100. `adx` is
 * first defined at 2 * period - 1, the other two at `period`.
 *
 * Of the rise of the high and the fall of the low only the larger counts, and neither on a tie. The sums over these moves
 * and over the true range are seeded with the first period - 1 candles, then lose 1 / period of themselves to each
 * new one. `adx` is seeded with the mean of the first `period` DX, and keeps its value while nothing has moved.
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section IV; TA-Lib, TA_ADX, TA_PLUS_DI: seeds, ties.
 */
export class Adx implements Indicator {
  readonly outputs = { adx: new Column(), plusDi: new Column(), minusDi: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  private plusSum = 0;
  private minusSum = 0;
  private rangeSum = 0;
  /** The sum of DX, until firstIndex makes it the seed. */
  private average = 0;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(adx, [period]);
    this.candles = candles;
    this.period = period;
    this.firstIndex = 2 * period - 1;
  }

  advance(from: number, to: number): void {
    const { period, firstIndex } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const adxOut = this.outputs.adx.reserve(to);
    const plusDi = this.outputs.plusDi.reserve(to);
    const minusDi = this.outputs.minusDi.reserve(to);
    let { plusSum, minusSum, rangeSum, average } = this;
    if (from === 0) adxOut[0] = plusDi[0] = minusDi[0] = NaN;
    for (let i = Math.max(from, 1); i < to; i++) {
      const weight = i < period ? 0 : 1 / period;
      const rise = positivePart(high[i] - high[i - 1]);
      const fall = positivePart(low[i - 1] - low[i]);
      plusSum += rise * Number(rise > fall) - plusSum * weight;
      minusSum += fall * Number(fall > rise) - minusSum * weight;
      rangeSum += trueRange(high[i], low[i], close[i - 1]) - rangeSum * weight;
      const percent = i < period ? NaN : rangeSum === 0 ? 0 : 100 / rangeSum;
      plusDi[i] = plusSum * percent;
      minusDi[i] = minusSum * percent;

      const moved = plusSum + minusSum;
      if (i >= period && moved !== 0) {
        // The true range cancels out of DX.
        const dx = 100 * (Math.abs(plusSum - minusSum) / moved);
        average += i > firstIndex ? (dx - average) * weight : dx;
      }
      if (i === firstIndex) average /= period;
      adxOut[i] = i < firstIndex ? NaN : average;
    }
    this.plusSum = plusSum;
    this.minusSum = minusSum;
    this.rangeSum = rangeSum;
    this.average = average;
  }
}

export const adx: Definition = {
  name: 'adx',
  title: 'Average directional index',
  parameters: [period('period', 14)],
  outputs: ['adx', 'plusDi', 'minusDi'],
  create: (candles, [period]) => new Adx(candles, period),
};
