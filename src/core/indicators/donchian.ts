import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { RollingRange } from './rolling-range.ts';

/**
 * Donchian channels: the highest high (`upper`) and the lowest low (`lower`) of the last `period` candles, the newest
 * included, and the price halfway (`middle`). First defined at period - 1.
 * @see TradingView, Donchian Channels.
 */
export class Donchian implements Indicator {
  readonly outputs = { middle: new Column(), upper: new Column(), lower: new Column() };
  readonly firstIndex: number;
  private readonly range: RollingRange;

  /** @throws RangeError unless `period` is a whole number >= 1. */
  constructor(candles: Candles, period: number) {
    checkParameters(donchian, [period]);
    this.firstIndex = period - 1;
    const { upper, lower } = this.outputs;
    this.range = new RollingRange(candles, { highest: upper, lowest: lower }, period);
  }

  advance(from: number, to: number): void {
    this.range.advance(from, to);
    const middle = this.outputs.middle.reserve(to);
    const upper = this.outputs.upper.values;
    const lower = this.outputs.lower.values;
    for (let i = from; i < to; i++) middle[i] = (upper[i] + lower[i]) / 2;
  }
}

export const donchian: Definition = {
  name: 'donchian',
  title: 'Donchian channels',
  parameters: [period('period', 20)],
  outputs: ['middle', 'upper', 'lower'],
  create: (candles, [period]) => new Donchian(candles, period),
};
