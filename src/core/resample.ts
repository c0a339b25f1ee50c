import { Candles } from './candles.ts';
import { Column, type Indicator } from './indicators/column.ts';
import { candleCloseTime, candleOpenTime, type EpochMs, type Timeframe } from './time.ts';

/**
 * Candles of a higher timeframe made from closed candles of a lower one. One closes with the first lower candle that
 * closes at or after its end, so it is never seen early; a gap in the lower candles leaves out what lay in it.
 */
export class Resampled {
  readonly candles: Candles;
  private readonly lower: Candles;
  private openTime = Number.NaN;
  private partial = Number.NaN;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;

  constructor(lower: Candles, timeframe: Timeframe) {
    this.lower = lower;
    this.candles = new Candles(timeframe);
  }

  /** Takes lower candle `i`; afterwards every higher candle that has ended by its close is closed. */
  take(i: number): void {
    const { lower } = this;
    const openTime = lower.openTime.values[i]! as EpochMs;
    const bucket = candleOpenTime(openTime, this.candles.timeframe);
    if (bucket !== this.openTime) {
      this.closeHigher();
      // The first one counts only when it is whole: half of an hour is not its candle.
      if (i === 0 && openTime !== bucket) this.partial = bucket;
      if (bucket === this.partial) return;
      this.openTime = bucket;
      this.open = lower.open.values[i]!;
      this.high = Number.NEGATIVE_INFINITY;
      this.low = Number.POSITIVE_INFINITY;
      this.volume = 0;
    }
    this.high = Math.max(this.high, lower.high.values[i]!);
    this.low = Math.min(this.low, lower.low.values[i]!);
    this.close = lower.close.values[i]!;
    this.volume += lower.volume.values[i]!;
    if (openTime + lower.durationMs >= candleCloseTime(openTime, this.candles.timeframe)) this.closeHigher();
  }

  private closeHigher(): void {
    if (Number.isNaN(this.openTime)) return;
    const { open, high, low, close, volume } = this;
    this.candles.append({ openTime: this.openTime as EpochMs, open, high, low, close, volume });
    this.openTime = Number.NaN;
  }
}

/**
 * An indicator of a higher timeframe seen from the lower one: at each lower candle, its value at the last closed
 * higher candle; NaN before there is one.
 */
export class HigherTimeframeIndicator implements Indicator {
  readonly outputs: Readonly<Record<string, Column>>;
  readonly firstIndex = Number.NaN;
  private readonly resampled: Resampled;
  private readonly inner: Indicator;

  /** @param make Builds the indicator on the higher candles. */
  constructor(lower: Candles, timeframe: Timeframe, make: (candles: Candles) => Indicator) {
    this.resampled = new Resampled(lower, timeframe);
    this.inner = make(this.resampled.candles);
    this.outputs = Object.fromEntries(Object.keys(this.inner.outputs).map((name) => [name, new Column()]));
  }

  include(output: string): void {
    this.inner.include?.(output);
  }

  advance(from: number, to: number): void {
    const { candles } = this.resampled;
    for (let i = from; i < to; i++) {
      const before = candles.length;
      this.resampled.take(i);
      if (candles.length > before) this.inner.advance(before, candles.length);
      for (const name of Object.keys(this.outputs)) {
        const value = candles.length === 0 ? Number.NaN : this.inner.outputs[name]!.values[candles.length - 1]!;
        this.outputs[name]!.reserve(to)[i] = value;
      }
    }
  }
}
