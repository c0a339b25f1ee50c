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
      entryTime: openTimesAt(candles, trades.entryIndex, trades.closed),
      exitTime: openTimesAt(candles, trades.exitIndex, trades.closed),
      pnl: trades.pnl,
      r: trades.r,
    },
    fees: book.ledger.feesNumber(),
    openSince: trades.isOpen ? candles.openTimeAt(book.entryIndex) : undefined,
    daysPerYear: candles.calendar.daysPerYear,
  };
}

function openTimesAt(candles: Candles, indices: Float64Array, count: number): Float64Array {
  const times = new Float64Array(count);
  for (let k = 0; k < count; k++) times[k] = candles.openTimeAt(indices[k]!);
  return times;
}

/** Open times; of a market with sessions, which may cut a candle short, what a duration lies before its close. */
function closeTimesLessDuration(candles: Candles): Float64Array {
  if (candles.calendar === ALWAYS) return candles.openTime.values;
  return Float64Array.from({ length: candles.length }, (_, i) => candles.closeTimeAt(i) - candles.durationMs);
}
