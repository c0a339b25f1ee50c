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
  /** `k`, but with the values that go before its firstIndex into the first of `d`. */
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
    const { period, smoothing, signal, firstIndex } = this;
    const slow = this.slow.reserve(to);
    const k = this.outputs.k.reserve(to);
    fillMeans(slow, this.fast.values, smoothing, Math.max(from, period + smoothing - 2), to);
    fillMeans(this.outputs.d.reserve(to).fill(NaN, from, firstIndex), slow, signal, Math.max(from, firstIndex), to);
    for (let i = from; i < to; i++) k[i] = i < firstIndex ? NaN : slow[i];
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
 * Means of the last `period` values over [from, to). Each is summed anew: the windows are short, and a running sum would
 * leave 0 to 100 by its rounding.
 */
function fillMeans(means: Float64Array, values: Float64Array, period: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    let sum = 0;
    for (let j = i - period + 1; j <= i; j++) sum += values[j];
    means[i] = sum / period;
  }
}

export const stochastic: Definition = {
  name: 'stochastic',
  title: 'Stochastic oscillator',
  parameters: [period('period', 14), period('smoothing', 3), period('signal', 3)],
  outputs: ['k', 'd'],
  create: (candles, [period, smoothing, signal]) => new Stochastic(candles, period, smoothing, signal),
};
