import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Wma } from './wma.ts';

/**
 * Hull moving average: the WMA over sqrt(period) candles of twice the WMA over half the period minus the WMA over the
 * whole, in the unit of the source; half and root are rounded down. First defined at period + floor(sqrt(period)) - 2.
 * @see Hull (2005), "Hull Moving Average"; TradingView, ta.hma: rounding.
 */
export class Hma implements Indicator {
  readonly outputs: { readonly hma: Column };
  readonly firstIndex: number;
  private readonly half: Wma;
  private readonly whole: Wma;
  private readonly raw = new Column();
  private readonly smooth: Wma;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 2.
   */
  constructor(source: Column, period: number) {
    checkParameters(hma, [period]);
    this.half = new Wma(source, Math.floor(period / 2));
    this.whole = new Wma(source, period);
    this.smooth = new Wma(this.raw, Math.floor(Math.sqrt(period)), this.whole.firstIndex);
    this.firstIndex = this.smooth.firstIndex;
    this.outputs = { hma: this.smooth.outputs.wma };
  }

  advance(from: number, to: number): void {
    this.half.advance(from, to);
    this.whole.advance(from, to);
    const half = this.half.outputs.wma.values;
    const whole = this.whole.outputs.wma.values;
    const raw = this.raw.reserve(to);
    for (let i = from; i < to; i++) raw[i] = 2 * half[i] - whole[i];
    this.smooth.advance(from, to);
  }
}

export const hma: Definition = {
  name: 'hma',
  title: 'Hull moving average',
  parameters: [{ ...period('period', 9), minimum: 2 }],
  outputs: ['hma'],
  create: (candles, [period], source = candles.close) => new Hma(source, period),
};
