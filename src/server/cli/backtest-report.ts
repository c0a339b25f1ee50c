import type { Gap } from '#core/candle-text/candle-gaps.ts';
import { figure, MISSING, signedFigure } from '#core/figures.ts';
import { toNumber } from '#core/money.ts';
import { LEAST_DAYS, LEAST_TRADES, type Rate, type Statistics } from '#core/statistics/statistics.ts';
import { EXIT_REASONS } from '#core/trades.ts';
import type { BacktestResult } from './backtest-result.ts';
import { durationText, utcText } from './time-text.ts';

const DAY_MS = 86_400_000;
const MOST_GAPS = 50;
const LABEL_WIDTH = 24;
const VALUE_WIDTH = 16;

/** A backtest for people: what happened, then what it says about the bot, then what to know before trusting it. */
export function backtestReport(result: BacktestResult): string {
  return [
    ...heading(result),
    ...outcome(result),
    ...trades(result),
    ...rates(result),
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

function outcome({ account, run, statistics, from, to }: BacktestResult): readonly string[] {
  const { quote } = run.grid.instrument;
  const { totalReturn, cagr, drawdown, exposure } = statistics;
  const { equity, fees } = account.figures();
  return [
    '',
    'Result',
    row(`Capital (${quote})`, figure(toNumber(account.startingBalance), 2)),
    row(`Final equity (${quote})`, figure(toNumber(equity), 2)),
    row(`Fees (${quote})`, figure(toNumber(fees), 2)),
    row('Return (%)', percent(totalReturn, signedFigure)),
    row('Return per year (%)', percent(cagr, signedFigure), cagr === undefined ? noYear(to - from) : ''),
    row('Deepest drawdown (%)', percent(drawdown.fraction, figure), drawdownNote(statistics)),
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
  const note = `${book.direction} ${quantity} since ${since}, at the last close ${grid.priceNumber(mark)}: ${pnl} ${quote}`;
  return [...lines, row('Open at the end', '1', note)];
}

function rates({ statistics, from, to }: BacktestResult): readonly string[] {
  const { winRate, profitFactor, expectancyR, sharpe, sortino } = statistics;
  const annual = (rate: Rate, otherwise: string) => {
    const why =
      to - from < LEAST_DAYS * DAY_MS
        ? underDays()
        : statistics.trades < LEAST_TRADES
          ? `under ${LEAST_TRADES} trades`
          : otherwise;
    return rateRow(rate, 2, 'days', why);
  };
  const ofTrades = (rate: Rate, decimals: number, unit: string, otherwise: string) =>
    rateRow(rate, decimals, unit, rate.n < LEAST_TRADES ? `under ${LEAST_TRADES}` : otherwise);
  const inPercent = { ...winRate, value: winRate.value === undefined ? undefined : winRate.value * 100 };
  return [
    '',
    'Rates',
    row('Win rate (%)', ...ofTrades(inPercent, 1, 'trades', '')),
    row('Profit factor', ...ofTrades(profitFactor, 2, 'trades', 'none lost')),
    row('Expectancy (R)', ...ofTrades(expectancyR, 2, 'trades with a stop', '')),
    row('Sharpe ratio, per year', ...annual(sharpe, 'all days alike')),
    row('Sortino ratio, per year', ...annual(sortino, 'no losing day')),
  ];
}

/** The value with the size of its sample, or why there is no value. */
function rateRow({ value, n }: Rate, decimals: number, unit: string, why: string): readonly [string, string] {
  const sample = `n ${figure(n, 0)} ${unit}`;
  return value === undefined ? [MISSING, `${sample}, ${why}`] : [figure(value, decimals), sample];
}

function drawdownNote({ drawdown }: Statistics): string {
  if (drawdown.fraction === 0) return '';
  const end = `${drawdown.isRecovered ? 'back' : 'not back'} at the peak after ${durationText(drawdown.durationMs)}`;
  return `${utcText(drawdown.peakTime)} to ${utcText(drawdown.troughTime)}, ${end}`;
}

function percent(fraction: number | undefined, format: (value: number, decimals: number) => string): string {
  return fraction === undefined ? MISSING : format(fraction * 100, 2);
}

function noYear(durationMs: number): string {
  return durationMs < LEAST_DAYS * DAY_MS ? underDays() : 'nothing is left';
}

function underDays(): string {
  return `under ${LEAST_DAYS} days`;
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

function row(label: string, value: string, note = ''): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value.padStart(VALUE_WIDTH)}${note && `   ${note}`}`;
}
