import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { typicalPrice } from './typical-price.ts';

/** Lambert's scale: most values then lie between -100 and 100. */
const SCALE = 0.015;

/**
 * Commodity channel index: how far the typical price stands from its mean over the last `period` candles, in multiples
 * of 0.015 mean deviations. First defined at period - 1; 0 while the price does not move. Takes a time that grows with
 * the period: no way is known to carry a mean deviation on from one candle to the next.
 * @see Lambert (1980), "Commodity Channel Index", Commodities 9(10); TA-Lib, TA_CCI: flat prices.
 */
export class Cci implements Indicator {
  readonly outputs = { cci: new Column() };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly period: number;
  private readonly typical = new Column();

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(cci, [period]);
    this.candles = candles;
    this.period = period;
    this.firstIndex = period - 1;
  }

  advance(from: number, to: number): void {
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const typical = this.typical.reserve(to);
    const out = this.outputs.cci.reserve(to);
    for (let i = from; i < to; i++) {
      typical[i] = typicalPrice(high[i], low[i], close[i]);
      out[i] = i < this.firstIndex ? NaN : channelIndex(typical, i, this.period);
    }
  }
}

/** Of the `count` values that end at `last`, counted from the last one: equal values then deviate by exactly 0. */
function channelIndex(values: Float64Array, last: number, count: number): number {
  const origin = values[last];
  let sum = 0;
  for (let i = last - count + 1; i < last; i++) sum += values[i] - origin;
  const mean = sum / count;
  let deviations = Math.abs(mean);
  for (let i = last - count + 1; i < last; i++) deviations += Math.abs(values[i] - origin - mean);
  return deviations === 0 ? 0 : -mean / (SCALE * (deviations / count));
}

export const cci: Definition = {
  name: 'cci',
  title: 'Commodity channel index',
  parameters: [period('period', 14)],
  outputs: ['cci'],
  create: (candles, [period]) => new Cci(candles, period),
};
