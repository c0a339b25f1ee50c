import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingRange } from './rolling-range.ts';

/** Candles, or other columns in their place. */
type Prices = Pick<Candles, 'high' | 'low' | 'close'>;

/**
 * Slow stochastic oscillator, 0 to 100: where the close stands between the lowest low (0) and the highest high (100) of
 * the last `period` candles, averaged over `smoothing` candles (`k`), and the average of that over `signal` candles
 * (`d`). Both are first defined at period + smoothing + signal - 3. 0 while the price does not move, as in TA-Lib.
 * @see Lane (1984), "Lane's Stochastics", Technical Analysis of Stocks & Commodities 2(3); TA-Lib, TA_STOCH with SMA.
 */
export class Stochastic implements Indicator {
  readonly outputs = { k: new Column(), d: new Column() };
  readonly firstIndex: number;
  private readonly prices: Prices;
  private readonly smoothing: number;
  private readonly signal: number;
  private readonly fast = new Column();
  /** `k`, with the values before firstIndex that the first `d` are made of. */
  private readonly slow = new Column();
  private readonly range: RollingRange;

  /**
   * @param start Where the prices are first defined.
   * @throws RangeError unless the three are whole numbers >= 1.
   */
  constructor(prices: Prices, period: number, smoothing: number, signal: number, start = 0) {
    checkParameters(stochastic, [period, smoothing, signal]);
    this.prices = prices;
    this.smoothing = smoothing;
    this.signal = signal;
    this.firstIndex = start + period + smoothing + signal - 3;
    this.range = new RollingRange(prices, { highest: this.slow, lowest: this.fast }, period, start);
  }

  advance(from: number, to: number): void {
    this.fillFast(from, to);
    const { smoothing, signal, firstIndex } = this;
    const fast = this.fast.values;
    const slow = this.slow.reserve(to);
    const k = this.outputs.k.reserve(to);
    const d = this.outputs.d.reserve(to);
    const slowIndex = firstIndex - signal + 1;
    for (let i = from; i < Math.min(to, firstIndex); i++) {
      if (i >= slowIndex) slow[i] = meanUpTo(fast, i, smoothing);
      k[i] = d[i] = NaN;
    }
    for (let i = Math.max(from, firstIndex); i < to; i++) {
      k[i] = slow[i] = meanUpTo(fast, i, smoothing);
      d[i] = meanUpTo(slow, i, signal);
    }
  }

  private fillFast(from: number, to: number): void {
    this.range.advance(from, to);
    const close = this.prices.close.values;
    const highest = this.slow.values;
    const fast = this.fast.values; // The lowest low so far.
    for (let i = from; i < to; i++) {
      const height = highest[i] - fast[i];
      fast[i] = height === 0 ? 0 : 100 * ((close[i] - fast[i]) / height);
    }
  }
}

/**
 * Mean of the `count` values that end at `last`. Summed anew each time: the windows are short, and the rounding of a
 * running sum would leave 0 to 100.
 */
function meanUpTo(values: Float64Array, last: number, count: number): number {
  let sum = 0;
  for (let i = last - count + 1; i <= last; i++) sum += values[i];
  return sum / count;
}

export const stochastic: Definition = {
  name: 'stochastic',
  title: 'Stochastic oscillator',
  parameters: [period('period', 14), period('smoothing', 3), period('signal', 3)],
  outputs: ['k', 'd'],
  create: (candles, [period, smoothing, signal]) => new Stochastic(candles, period, smoothing, signal),
};
