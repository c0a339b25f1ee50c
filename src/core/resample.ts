import { Candles } from './candles.ts';
import { Column, type Indicator } from './indicators/column.ts';
import { closeTimeIn, openTimeIn } from './sessions/session-candles.ts';
import type { EpochMs, Timeframe } from './time.ts';

/**
 * Candles of a higher timeframe made from closed candles of a lower one. One closes with the first lower candle that
 * closes at or after its end, so it is never seen early; a gap in the lower candles leaves out what lay in it. In a
 * market with sessions the last one of a session ends with it.
 */
export class Resampled {
  readonly candles: Candles;
  private readonly lower: Candles;
  /** When the higher candle that is forming, or was closed last, opens and ends. */
  private openTime = Number.NEGATIVE_INFINITY;
  private endTime = Number.NEGATIVE_INFINITY;
  private isForming = false;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;

  constructor(lower: Candles, timeframe: Timeframe) {
    this.lower = lower;
    this.candles = new Candles(timeframe, undefined, 0, lower.calendar);
  }

  /** Takes lower candle `i`; afterwards every higher candle that has ended by its close is closed. */
  take(i: number): void {
    const { lower } = this;
    const openTime = lower.openTime.values[i]! as EpochMs;
    if (openTime >= this.endTime) {
      this.closeHigher();
      this.begin(i, openTime);
    }
    if (!this.isForming) return;
    this.high = Math.max(this.high, lower.high.values[i]!);
    this.low = Math.min(this.low, lower.low.values[i]!);
    this.close = lower.close.values[i]!;
    this.volume += lower.volume.values[i]!;
    if (openTime + lower.durationMs >= this.endTime) this.closeHigher();
  }

  private begin(i: number, openTime: EpochMs): void {
    const { lower, candles } = this;
    this.openTime = openTimeIn(lower.calendar, openTime, candles.timeframe);
    this.endTime = closeTimeIn(lower.calendar, openTime, candles.timeframe);
    // The first one counts only when it is whole: half of an hour is not its candle.
    this.isForming = i > 0 || openTime === this.openTime;
    this.open = lower.open.values[i]!;
    this.high = Number.NEGATIVE_INFINITY;
    this.low = Number.POSITIVE_INFINITY;
    this.volume = 0;
  }

  private closeHigher(): void {
    if (!this.isForming) return;
    const { open, high, low, close, volume } = this;
    this.candles.append({ openTime: this.openTime as EpochMs, open, high, low, close, volume });
    this.isForming = false;
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
