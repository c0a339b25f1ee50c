import type { Candles } from '../candles.ts';
import { type EpochMs, TIMEFRAME_MS } from '../time.ts';
import { Column, type Indicator } from './column.ts';
import type { Definition } from './definition.ts';
import { type SessionEnd, sessionEndOf } from './session-end.ts';
import { typicalPrice } from './typical-price.ts';

const DAY_MS = TIMEFRAME_MS['1d'];
/** The first session may be known in part only, so the levels begin after the second. */
const SESSIONS_BEFORE = 2;

/**
 * Pivot points of the session before: its typical price (`pivot`), and three levels of resistance above it and of
 * support below. In the unit of the prices. First defined after two days; sooner where candles are missing.
 * @see TradingView, Pivot Points Standard, type Traditional.
 */
export class PivotPoints implements Indicator {
  readonly outputs = {
    pivot: new Column(),
    r1: new Column(),
    r2: new Column(),
    r3: new Column(),
    s1: new Column(),
    s2: new Column(),
    s3: new Column(),
  };
  readonly firstIndex: number;
  private readonly candles: Candles;
  private readonly sessionEnd: SessionEnd;
  private sessions = -1;
  private end = -Infinity;
  /** Of this session so far. */
  private high = NaN;
  private low = NaN;
  /** Of the session before. */
  private middle = NaN;
  private top = NaN;
  private bottom = NaN;

  /** @param sessionEnd Where sessions part. */
  constructor(candles: Candles, sessionEnd: SessionEnd = sessionEndOf(candles.calendar)) {
    this.candles = candles;
    this.sessionEnd = sessionEnd;
    this.firstIndex = SESSIONS_BEFORE * Math.max(1, DAY_MS / candles.durationMs);
  }

  advance(from: number, to: number): void {
    const time = this.candles.openTime.values;
    const high = this.candles.high.values;
    const low = this.candles.low.values;
    const pivot = this.outputs.pivot.reserve(to);
    const r1 = this.outputs.r1.reserve(to);
    const r2 = this.outputs.r2.reserve(to);
    const r3 = this.outputs.r3.reserve(to);
    const s1 = this.outputs.s1.reserve(to);
    const s2 = this.outputs.s2.reserve(to);
    const s3 = this.outputs.s3.reserve(to);
    for (let i = from; i < to; i++) {
      if (time[i] >= this.end) this.beginSession(i);
      this.high = Math.max(this.high, high[i]);
      this.low = Math.min(this.low, low[i]);

      const { middle, top, bottom } = this;
      pivot[i] = middle;
      r1[i] = 2 * middle - bottom;
      s1[i] = 2 * middle - top;
      r2[i] = middle + (top - bottom);
      s2[i] = middle - (top - bottom);
      r3[i] = top + 2 * (middle - bottom);
      s3[i] = bottom - 2 * (top - middle);
    }
  }

  private beginSession(i: number): void {
    this.end = this.sessionEnd(this.candles.openTime.values[i] as EpochMs);
    this.sessions++;
    if (this.sessions >= SESSIONS_BEFORE) {
      this.top = this.high;
      this.bottom = this.low;
      this.middle = typicalPrice(this.high, this.low, this.candles.close.values[i - 1]);
    }
    this.high = -Infinity;
    this.low = Infinity;
  }
}

export const pivotPoints: Definition = {
  name: 'pivotPoints',
  title: 'Pivot points of the session before',
  parameters: [],
  outputs: ['pivot', 'r1', 'r2', 'r3', 's1', 's2', 's3'],
  create: (candles) => new PivotPoints(candles),
};
