import { formatDecimal, type Money } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { SnapshotRow } from '#ports/store.ts';
import type { Account } from './account.ts';
import type { SymbolRun } from './symbol-run.ts';

/** Market time between two snapshots of an account when nothing trades. */
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

/**
 * The snapshot of an account that a boundary calls for: after each fill, and every five minutes of market time. It
 * depends on the boundary alone, so that a run that was killed keeps the same ones.
 */
export function snapshotDue(account: Account, at: EpochMs): SnapshotRow | undefined {
  return at % INTERVAL_MS === 0 || account.runs.some((run) => hasFilledAt(run, at))
    ? snapshotOf(account, at)
    : undefined;
}

/** Whether something was filled in the candle that closed at `at`. */
function hasFilledAt({ book: { fills }, candles }: SymbolRun, at: EpochMs): boolean {
  const last = candles.length - 1;
  return fills.length > 0 && candles.closeTimeAt(last) === at && fills.at(fills.length - 1) >= candles.openTimeAt(last);
}
