import type { Candles } from '../candles.ts';
import { Atr } from './atr.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Ema } from './ema.ts';

/**
 * Keltner channels: the EMA of the closes (`middle`) plus and minus `multiplier` average true ranges (`upper`,
 * `lower`), in the unit of the prices. First defined where both the EMA and the ATR are; `middle` stands alone before,
 * when it is the earlier one.
 * @see Raschke's form of Keltner (1960), "How to Make Money in Commodities"; TradingView, Keltner Channels: defaults.
 *   The averages are seeded as `ema` and `atr` here.
 */
export class Keltner implements Indicator {
  readonly outputs: { readonly middle: Column; readonly upper: Column; readonly lower: Column };
  readonly firstIndex: number;
  private readonly multiplier: number;
  private readonly ema: Ema;
  private readonly atr: Atr;

  /** @throws RangeError unless both periods are whole numbers >= 1 and `multiplier` is a number >= 0. */
  constructor(candles: Candles, period: number, multiplier: number, atrPeriod: number) {
    checkParameters(keltner, [period, multiplier, atrPeriod]);
    this.multiplier = multiplier;
    this.ema = new Ema(candles.close, period);
    this.atr = new Atr(candles, atrPeriod);
    this.firstIndex = Math.max(this.ema.firstIndex, this.atr.firstIndex);
    this.outputs = { middle: this.ema.outputs.ema, upper: new Column(), lower: new Column() };
  }

  advance(from: number, to: number): void {
    this.ema.advance(from, to);
    this.atr.advance(from, to);
    const { multiplier } = this;
    const atr = this.atr.outputs.atr.values;
    const middle = this.outputs.middle.values;
    const upper = this.outputs.upper.reserve(to);
    const lower = this.outputs.lower.reserve(to);
    for (let i = from; i < to; i++) {
      const width = multiplier * atr[i];
      upper[i] = middle[i] + width;
      lower[i] = middle[i] - width;
    }
  }
}

export const keltner: Definition = {
  name: 'keltner',
  title: 'Keltner channels',
  parameters: [
    period('period', 20),
    { name: 'multiplier', default: 2, minimum: 0, whole: false },
    period('atrPeriod', 10),
  ],
  outputs: ['middle', 'upper', 'lower'],
  create: (candles, [period, multiplier, atrPeriod]) => new Keltner(candles, period, multiplier, atrPeriod),
};
