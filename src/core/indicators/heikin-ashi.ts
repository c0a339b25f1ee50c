import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import type { Definition } from './definition.ts';

/**
 * Heikin-Ashi candles: `close` is the mean of the four prices, `open` the middle of the Heikin-Ashi candle before,
 * `high` and `low` reach to both. In the unit of the prices. Defined from candle 0 on, which opens in the middle of its
 * own body.
 * @see Valcu (2004), "Using the Heikin-Ashi Technique", Technical Analysis of Stocks & Commodities 22(2); TradingView,
 *   Heikin Ashi: the first candle.
 */
export class HeikinAshi implements Indicator {
  readonly outputs = { close: new Column(), open: new Column(), high: new Column(), low: new Column() };
  readonly firstIndex = 0;
  private readonly candles: Candles;
  /** Where the next candle opens. */
  private middle = NaN;

  constructor(candles: Candles) {
    this.candles = candles;
  }

  advance(from: number, to: number): void {
    const open = this.candles.open.values;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const openOut = this.outputs.open.reserve(to);
    const highOut = this.outputs.high.reserve(to);
    const lowOut = this.outputs.low.reserve(to);
    const closeOut = this.outputs.close.reserve(to);
    let middle = from === 0 ? (open[0] + close[0]) / 2 : this.middle;
    for (let i = from; i < to; i++) {
      const mean = (open[i] + high[i] + low[i] + close[i]) / 4;
      openOut[i] = middle;
      highOut[i] = Math.max(high[i], middle); // The mean lies within the candle.
      lowOut[i] = Math.min(low[i], middle);
      closeOut[i] = mean;
      middle = (middle + mean) / 2;
    }
    this.middle = middle;
  }
}

export const heikinAshi: Definition = {
  name: 'heikinAshi',
  title: 'Heikin-Ashi candles',
  parameters: [],
  outputs: ['close', 'open', 'high', 'low'],
  create: (candles) => new HeikinAshi(candles),
};
