import { toNumber } from '#core/money.ts';
import { type Statistics, type StatisticsInput, statistics } from '#core/statistics/statistics.ts';
import type { Account } from './account.ts';

/** Crypto trades every day; accounts of exchanges with sessions will have their own. */
const DAYS_PER_YEAR = 365;

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
      openTime: candles.openTime.values,
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
    daysPerYear: DAYS_PER_YEAR,
  };
}
