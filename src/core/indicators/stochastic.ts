import type { Candles } from '../candles.ts';
import { fillTailMaxima, fillTailMinima, missingTails } from './blocks.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * Slow stochastic oscillator, 0 to 100: where the close stands between the lowest low (0) and the highest high (100) of
 * the last `period` candles, averaged over `smoothing` candles (`k`), and the average of that over `signal` candles
 * (`d`). Both are first defined at period + smoothing + signal - 3. 0 while the price does not move, as in TA-Lib.
 * @see Lane (1984), "Lane's Stochastics", Technical Analysis of Stocks & Commodities 2(3); TA-Lib, TA_STOCH with SMA.
 */
export class Stochastic implements Indicator {
  readonly outputs = { k: new Column(), d: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  private readonly smoothing: number;
  private readonly signal: number;
  private readonly fast = new Column();
  /** `k`, with the values before firstIndex that the first `d` are made of. */
  private readonly slow = new Column();
  /** See blocks.ts: the extremes over the end of the last block, and over the beginning of this one. */
  private readonly highTails: Float64Array;
  private readonly lowTails: Float64Array;
  private highest = -Infinity;
  private lowest = Infinity;

  /** @throws RangeError unless the three are whole numbers >= 1. */
  constructor(candles: Candles, period: number, smoothing: number, signal: number) {
    checkParameters(stochastic, [period, smoothing, signal]);
    this.candles = candles;
    this.period = period;
    this.smoothing = smoothing;
    this.signal = signal;
    this.firstIndex = period + smoothing + signal - 3;
    this.highTails = missingTails(period, -Infinity);
    this.lowTails = missingTails(period, Infinity);
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
    const { period, highTails, lowTails } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const fast = this.fast.reserve(to);
    let { highest, lowest } = this;
    for (let i = from; i < to; ) {
      const start = i - (i % period);
      if (i === start) {
        highest = -Infinity;
        lowest = Infinity;
        if (start > 0) {
          fillTailMaxima(highTails, high, start - period);
          fillTailMinima(lowTails, low, start - period);
        }
      }
      for (const end = Math.min(start + period, to); i < end; i++) {
        highest = Math.max(highest, high[i]);
        lowest = Math.min(lowest, low[i]);
        const bottom = Math.min(lowTails[i - start], lowest);
        const range = Math.max(highTails[i - start], highest) - bottom;
        fast[i] = range === 0 ? 0 : 100 * ((close[i] - bottom) / range);
      }
    }
    this.highest = highest;
    this.lowest = lowest;
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
