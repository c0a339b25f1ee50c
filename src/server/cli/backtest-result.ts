import type { Bot } from '#core/bots.ts';
import type { CandleText } from '#core/candle-text/candle-text.ts';
import type { GridPrice } from '#core/grid.ts';
import type { MarginTerms } from '#core/margin/liquidation.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from '#engine/account.ts';
import { type AccountAnalysis, analysisOf } from '#engine/account-analysis.ts';
import { statisticsOf } from '#engine/account-statistics.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import type { Contracts, MarginSetup } from '../accounts/contracts.ts';

/** What a backtest on margin ran with. */
export interface OnMargin {
  readonly contracts: Contracts;
  readonly setup: MarginSetup;
}

/** What all contracts of a backtest agree on. */
export function termsOf({ contracts }: OnMargin): Pick<MarginTerms, 'model' | 'marginMode' | 'leverage'> {
  const [first] = contracts.values();
  return first!.account.terms;
}

/** One symbol of a backtest. */
export interface SymbolResult {
  readonly text: CandleText;
  readonly run: SymbolRun;
}

/** A backtest of one bot, to be printed. */
export interface BacktestResult {
  readonly bot: Bot;
  readonly account: Account;
  /** The run of each fill and payment, in the order in which they came. */
  readonly order: readonly SymbolRun[];
  /** In the order of the bot's symbols; at least one. */
  readonly symbols: readonly SymbolResult[];
  /** Undefined for one that trades outright. */
  readonly margin: OnMargin | undefined;
  /** Open time of the first candle and close time of the last one, of any symbol. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Of all candles of all symbols. */
  readonly candles: number;
  readonly statistics: Statistics;
  readonly analysis: AccountAnalysis;
  /** What to know of the answers of models: a sentence each. */
  readonly ofModels: readonly string[];
}

/** @param texts Of each of the account's runs, in their order. */
export function resultOf(
  bot: Bot,
  texts: readonly CandleText[],
  account: Account,
  order: readonly SymbolRun[],
  margin?: OnMargin,
): BacktestResult {
  const symbols = account.runs.map((run, k) => ({ run, text: texts[k]! }));
  const statistics = statisticsOf(account);
  return {
    bot,
    account,
    order,
    symbols,
    margin,
    from: Math.min(...account.runs.map(({ candles }) => candles.openTimeAt(0))) as EpochMs,
    to: Math.max(...account.runs.map(({ candles }) => candles.closeTimeAt(candles.length - 1))) as EpochMs,
    candles: account.runs.reduce((sum, { candles }) => sum + candles.length, 0),
    statistics,
    analysis: analysisOf(account, statistics),
    ofModels: [],
  };
}

/** A symbol's last close: what is still open is worth this. */
export function markOf({ grid, candles }: SymbolRun): GridPrice {
  return grid.priceOf(candles.close.values[candles.length - 1]!);
}

/** The currency of the account. */
export function quoteOf({ symbols }: BacktestResult): string {
  return symbols[0]!.run.grid.instrument.quote;
}
