import type { Candles } from '../candles.ts';
import { Column } from './column.ts';
import { positivePart } from './positive-part.ts';
import { trueRange } from './true-range.ts';

/**
 * +DI and -DI: how much of the true range went up and how much down, 0 to 100, first defined at `period`. A pass of its
 * own over the moves that `Adx` sums as well: two more columns to fill cost more than that.
 */
export class DirectionalIndicators {
  readonly plus = new Column();
  readonly minus = new Column();
  private readonly candles: Candles;
  private readonly period: number;
  private plusSum = 0;
  private minusSum = 0;
  private rangeSum = 0;

  constructor(candles: Candles, period: number) {
    this.candles = candles;
    this.period = period;
  }

  advance(from: number, to: number): void {
    const { period } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const plus = this.plus.reserve(to);
    const minus = this.minus.reserve(to);
    let { plusSum, minusSum, rangeSum } = this;
    if (from === 0) plus[0] = minus[0] = NaN;
    for (let i = Math.max(from, 1); i < to; i++) {
      const weight = i < period ? 0 : 1 / period;
      const rise = positivePart(high[i] - high[i - 1]);
      const fall = positivePart(low[i - 1] - low[i]);
      plusSum += rise * Number(rise > fall) - plusSum * weight;
      minusSum += fall * Number(fall > rise) - minusSum * weight;
      rangeSum += trueRange(high[i], low[i], close[i - 1]) - rangeSum * weight;
      const percent = i < period ? NaN : rangeSum === 0 ? 0 : 100 / rangeSum;
      plus[i] = plusSum * percent;
      minus[i] = minusSum * percent;
    }
    this.plusSum = plusSum;
    this.minusSum = minusSum;
    this.rangeSum = rangeSum;
  }
}
