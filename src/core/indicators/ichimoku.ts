import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Donchian } from './donchian.ts';

/**
 * Ichimoku: the middles of the ranges of the last `conversion` and `base` candles (`conversion`, `base`), and the edges
 * of the cloud that a chart draws at the candle: halfway between those two (`spanA`), and the middle of the range of
 * `span` candles (`spanB`), both as they were displacement - 1 candles before. So nothing is known early; with
 * displacement 1 the spans are those that a chart draws in the future. Conversion and base are defined from their
 * periods on, the spans last.
 * @see Hosoda (1969), "Ichimoku Kinko Hyo"; TradingView, Ichimoku Cloud: displacement.
 */
export class Ichimoku implements Indicator {
  readonly outputs: Readonly<Record<'conversion' | 'base' | 'spanA' | 'spanB', Column>>;
  readonly firstIndex: number;
  private readonly displacement: number;
  private readonly conversion: Donchian;
  private readonly base: Donchian;
  private readonly span: Donchian;

  /** @throws RangeError unless the four are whole numbers >= 1. */
  constructor(candles: Candles, conversion: number, base: number, span: number, displacement: number) {
    checkParameters(ichimoku, [conversion, base, span, displacement]);
    this.displacement = displacement;
    this.conversion = new Donchian(candles, conversion);
    this.base = new Donchian(candles, base);
    this.span = new Donchian(candles, span);
    this.firstIndex = Math.max(conversion, base, span) + displacement - 2;
    this.outputs = {
      conversion: this.conversion.outputs.middle,
      base: this.base.outputs.middle,
      spanA: new Column(),
      spanB: new Column(),
    };
  }

  advance(from: number, to: number): void {
    this.conversion.advance(from, to);
    this.base.advance(from, to);
    this.span.advance(from, to);
    const conversion = this.outputs.conversion.values;
    const base = this.outputs.base.values;
    const middle = this.span.outputs.middle.values;
    const spanA = this.outputs.spanA.reserve(to);
    const spanB = this.outputs.spanB.reserve(to);
    const shift = this.displacement - 1;
    for (let i = from; i < Math.min(shift, to); i++) spanA[i] = spanB[i] = NaN;
    for (let i = Math.max(from, shift); i < to; i++) {
      spanA[i] = (conversion[i - shift] + base[i - shift]) / 2;
      spanB[i] = middle[i - shift];
    }
  }
}

export const ichimoku: Definition = {
  name: 'ichimoku',
  title: 'Ichimoku cloud',
  parameters: [period('conversion', 9), period('base', 26), period('span', 52), period('displacement', 26)],
  outputs: ['conversion', 'base', 'spanA', 'spanB'],
  create: (candles, [conversion, base, span, displacement]) =>
    new Ichimoku(candles, conversion, base, span, displacement),
};
