import type { GridQuantity } from '#core/grid.ts';
import { formatDecimal, type Money, toNumber } from '#core/money.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { fillJson } from '../fill-json.ts';
import { exact } from '../json-document.ts';
import { analysisJson, excursionJson, rateJson } from './analysis-json.ts';
import type { BacktestResult, OnMargin } from './backtest-result.ts';

/** A backtest for `--json`; docs/reference/cli.md explains the fields. Lists are made as they are written. */
export function backtestDocument(result: BacktestResult): Readonly<Record<string, unknown>> {
  const { bot, market, account, run, from, to } = result;
  const { equity, fees } = account.figures();
  return {
    bot: bot.name,
    symbol: run.owner.symbol,
    timeframe: run.owner.timeframe,
    from,
    to,
    candles: run.candles.length,
    capital: exact(formatDecimal(bot.capital)),
    finalEquity: exact(formatDecimal(equity)),
    ...(result.margin && { margin: marginJson(result.margin) }),
    metrics: {
      ...metricsJson(result.statistics, fees),
      ...(result.margin && ledgerJson(run)),
      ...analysisJson(result.analysis),
    },
    warnings: result.warnings,
    gaps: market.gaps,
    trades: tradesJson(result),
    fills: fillsJson(run),
  };
}

function marginJson({ contract, setup }: OnMargin) {
  const { marginMode, leverage } = contract.account.terms;
  return { model: setup.model.name, mode: marginMode, leverage: exact(formatDecimal(leverage)) };
}

/** What margin moved beside trading and fees, as amounts into the account. */
function ledgerJson({ book: { ledger } }: SymbolRun) {
  return {
    funding: exact(formatDecimal(-ledger.funding() as Money)),
    covered: exact(formatDecimal(-ledger.kept() as Money)),
  };
}

function metricsJson(figures: Statistics, fees: Money) {
  const { totalReturn, cagr, drawdown, sharpe, sortino, profitFactor, expectancyR, winRate, exposure, trades } =
    figures;
  return {
    totalReturn: totalReturn ?? null,
    cagr: cagr ?? null,
    drawdown,
    sharpe: rateJson(sharpe),
    sortino: rateJson(sortino),
    profitFactor: rateJson(profitFactor),
    expectancyR: rateJson(expectancyR),
    winRate: rateJson(winRate),
    exposure: exposure ?? null,
    trades,
    fees: exact(formatDecimal(fees)),
  };
}

function* tradesJson({ run, mark, analysis, margin }: BacktestResult) {
  const { mae, mfe } = analysis.tradeExcursions;
  const { book, grid, candles } = run;
  const { trades } = book;
  for (let k = 0; k < trades.length; k++) {
    const isOpen = k >= trades.closed;
    const fees = book.feesOf(k);
    const funding = book.fundingOf(k);
    const pnl = book.pnlOf(k, isOpen ? mark : undefined);
    const r = isOpen ? book.rOf(k, toNumber(pnl)) : trades.r[k]!;
    yield {
      entryTime: candles.openTimeAt(trades.entryIndex[k]!),
      entryPrice: exact(formatDecimal(book.entryPrice(k))),
      exitTime: candles.openTimeAt(isOpen ? candles.length - 1 : trades.exitIndex[k]!),
      exitPrice: exact(formatDecimal(isOpen ? grid.exactPrice(mark) : book.exitPrice(k))),
      side: trades.quantity[k]! > 0 ? 'long' : 'short',
      quantity: exact(formatDecimal(grid.exactQuantity(Math.abs(trades.quantity[k]!) as GridQuantity))),
      fees: exact(formatDecimal(fees)),
      ...(margin && {
        funding: exact(formatDecimal(funding)),
        covered: exact(formatDecimal(book.coveredInTrade(k))),
      }),
      exitReason: trades.exitReason(k) ?? 'end-of-data',
      pnl: exact(formatDecimal(pnl)),
      r: Number.isFinite(r) ? r : null,
      mae: excursionJson(mae, k),
      mfe: excursionJson(mfe, k),
    };
  }
}

function* fillsJson({ book, grid, owner }: SymbolRun) {
  const { fills } = book;
  for (let k = 0; k < fills.length; k++) {
    const price = fills.price(k);
    const quantity = fills.quantity(k);
    const liquidity = fills.liquidity(k);
    yield fillJson({
      time: fills.at(k) as EpochMs,
      symbol: owner.symbol,
      leg: fills.leg(k),
      side: quantity > 0 ? 'buy' : 'sell',
      quantity: formatDecimal(grid.exactQuantity(Math.abs(quantity) as GridQuantity)),
      price: formatDecimal(grid.exactPrice(price)),
      fee: formatDecimal(book.feeOf(k)),
      liquidity,
    });
  }
}
