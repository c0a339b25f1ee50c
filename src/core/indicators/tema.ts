import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Ema } from './ema.ts';

/**
 * Triple exponential moving average: 3 (EMA - EMA of EMA) + EMA of EMA of EMA, in the unit of the source. First defined
 * at 3 * (period - 1).
 * @see Mulloy (1994), "Smoothing Data with Faster Moving Averages", Technical Analysis of Stocks & Commodities 12(1);
 *   TA-Lib, TA_TEMA: seeds.
 */
export class Tema implements Indicator {
  readonly outputs = { tema: new Column() };
  readonly firstIndex: number;
  private readonly once: Ema;
  private readonly twice: Ema;
  private readonly thrice: Ema;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(tema, [period]);
    this.once = new Ema(source, period);
    this.twice = new Ema(this.once.outputs.ema, period, this.once.firstIndex);
    this.thrice = new Ema(this.twice.outputs.ema, period, this.twice.firstIndex);
    this.firstIndex = this.thrice.firstIndex;
  }

  advance(from: number, to: number): void {
    this.once.advance(from, to);
    this.twice.advance(from, to);
    this.thrice.advance(from, to);
    const once = this.once.outputs.ema.values;
    const twice = this.twice.outputs.ema.values;
    const thrice = this.thrice.outputs.ema.values;
    const out = this.outputs.tema.reserve(to);
    for (let i = from; i < to; i++) out[i] = 3 * (once[i] - twice[i]) + thrice[i];
  }
}

export const tema: Definition = {
  name: 'tema',
  title: 'Triple exponential moving average',
  parameters: [period('period', 20)],
  outputs: ['tema'],
  create: (candles, [period], source = candles.close) => new Tema(source, period),
};
