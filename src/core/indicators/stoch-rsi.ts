import type { Column, Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { Rsi } from './rsi.ts';
import { Stochastic } from './stochastic.ts';

/**
 * Stochastic RSI, 0 to 100: the slow stochastic oscillator over `stochastic` candles of the RSI instead of the price.
 * Both outputs are first defined at period + stochastic + smoothing + signal - 3.
 * @see Chande and Kroll (1994), "The New Technical Trader"; TradingView, Stochastic RSI: smoothing and defaults;
 *   TA-Lib, TA_STOCHRSI, which is this one with smoothing 1.
 */
export class StochRsi implements Indicator {
  readonly outputs: { readonly k: Column; readonly d: Column };
  readonly firstIndex: number;
  private readonly rsi: Rsi;
  private readonly stochastic: Stochastic;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless the four are whole numbers >= 1.
   */
  constructor(source: Column, period: number, stochastic: number, smoothing: number, signal: number) {
    checkParameters(stochRsi, [period, stochastic, smoothing, signal]);
    this.rsi = new Rsi(source, period);
    const { rsi } = this.rsi.outputs;
    const prices = { high: rsi, low: rsi, close: rsi };
    this.stochastic = new Stochastic(prices, stochastic, smoothing, signal, this.rsi.firstIndex);
    this.firstIndex = this.stochastic.firstIndex;
    this.outputs = this.stochastic.outputs;
  }

  advance(from: number, to: number): void {
    this.rsi.advance(from, to);
    this.stochastic.advance(from, to);
  }
}

export const stochRsi: Definition = {
  name: 'stochRsi',
  title: 'Stochastic RSI',
  parameters: [period('period', 14), period('stochastic', 14), period('smoothing', 3), period('signal', 3)],
  outputs: ['k', 'd'],
  create: (candles, [period, stochastic, smoothing, signal], source = candles.close) =>
    new StochRsi(source, period, stochastic, smoothing, signal),
};
