import type { GridQuantity } from '#core/grid.ts';
import { formatDecimal, type Money, toNumber } from '#core/money.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from '#engine/account.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { bookingsOf } from './account-moves.ts';
import { analysisJson, excursionJson, rateJson } from './analysis-json.ts';
import { type BacktestResult, markOf, type OnMargin, type SymbolResult, termsOf } from './backtest-result.ts';
import { warningsOf } from './backtest-warnings.ts';
import { fillJson } from './fill-json.ts';
import { exact } from './json-document.ts';

/** A backtest for `--json`; docs/reference/cli.md explains the fields. Lists are made as they are written. */
export function backtestDocument(result: BacktestResult): Readonly<Record<string, unknown>> {
  const { bot, account, symbols, from, to, candles } = result;
  const [{ run: first }] = symbols as readonly [SymbolResult];
  const { equity, fees } = account.figures();
  return {
    bot: bot.name,
    ...(symbols.length === 1 ? { symbol: first.owner.symbol } : { symbols: symbols.map(symbolJson) }),
    timeframe: first.owner.timeframe,
    from,
    to,
    candles,
    capital: exact(formatDecimal(bot.capital)),
    finalEquity: exact(formatDecimal(equity)),
    ...(result.margin && { margin: marginJson(result.margin) }),
    metrics: {
      ...metricsJson(result.statistics, fees),
      ...(result.margin && ledgerJson(account)),
      ...analysisJson(result.analysis),
    },
    warnings: warningsOf(result),
    gaps: symbols.flatMap(gapsJson),
    trades: tradesJson(result),
    fills: fillsJson(result),
  };
}

function symbolJson({ run: { owner, candles } }: SymbolResult) {
  const to = candles.closeTimeAt(candles.length - 1);
  return { symbol: owner.symbol, from: candles.openTimeAt(0), to, candles: candles.length };
}

function gapsJson({ run, text }: SymbolResult) {
  return text.gaps.map((gap) => ({ symbol: run.owner.symbol, ...gap }));
}

function marginJson(margin: OnMargin) {
  const { model, marginMode, leverage } = termsOf(margin);
  return { model: model.name, mode: marginMode, leverage: exact(formatDecimal(leverage)) };
}

/** What margin moved beside trading and fees, as amounts into the account. */
function ledgerJson({ runs }: Account) {
  let funding = 0n;
  let interest = 0n;
  let covered = 0n;
  for (const { book } of runs) {
    funding -= book.ledger.funding();
    interest -= book.ledger.interest();
    covered -= book.ledger.kept();
  }
  return {
    funding: exact(formatDecimal(funding as Money)),
    interest: exact(formatDecimal(interest as Money)),
    covered: exact(formatDecimal(covered as Money)),
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

function* tradesJson({ analysis, margin }: BacktestResult) {
  const { mae, mfe } = analysis.tradeExcursions;
  for (const [n, { run, k }] of analysis.trades.entries()) {
    const { book, grid, candles } = run;
    const { trades } = book;
    const isOpen = k >= trades.closed;
    const mark = markOf(run);
    const pnl = book.pnlOf(k, isOpen ? mark : undefined);
    const r = isOpen ? book.rOf(k, toNumber(pnl)) : trades.r[k]!;
    yield {
      symbol: run.owner.symbol,
      entryTime: candles.openTimeAt(trades.entryIndex[k]!),
      entryPrice: exact(formatDecimal(book.entryPrice(k))),
      exitTime: candles.openTimeAt(isOpen ? candles.length - 1 : trades.exitIndex[k]!),
      exitPrice: exact(formatDecimal(isOpen ? grid.exactPrice(mark) : book.exitPrice(k))),
      side: trades.quantity[k]! > 0 ? 'long' : 'short',
      quantity: exact(formatDecimal(grid.exactQuantity(Math.abs(trades.quantity[k]!) as GridQuantity))),
      fees: exact(formatDecimal(book.feesOf(k))),
      ...(margin && {
        funding: exact(formatDecimal(book.carryOf(k, 'funding'))),
        interest: exact(formatDecimal(book.carryOf(k, 'interest'))),
        covered: exact(formatDecimal(book.coveredInTrade(k))),
      }),
      exitReason: trades.exitReason(k) ?? 'end-of-data',
      pnl: exact(formatDecimal(pnl)),
      r: Number.isFinite(r) ? r : null,
      mae: excursionJson(mae, n),
      mfe: excursionJson(mfe, n),
    };
  }
}

function* fillsJson({ order }: BacktestResult) {
  for (const { run, did } of bookingsOf(order)) if ('fill' in did) yield fillOf(run, did.fill);
}

function fillOf({ book, grid, owner }: SymbolRun, k: number) {
  const { fills } = book;
  const quantity = fills.quantity(k);
  return fillJson({
    time: fills.at(k) as EpochMs,
    symbol: owner.symbol,
    leg: fills.leg(k),
    side: quantity > 0 ? 'buy' : 'sell',
    quantity: formatDecimal(grid.exactQuantity(Math.abs(quantity) as GridQuantity)),
    price: formatDecimal(grid.exactPrice(fills.price(k))),
    fee: formatDecimal(book.feeOf(k)),
    liquidity: fills.liquidity(k),
  });
}
