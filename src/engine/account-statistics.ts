import type { Candles } from '#core/candles.ts';
import { toNumber } from '#core/money.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import { type Statistics, type StatisticsInput, statistics } from '#core/statistics/statistics.ts';
import type { Account } from './account.ts';

/** What the equity curve and the closed trades of an account with one run say about it. */
export function statisticsOf(account: Account): Statistics {
  return statistics(statisticsInputOf(account));
}

/** The equity curve and the closed trades of an account with one run. */
export function statisticsInputOf(account: Account): StatisticsInput {
  const { candles, book } = account.runs[0]!;
  const { trades } = book;
  const timesOf = (indices: Float64Array) => indices.subarray(0, trades.closed).map((i) => candles.openTimeAt(i));
  return {
    curve: {
      length: account.boundaries,
      startTime: candles.openTimeAt(0),
      startEquity: toNumber(account.startingBalance),
      openTime: closeTimesLessDuration(candles),
      durationMs: candles.durationMs,
      equity: account.equity.values,
    },
    trades: {
      length: trades.closed,
      entryTime: timesOf(trades.entryIndex),
      exitTime: timesOf(trades.exitIndex),
      pnl: trades.pnl,
      r: trades.r,
    },
    fees: book.ledger.feesNumber(),
    openSince: trades.isOpen ? candles.openTimeAt(book.entryIndex) : undefined,
    daysPerYear: candles.calendar.daysPerYear,
  };
}

/** Open times; of a market with sessions, which may cut a candle short, what a duration lies before its close. */
function closeTimesLessDuration(candles: Candles): Float64Array {
  if (candles.calendar === ALWAYS) return candles.openTime.values;
  return Float64Array.from({ length: candles.length }, (_, i) => candles.closeTimeAt(i) - candles.durationMs);
}
