import type { Bot } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text.ts';
import type { GridPrice } from '#core/grid.ts';
import { toNumber } from '#core/money.ts';
import { type Statistics, statistics } from '#core/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from '#engine/account.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { warningsOf } from './backtest-warnings.ts';

/** A backtest of one bot on one symbol, to be printed. */
export interface BacktestResult {
  readonly bot: Bot;
  readonly market: CandleText;
  readonly account: Account;
  readonly run: SymbolRun;
  /** Open time of the first candle and close time of the last one. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The last close: what is still open is worth this. */
  readonly mark: GridPrice;
  readonly statistics: Statistics;
  readonly warnings: readonly string[];
}

export function resultOf(bot: Bot, market: CandleText, account: Account): BacktestResult {
  const run = account.runs[0]!;
  const { candles, grid } = run;
  const last = candles.length - 1;
  return {
    bot,
    market,
    account,
    run,
    from: candles.openTimeAt(0),
    to: candles.closeTimeAt(last),
    mark: grid.priceOf(candles.close.values[last]!),
    statistics: statisticsOf(account, run),
    warnings: warningsOf(bot, market, run),
  };
}

function statisticsOf(account: Account, { candles, book }: SymbolRun): Statistics {
  const { trades } = book;
  const closeTime = new Float64Array(candles.length);
  for (let i = 0; i < closeTime.length; i++) closeTime[i] = candles.closeTimeAt(i);
  const timesOf = (indices: Float64Array) => indices.subarray(0, trades.closed).map((i) => candles.openTimeAt(i));
  return statistics({
    curve: {
      length: account.boundaries,
      startTime: candles.openTimeAt(0),
      startEquity: toNumber(account.startingBalance),
      closeTime,
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
    daysPerYear: 365,
  });
}
