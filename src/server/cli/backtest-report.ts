import { figure, MISSING, signedFigure } from '#core/figures.ts';
import { toNumber } from '#core/money.ts';
import { LEAST_DAYS, type Statistics } from '#core/statistics/statistics.ts';
import { EXIT_REASONS, type ExitReason } from '#core/trades.ts';
import type { Account } from '#engine/account.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import { type BacktestResult, markOf, quoteOf, type SymbolResult } from './backtest-result.ts';
import { warningsOf } from './backtest-warnings.ts';
import { ratesReport, underDays } from './report-rates.ts';
import { percent, row } from './report-rows.ts';
import { breakdownTable, monthTable } from './report-tables.ts';
import { durationText, utcText } from './time-text.ts';

const DAY_MS = 86_400_000;
const MOST_GAPS = 50;

/** A backtest for people: what happened, then what it says about the bot, then what to know before trusting it. */
export function backtestReport(result: BacktestResult): string {
  return [
    ...heading(result),
    ...outcome(result),
    ...trades(result),
    ...ratesReport(result),
    ...monthTable(result.analysis.months),
    ...breakdownTable(result),
    ...list('Warnings', warningsOf(result)),
    ...list('Missing candles', result.symbols.flatMap(gapLines)),
    '',
  ].join('\n');
}

function heading({ bot, symbols, candles, from, to }: BacktestResult): readonly string[] {
  const names = symbols.map(({ run }) => run.owner.symbol).join(', ');
  return [
    `${bot.name} on ${names}, ${bot.timeframe}`,
    `${utcText(from)} to ${utcText(to)} UTC, ${figure(candles, 0)} candles`,
    ...(symbols.length > 1 ? symbols.map(symbolLine) : []),
  ];
}

function symbolLine({ run: { owner, candles } }: SymbolResult): string {
  const [from, to] = [candles.openTimeAt(0), candles.closeTimeAt(candles.length - 1)];
  return row(owner.symbol, figure(candles.length, 0), `${utcText(from)} to ${utcText(to)}`);
}

function outcome(result: BacktestResult): readonly string[] {
  const { account, statistics, analysis, margin, from, to } = result;
  const quote = quoteOf(result);
  const { totalReturn, cagr, drawdown, exposure } = statistics;
  const { ulcerIndex, drawdowns } = analysis;
  const { equity, fees } = account.figures();
  return [
    '',
    'Result',
    row(`Capital (${quote})`, figure(toNumber(account.startingBalance), 2)),
    row(`Final equity (${quote})`, figure(toNumber(equity), 2)),
    row(`Fees (${quote})`, figure(toNumber(fees), 2)),
    ...(margin ? [row(`Funding (${quote})`, signedFigure(carryOf(account, 'funding'), 2))] : []),
    ...(margin?.setup.dailyInterest ? [row(`Interest (${quote})`, signedFigure(carryOf(account, 'interest'), 2))] : []),
    row('Return (%)', percent(totalReturn, signedFigure)),
    row('Return per year (%)', percent(cagr, signedFigure), cagr === undefined ? noYear(to - from) : ''),
    row('Deepest drawdown (%)', percent(drawdown.fraction, figure), ...drawdownNotes(statistics)),
    row('Longest below a peak', drawdowns.longestMs === undefined ? MISSING : durationText(drawdowns.longestMs)),
    row('Ulcer index (%)', percent(ulcerIndex.value, figure), `n ${figure(ulcerIndex.n, 0)} days`),
    row('Time in position (%)', percent(exposure, figure)),
  ];
}

/** Received less paid. */
function carryOf({ runs }: Account, kind: 'funding' | 'interest'): number {
  return runs.reduce((sum, { book }) => sum - toNumber(book.ledger[kind]()), 0);
}

function trades({ account: { runs }, statistics, analysis }: BacktestResult): readonly string[] {
  const counts = new Map<ExitReason, number>();
  for (const { run, k } of analysis.trades) {
    const reason = run.book.trades.exitReason(k);
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const byReason = EXIT_REASONS.filter((reason) => counts.has(reason)).map((reason) => {
    return `${figure(counts.get(reason)!, 0)} by ${reason}`;
  });
  const open = runs.filter(({ book }) => book.trades.isOpen);
  return [
    '',
    'Trades',
    row('Closed', figure(statistics.trades, 0), byReason.join(', ')),
    row('Open at the end', figure(open.length, 0), ...open.flatMap((run) => openLines(run, runs.length > 1))),
  ];
}

function openLines(run: SymbolRun, isNamed: boolean): readonly string[] {
  const { book, grid, candles, owner } = run;
  const { base, quote } = grid.instrument;
  const mark = markOf(run);
  const quantity = `${Math.abs(grid.quantityNumber(book.position))} ${base}`;
  const since = utcText(candles.openTimeAt(book.entryIndex));
  const pnl = signedFigure(toNumber(book.unrealized(mark)), 2);
  const held = `${isNamed ? `${owner.symbol} ` : ''}${book.direction} ${quantity} since ${since},`;
  return [held, `at the last close ${grid.priceNumber(mark)}: ${pnl} ${quote}`];
}

function drawdownNotes({ drawdown }: Statistics): readonly string[] {
  if (drawdown.fraction === 0) return [];
  const end = `${drawdown.isRecovered ? 'back' : 'not back'} at the peak after ${durationText(drawdown.durationMs)}`;
  return [`${utcText(drawdown.peakTime)} to ${utcText(drawdown.troughTime)},`, end];
}

function noYear(durationMs: number): string {
  return durationMs < LEAST_DAYS * DAY_MS ? underDays() : 'nothing is left';
}

function gapLines({ text: { gaps }, run }: SymbolResult, _: number, all: readonly SymbolResult[]): readonly string[] {
  const of = all.length > 1 ? ` of ${run.owner.symbol}` : '';
  const lines = gaps.slice(0, MOST_GAPS).map(({ afterOpenTime, missing }) => {
    return `${figure(missing, 0)} after the candle${of} of ${utcText(afterOpenTime)}`;
  });
  const more = gaps.length - lines.length;
  return more > 0 ? [...lines, `and ${figure(more, 0)} more gaps${of}, all in --json`] : lines;
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
