import type { Gap } from '#core/candle-text/candle-gaps.ts';
import { figure, MISSING, signedFigure } from '#core/figures.ts';
import { type Money, toNumber } from '#core/money.ts';
import { LEAST_DAYS, type Statistics } from '#core/statistics/statistics.ts';
import { EXIT_REASONS } from '#core/trades.ts';
import type { BacktestResult } from './backtest-result.ts';
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
    ...list('Warnings', result.warnings),
    ...list('Missing candles', gapLines(result.market.gaps)),
    '',
  ].join('\n');
}

function heading({ bot, run, from, to }: BacktestResult): readonly string[] {
  const { symbol, timeframe } = run.owner;
  return [
    `${bot.name} on ${symbol}, ${timeframe}`,
    `${utcText(from)} to ${utcText(to)} UTC, ${figure(run.candles.length, 0)} candles`,
  ];
}

function outcome({ account, run, statistics, analysis, margin, from, to }: BacktestResult): readonly string[] {
  const { quote } = run.grid.instrument;
  const { totalReturn, cagr, drawdown, exposure } = statistics;
  const { ulcerIndex, drawdowns } = analysis;
  const { equity, fees } = account.figures();
  return [
    '',
    'Result',
    row(`Capital (${quote})`, figure(toNumber(account.startingBalance), 2)),
    row(`Final equity (${quote})`, figure(toNumber(equity), 2)),
    row(`Fees (${quote})`, figure(toNumber(fees), 2)),
    ...(margin ? [row(`Funding (${quote})`, signedFigure(toNumber(-run.book.ledger.funding() as Money), 2))] : []),
    row('Return (%)', percent(totalReturn, signedFigure)),
    row('Return per year (%)', percent(cagr, signedFigure), cagr === undefined ? noYear(to - from) : ''),
    row('Deepest drawdown (%)', percent(drawdown.fraction, figure), ...drawdownNotes(statistics)),
    row('Longest below a peak', drawdowns.longestMs === undefined ? MISSING : durationText(drawdowns.longestMs)),
    row('Ulcer index (%)', percent(ulcerIndex.value, figure), `n ${figure(ulcerIndex.n, 0)} days`),
    row('Time in position (%)', percent(exposure, figure)),
  ];
}

function trades({ account, run, mark }: BacktestResult): readonly string[] {
  const { book, grid, candles } = run;
  const log = book.trades;
  const counts = EXIT_REASONS.map((reason) => {
    let count = 0;
    for (let k = 0; k < log.closed; k++) if (log.exitReason(k) === reason) count++;
    return { reason, count };
  });
  const byReason = counts
    .filter(({ count }) => count > 0)
    .map(({ reason, count }) => `${figure(count, 0)} by ${reason}`);
  const lines = ['', 'Trades', row('Closed', figure(log.closed, 0), byReason.join(', '))];
  if (!log.isOpen) return [...lines, row('Open at the end', '0')];
  const { base, quote } = grid.instrument;
  const quantity = `${Math.abs(grid.quantityNumber(book.position))} ${base}`;
  const since = utcText(candles.openTimeAt(book.entryIndex));
  const pnl = signedFigure(toNumber(account.figures().unrealized), 2);
  const held = `${book.direction} ${quantity} since ${since},`;
  return [...lines, row('Open at the end', '1', held, `at the last close ${grid.priceNumber(mark)}: ${pnl} ${quote}`)];
}

function drawdownNotes({ drawdown }: Statistics): readonly string[] {
  if (drawdown.fraction === 0) return [];
  const end = `${drawdown.isRecovered ? 'back' : 'not back'} at the peak after ${durationText(drawdown.durationMs)}`;
  return [`${utcText(drawdown.peakTime)} to ${utcText(drawdown.troughTime)},`, end];
}

function noYear(durationMs: number): string {
  return durationMs < LEAST_DAYS * DAY_MS ? underDays() : 'nothing is left';
}

function gapLines(gaps: readonly Gap[]): readonly string[] {
  const lines = gaps.slice(0, MOST_GAPS).map(({ afterOpenTime, missing }) => {
    return `${figure(missing, 0)} after the candle of ${utcText(afterOpenTime)}`;
  });
  const more = gaps.length - lines.length;
  return more > 0 ? [...lines, `and ${figure(more, 0)} more gaps, all in --json`] : lines;
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
