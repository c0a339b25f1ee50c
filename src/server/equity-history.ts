import { type Money, money, toNumber } from '#core/money.ts';
import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { SnapshotRow } from '#ports/store.ts';
import type { EquityHistory } from './views.ts';

/** An account's equity over time, kept up as snapshots are stored: day's start, peak and drawdown. */
export class EquityWatch implements EquityHistory {
  dayStart: Money;
  drawdown = 0;
  maxDrawdown = 0;
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
      // The first one ever belongs to the day the account began on: its baseline is the starting balance.
      if (day !== this.day && this.day !== Number.NEGATIVE_INFINITY) this.dayStart = money(equity);
      this.day = day as EpochMs;
      const value = toNumber(money(equity));
      this.peak = Math.max(this.peak, value);
      this.drawdown = this.peak > 0 ? 1 - value / this.peak : 0;
      this.maxDrawdown = Math.max(this.maxDrawdown, this.drawdown);
    }
  }
}
