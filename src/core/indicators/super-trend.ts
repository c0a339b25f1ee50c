import type { Candles } from '../candles.ts';
import { Atr } from './atr.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * SuperTrend: a `line` that trails the price at `multiplier` average true ranges from the middle of the candle, below
 * it while the `direction` is up (1) and above it while it is down (-1). It only moves toward the price, and changes
 * sides when a close is beyond it. First defined at `period`, where the direction is down.
 * @see Seban's SuperTrend; TradingView, ta.supertrend: bands and start; its direction has the opposite sign. The ATR is
 *   seeded as `atr` here.
 */
export class SuperTrend implements Indicator {
  readonly outputs = { line: new Column(), direction: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly multiplier: number;
  private readonly atr: Atr;
  private upper = Infinity;
  private lower = -Infinity;
  private isUp = false;

  /** @throws RangeError unless `period` is a whole number >= 1 and `multiplier` is a number >= 0. */
  constructor(candles: Candles, period: number, multiplier: number) {
    checkParameters(superTrend, [period, multiplier]);
    this.candles = candles;
    this.multiplier = multiplier;
    this.atr = new Atr(candles, period);
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    this.atr.advance(from, to);
    const { multiplier, firstIndex } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const atr = this.atr.outputs.atr.values;
    const line = this.outputs.line.reserve(to);
    const direction = this.outputs.direction.reserve(to);
    let { upper, lower, isUp } = this;
    for (let i = from; i < Math.min(firstIndex, to); i++) line[i] = direction[i] = NaN;
    for (let i = Math.max(from, firstIndex); i < to; i++) {
      const middle = (high[i] + low[i]) / 2;
      const width = multiplier * atr[i];
      // A band gives way only once the close before was beyond it.
      upper = close[i - 1] > upper ? middle + width : Math.min(middle + width, upper);
      lower = close[i - 1] < lower ? middle - width : Math.max(middle - width, lower);
      isUp = isUp ? close[i] >= lower : i > firstIndex && close[i] > upper;
      line[i] = isUp ? lower : upper;
      direction[i] = isUp ? 1 : -1;
    }
    this.upper = upper;
    this.lower = lower;
    this.isUp = isUp;
  }
}

export const superTrend: Definition = {
  name: 'superTrend',
  title: 'SuperTrend',
  parameters: [period('period', 10), { name: 'multiplier', default: 3, minimum: 0, whole: false }],
  outputs: ['line', 'direction'],
  create: (candles, [period, multiplier]) => new SuperTrend(candles, period, multiplier),
};
