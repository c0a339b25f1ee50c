import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { DirectionalIndicators } from './directional-indicators.ts';
import { positivePart } from './positive-part.ts';

/**
 * Average directional index (`adx`) and the directional indicators it is made of (`plusDi`, `minusDi`), 0 to 100. `adx` is
 * first defined at 2 * period - 1, the other two at `period`; these are computed only when one of them is asked for.
 *
 * Of the rise of the high and the fall of the low only the larger counts, and neither on a tie. The sums over these moves
 * are seeded with the first period - 1 candles, then lose 1 / period of themselves to each new one. `adx` is seeded
 * with the mean of the first `period` DX, and keeps its value while nothing has moved.
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section IV; TA-Lib, TA_ADX, TA_PLUS_DI: seeds, ties.
 */
export class Adx implements Indicator {
  readonly outputs: { readonly adx: Column; readonly plusDi: Column; readonly minusDi: Column };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  private readonly directional: DirectionalIndicators;
  private includesDirectional = false;
  private plusSum = 0;
  private minusSum = 0;
  /** The sum of DX, until firstIndex makes it the seed. */
  private average = 0;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(adx, [period]);
    this.candles = candles;
    this.period = period;
    this.firstIndex = 2 * period - 1;
    this.directional = new DirectionalIndicators(candles, period);
    this.outputs = { adx: new Column(), plusDi: this.directional.plus, minusDi: this.directional.minus };
  }

  include(output: string): void {
    if (output !== 'adx') this.includesDirectional = true;
  }

  advance(from: number, to: number): void {
    this.advanceIndex(from, to);
    if (this.includesDirectional) this.directional.advance(from, to);
  }

  private advanceIndex(from: number, to: number): void {
    const { period, firstIndex } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const out = this.outputs.adx.reserve(to);
    let { plusSum, minusSum, average } = this;
    if (from === 0) out[0] = NaN;
    for (let i = Math.max(from, 1); i < to; i++) {
      const weight = i < period ? 0 : 1 / period;
      const rise = positivePart(high[i] - high[i - 1]);
      const fall = positivePart(low[i - 1] - low[i]);
      plusSum += rise * Number(rise > fall) - plusSum * weight;
      minusSum += fall * Number(fall > rise) - minusSum * weight;
      const moved = plusSum + minusSum;
      if (i >= period && moved !== 0) {
        // DX is of the two indicators, but the true range they share cancels out.
        const dx = 100 * (Math.abs(plusSum - minusSum) / moved);
        average += i > firstIndex ? (dx - average) * weight : dx;
      }
      if (i === firstIndex) average /= period;
      out[i] = i < firstIndex ? NaN : average;
    }
    this.plusSum = plusSum;
    this.minusSum = minusSum;
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
