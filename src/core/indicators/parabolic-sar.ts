import type { Candles } from '../candles.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition } from './definition.ts';

/**
 * Parabolic stop and reverse: a stop that follows a trend and closes in on its extreme, faster with each new extreme;
 * where the price touches it, the trend turns and the stop jumps to the extreme. In the unit of the prices. First
 * defined at 1, where the trend is down if the low fell by more than the high rose, and the extreme of candle 0 is the
 * stop.
 *
 * `acceleration` is the share of the distance to the extreme that the stop covers at first, and the increase of it with
 * each new extreme, up to `maximum`.
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section II; TA-Lib, TA_SAR: start.
 */
export class ParabolicSar implements Indicator {
  readonly outputs = { parabolicSar: new Column() };
  readonly firstIndex = 1;
  private readonly candles: Candles;
  private readonly acceleration: number;
  private readonly maximum: number;
  private isUp = true;
  private stop = NaN;
  /** The highest high of a rising trend, or the lowest low of a falling one. */
  private extreme = NaN;
  private speed = NaN;

  /** @throws RangeError unless both are numbers >= 0. */
  constructor(candles: Candles, acceleration: number, maximum: number) {
    checkParameters(parabolicSar, [acceleration, maximum]);
    this.candles = candles;
    this.acceleration = Math.min(acceleration, maximum);
    this.maximum = maximum;
  }

  advance(from: number, to: number): void {
    const { acceleration, maximum } = this;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const out = this.outputs.parabolicSar.reserve(to);
    if (from === 0) out[0] = NaN;
    if (from <= 1 && to > 1) this.start();
    let { isUp, stop, extreme, speed } = this;
    for (let i = Math.max(from, 1); i < to; i++) {
      const before = Math.max(i - 1, 1); // Candle 0 has given the first stop and bounds nothing more.
      const highest = Math.max(high[before], high[i]);
      const lowest = Math.min(low[before], low[i]);
      const isTouched = isUp ? low[i] <= stop : high[i] >= stop;
      if (isTouched) {
        isUp = !isUp;
        stop = isUp ? Math.min(extreme, lowest) : Math.max(extreme, highest);
        extreme = isUp ? high[i] : low[i];
        speed = acceleration;
      }
      out[i] = stop;
      if (isUp ? high[i] > extreme : low[i] < extreme) {
        extreme = isUp ? high[i] : low[i];
        speed = Math.min(speed + acceleration, maximum);
      }
      stop += (extreme - stop) * speed;
      // It never enters the range of the last two candles.
      stop = isUp ? Math.min(stop, lowest) : Math.max(stop, highest);
    }
    this.isUp = isUp;
    this.stop = stop;
    this.extreme = extreme;
    this.speed = speed;
  }

  private start(): void {
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const rise = high[1] - high[0];
    const fall = low[0] - low[1];
    this.isUp = !(fall > 0 && fall > rise);
    this.stop = this.isUp ? low[0] : high[0];
    this.extreme = this.isUp ? high[1] : low[1];
    this.speed = this.acceleration;
  }
}

export const parabolicSar: Definition = {
  name: 'parabolicSar',
  title: 'Parabolic stop and reverse',
  parameters: [
    { name: 'acceleration', default: 0.02, minimum: 0, whole: false },
    { name: 'maximum', default: 0.2, minimum: 0, whole: false },
  ],
  outputs: ['parabolicSar'],
  create: (candles, [acceleration, maximum]) => new ParabolicSar(candles, acceleration, maximum),
};
