import type { Candles } from '#core/candles.ts';
import { toNumber } from '#core/money.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import type { EquityCurve } from '#core/statistics/equity-curve.ts';
import { type ClosedTrades, type Statistics, type StatisticsInput, statistics } from '#core/statistics/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from './account.ts';
import { accountTrades, enteredAt, isClosed } from './account-trades.ts';
import type { SymbolRun } from './symbol-run.ts';

/** What the equity curve and the closed trades of an account say about it. Its runs are of one timeframe. */
export function statisticsOf(account: Account): Statistics {
  return statistics(statisticsInputOf(account));
}

/** The equity curve and the closed trades of an account, the trades in the order of their entries. */
export function statisticsInputOf(account: Account): StatisticsInput {
  const { runs } = account;
  return {
    curve: curveOf(account),
    trades: runs.length === 1 ? tradesOf(runs[0]!) : tradesOfSeveral(account),
    fees: runs.reduce((sum, { book }) => sum + book.ledger.feesNumber(), 0),
    openSince: openSince(runs),
    daysPerYear: runs[0]!.candles.calendar.daysPerYear,
  };
}

/** Equity at each boundary: at every close of any of the symbols. */
function curveOf({ runs, boundaries, startingBalance, equity }: Account): EquityCurve {
  const { durationMs } = runs[0]!.candles;
  const begun = runs.filter(({ candles }) => candles.length > 0);
  return {
    length: boundaries,
    startTime: Math.min(...begun.map(({ candles }) => candles.openTimeAt(0))) as EpochMs,
    startEquity: toNumber(startingBalance),
    openTime: begun.map(closeTimesLessDuration).reduce(merged),
    durationMs,
    equity: equity.values,
  };
}

/** Open times; of a market with sessions, which may cut a candle short, what a duration lies before its close. */
function closeTimesLessDuration({ candles }: SymbolRun): Float64Array {
  if (candles.calendar === ALWAYS) return candles.openTime.values.subarray(0, candles.length);
  return Float64Array.from({ length: candles.length }, (_, i) => candles.closeTimeAt(i) - candles.durationMs);
}

/** The times of two ascending columns, each once. */
function merged(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; length++) {
    const left = i < a.length ? a[i]! : Number.POSITIVE_INFINITY;
    const right = j < b.length ? b[j]! : Number.POSITIVE_INFINITY;
    all[length] = Math.min(left, right);
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return all.subarray(0, length);
}

function tradesOf({ candles, book: { trades } }: SymbolRun): ClosedTrades {
  return {
    length: trades.closed,
    entryTime: openTimesAt(candles, trades.entryIndex, trades.closed),
    exitTime: openTimesAt(candles, trades.exitIndex, trades.closed),
    pnl: trades.pnl,
    r: trades.r,
  };
}

function openTimesAt(candles: Candles, indices: Float64Array, count: number): Float64Array {
  const times = new Float64Array(count);
  for (let k = 0; k < count; k++) times[k] = candles.openTimeAt(indices[k]!);
  return times;
}

function tradesOfSeveral(account: Account): ClosedTrades {
  const closed = accountTrades(account).filter(isClosed);
  return {
    length: closed.length,
    entryTime: Float64Array.from(closed, enteredAt),
    exitTime: Float64Array.from(closed, ({ run, k }) => run.candles.openTimeAt(run.book.trades.exitIndex[k]!)),
    pnl: Float64Array.from(closed, ({ run, k }) => run.book.trades.pnl[k]!),
    r: Float64Array.from(closed, ({ run, k }) => run.book.trades.r[k]!),
  };
}

/** When the oldest of the open positions was entered. */
function openSince(runs: readonly SymbolRun[]): EpochMs | undefined {
  const open = runs.filter(({ book }) => book.trades.isOpen);
  if (open.length === 0) return undefined;
  return Math.min(...open.map(({ book, candles }) => candles.openTimeAt(book.entryIndex))) as EpochMs;
}
