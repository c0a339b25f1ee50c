import { figure, MISSING, signedFigure } from '#core/figures.ts';
import type { BreakdownRow } from '#core/statistics/breakdown.ts';
import { compounded, type MonthlyReturn } from '#core/statistics/monthly-returns.ts';
import { LEAST_TRADES } from '#core/statistics/statistics.ts';
import { type BacktestResult, quoteOf } from './backtest-result.ts';
import { percent } from './report-rows.ts';
import { utcText } from './time-text.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const MONTH_WIDTH = 7;
const YEAR_WIDTH = 9;

/** A line for each year; which months are parts of one stands below. */
export function monthTable(months: readonly MonthlyReturn[]): readonly string[] {
  if (months.length === 0) return [];
  const years = [...new Set(months.map(({ year }) => year))];
  const cell = (value: number | undefined) => percent(value, signedFigure);
  const lines = years.map((year) => {
    const ofYear = months.filter((row) => row.year === year);
    const cells = MONTHS.map((_, k) => {
      const row = ofYear.find(({ month }) => month === k + 1);
      return (row ? cell(row.value) : '').padStart(MONTH_WIDTH);
    });
    const total = cell(compounded(ofYear.map(({ value }) => value)));
    return `  ${year}${cells.join('')}${total.padStart(YEAR_WIDTH)}`;
  });
  const names = MONTHS.map((name) => name.padStart(MONTH_WIDTH)).join('');
  const parts = months
    .filter(({ isPartial }) => isPartial)
    .map(({ year, month, from, to }) => {
      return `  Part of a month: ${MONTHS[month - 1]} ${year}, ${utcText(from)} to ${utcText(to)}`;
    });
  return ['', 'Return by month (%, UTC)', `      ${names}${'Year'.padStart(YEAR_WIDTH)}`, ...lines, ...parts];
}

/** Closed trades by what they have in common; too few of them would say nothing. */
export function breakdownTable(result: BacktestResult): readonly string[] {
  const { analysis, statistics } = result;
  if (statistics.trades < LEAST_TRADES) return [];
  const { hour, weekday, symbol, side, exitReason } = analysis.breakdowns;
  const pnl = `P&L (${quoteOf(result)})`;
  const named = <Group>(rows: readonly BreakdownRow<Group>[], name: (group: Group) => string) =>
    rows.map((row) => breakdownLine(name(row.group), row));
  return [
    '',
    `Closed trades by ${symbol.length > 1 ? 'symbol, ' : ''}side, exit, and UTC weekday and hour of entry`,
    columns('', 'n', 'won', 'win rate (%)', pnl, 'mean R'),
    ...(symbol.length > 1 ? [...named(symbol, (name) => name), ''] : []),
    ...named(side, (name) => name),
    '',
    ...named(exitReason, (name) => `by ${name}`),
    '',
    ...named(weekday, (day) => WEEKDAYS[day - 1]!),
    '',
    ...named(hour, (at) => `${String(at).padStart(2, '0')}:00`),
  ];
}

function breakdownLine(name: string, { n, won, winRate, pnl, averageR }: BreakdownRow<unknown>): string {
  const r = averageR.value === undefined ? MISSING : signedFigure(averageR.value, 2);
  return columns(name, figure(n, 0), figure(won, 0), percent(winRate, figure, 1), signedFigure(pnl, 2), r);
}

function columns(name: string, n: string, won: string, winRate: string, pnl: string, r: string): string {
  return `  ${name.padEnd(16)}${n.padStart(8)}${won.padStart(8)}${winRate.padStart(14)}${pnl.padStart(18)}${r.padStart(10)}`;
}
