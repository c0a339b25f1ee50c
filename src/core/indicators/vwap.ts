import type { Candles } from '../candles.ts';
import type { EpochMs } from '../time.ts';
import { Column, type Indicator } from './column.ts';
import type { Definition } from './definition.ts';
import { type SessionEnd, sessionEndOf } from './session-end.ts';
import { typicalPrice } from './typical-price.ts';

/**
 * Volume-weighted average price since the session began, of typical prices and in their unit. Defined from candle 0 on;
 * the typical price itself until something is traded in the session.
 * @see TradingView, ta.vwap of hlc3, anchored to the session.
 */
export class Vwap implements Indicator {
  readonly outputs = { vwap: new Column() };
  readonly firstIndex = 0;
  private readonly candles: Candles;
  private readonly sessionEnd: SessionEnd;
  private end = -Infinity;
  private traded = 0;
  private volume = 0;

  /** @param sessionEnd Where sessions part; the average begins anew with the first candle of each. */
  constructor(candles: Candles, sessionEnd: SessionEnd = sessionEndOf(candles.calendar)) {
    this.candles = candles;
    this.sessionEnd = sessionEnd;
  }

  advance(from: number, to: number): void {
    const time = this.candles.openTime.values;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const close = this.candles.close.values;
    const volumes = this.candles.volume.values;
    const out = this.outputs.vwap.reserve(to);
    let { end, traded, volume } = this;
    for (let i = from; i < to; i++) {
      if (time[i] >= end) {
        end = this.sessionEnd(time[i] as EpochMs);
        traded = 0;
        volume = 0;
      }
      const price = typicalPrice(high[i], low[i], close[i]);
      traded += price * volumes[i];
      volume += volumes[i];
      out[i] = volume === 0 ? price : traded / volume;
    }
    this.end = end;
    this.traded = traded;
    this.volume = volume;
  }
}

export const vwap: Definition = {
  name: 'vwap',
  title: 'Volume-weighted average price of the session',
  parameters: [],
  outputs: ['vwap'],
  create: (candles) => new Vwap(candles),
};
