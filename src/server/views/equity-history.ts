import { type Money, money, toNumber } from '#core/money.ts';
import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { SnapshotRow } from '#ports/store.ts';

/** An account's equity over time, kept up as snapshots are stored: the curve, the day's start, peak and drawdown. */
export class EquityHistory {
  /** Equity at the first snapshot of the market's day; on the day the account began, its starting balance. */
  dayStart: Money;
  /** Positive fractions below the peak: now, and at the worst. */
  drawdown = 0;
  maxDrawdown = 0;
  private readonly times: EpochMs[] = [];
  private readonly equities: number[] = [];
  private day = Number.NEGATIVE_INFINITY;
  private peak: number;

  constructor(startingBalance: Money) {
    this.dayStart = startingBalance;
    this.peak = toNumber(startingBalance);
  }

  /** Takes snapshots in the order of their time. */
  take(snapshots: readonly SnapshotRow[]): void {
    for (const { at, equity } of snapshots) {
      const day = candleOpenTime(at, '1d');
      if (day !== this.day && this.day !== Number.NEGATIVE_INFINITY) this.dayStart = money(equity);
      this.day = day;
      const value = toNumber(money(equity));
      this.peak = Math.max(this.peak, value);
      this.drawdown = this.peak > 0 ? 1 - value / this.peak : 0;
      this.maxDrawdown = Math.max(this.maxDrawdown, this.drawdown);
      this.times.push(at);
      this.equities.push(value);
    }
  }

  /** The curve from a moment on, oldest first, thinned to at most `most` points; the last one is always there. */
  curve(from: number, most: number): [EpochMs, number][] {
    const { times, equities } = this;
    const first = times.findLastIndex((at) => at < from) + 1;
    const step = Math.max(1, Math.ceil((times.length - first) / most));
    const points: [EpochMs, number][] = [];
    for (let k = times.length - 1; k >= first; k -= step) points.push([times[k]!, equities[k]!]);
    return points.reverse();
  }
}
