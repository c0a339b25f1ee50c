import type { Bot } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text/candle-text.ts';
import type { GridPrice } from '#core/grid.ts';
import type { ContractMargin } from '#core/margin/contract-margin.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from '#engine/account.ts';
import { type AccountAnalysis, analysisOf } from '#engine/account-analysis.ts';
import { statisticsOf } from '#engine/account-statistics.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import type { MarginSetup } from '../compose.ts';
import { warningsOf } from './backtest-warnings.ts';

/** What a backtest on margin ran with. */
export interface OnMargin {
  readonly contract: ContractMargin;
  readonly setup: MarginSetup;
  readonly hasFunding: boolean;
}

/** A backtest of one bot on one symbol, to be printed. */
export interface BacktestResult {
  readonly bot: Bot;
  readonly market: CandleText;
  readonly account: Account;
  readonly run: SymbolRun;
  /** Undefined for one that trades outright. */
  readonly margin: OnMargin | undefined;
  /** Open time of the first candle and close time of the last one. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** The last close: what is still open is worth this. */
  readonly mark: GridPrice;
  readonly statistics: Statistics;
  readonly analysis: AccountAnalysis;
  readonly warnings: readonly string[];
}

export function resultOf(bot: Bot, market: CandleText, account: Account, margin?: OnMargin): BacktestResult {
  const run = account.runs[0]!;
  const { candles, grid } = run;
  const last = candles.length - 1;
  const statistics = statisticsOf(account);
  return {
    bot,
    market,
    account,
    run,
    margin,
    from: candles.openTimeAt(0),
    to: candles.closeTimeAt(last),
    mark: grid.priceOf(candles.close.values[last]!),
    statistics,
    analysis: analysisOf(account, statistics),
    warnings: warningsOf(bot, market, run, margin),
  };
}
