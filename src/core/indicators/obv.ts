import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import type { Definition } from './definition.ts';

/**
 * On-balance volume: the sum of the volume of candles that closed higher minus that of candles that closed lower, in base
 * units. Defined from candle 0 on, where it is the volume of that candle.
 * @see Granville (1963), "Granville's New Key to Stock Market Profits"; TA-Lib, TA_OBV: where it starts.
 */
export class Obv implements Indicator {
  readonly outputs = { obv: new Column() };
  readonly firstIndex = 0;
  private readonly candles: Candles;
  private total = 0;

  constructor(candles: Candles) {
    this.candles = candles;
  }

  advance(from: number, to: number): void {
    const close = this.candles.close.values;
    const volume = this.candles.volume.values;
    const out = this.outputs.obv.reserve(to);
    let { total } = this;
    let previous = from === 0 ? -Infinity : close[from - 1]; // Candle 0 counts as a rise.
    for (let i = from; i < to; i++) {
      // The sign of the change, computed rather than branched on (see positive-part.ts).
      total += volume[i] * (Number(close[i] > previous) - Number(close[i] < previous));
      previous = close[i];
      out[i] = total;
    }
    this.total = total;
  }
}

export const obv: Definition = {
  name: 'obv',
  title: 'On-balance volume',
  parameters: [],
  outputs: ['obv'],
  create: (candles) => new Obv(candles),
};
