import { formatDecimal, type Money } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { Clock } from '#ports/clock.ts';
import type { SnapshotRow } from '#ports/store.ts';
import type { Account } from './account.ts';

/** Market time between two snapshots of an account in which nothing traded. */
const INTERVAL_MS = 5 * 60_000;

/** An account as it stands at its symbols' last closes. */
export function snapshotOf(account: Account, at: EpochMs): SnapshotRow {
  const { equity, unrealized, fees, open, total, won } = account.figures();
  return {
    accountId: account.id,
    at,
    equity: formatDecimal(equity),
    capital: formatDecimal((equity - unrealized) as Money),
    unrealized: formatDecimal(unrealized),
    openPositions: open,
    totalTrades: total,
    wonTrades: won,
    lostTrades: total - won,
    winRate: total === 0 ? null : won / total,
    fees: formatDecimal(fees),
  };
}

/** Says when a snapshot of an account is due: after each fill, and every five minutes of market time. */
export class Snapshotter {
  private readonly account: Account;
  private readonly clock: Clock;
  private lastAt = Number.NEGATIVE_INFINITY;
  private lastFills = -1;

  constructor(account: Account, clock: Clock) {
    this.account = account;
    this.clock = clock;
  }

  due(): SnapshotRow | undefined {
    const at = this.clock.now();
    const fills = this.account.fillCount();
    if (fills === this.lastFills && at - this.lastAt < INTERVAL_MS) return undefined;
    this.lastAt = at;
    this.lastFills = fills;
    return snapshotOf(this.account, at);
  }
}
