import { figure, MISSING, signedFigure } from '#core/figures.ts';
import type { Interval } from '#core/statistics/bootstrap.ts';
import { LEAST_DAYS, LEAST_TRADES, type Rate } from '#core/statistics/statistics.ts';
import { BOOTSTRAP } from '#engine/account-analysis.ts';
import { type BacktestResult, quoteOf } from './backtest-result.ts';
import { row } from './report-rows.ts';

const DAY_MS = 86_400_000;

/** A rate as it is printed. */
interface Printed {
  readonly label: string;
  readonly rate: Rate;
  readonly interval?: Interval | undefined;
  readonly format?: (value: number, decimals: number) => string;
  readonly decimals?: number;
  /** What n counts. */
  readonly unit: string;
  /** Why there is no value, when there is none. */
  readonly why: string;
}

/** What the run says about its bot: each rate with its sample and between which values it lies. */
export function ratesReport(result: BacktestResult): readonly string[] {
  const { resamples, level } = BOOTSTRAP;
  return [
    '',
    `Rates (${figure(level * 100, 0)} % intervals from ${figure(resamples, 0)} samples)`,
    ...ratesOfTrades(result).map(rateRow),
    ...ratesPerYear(result).map(rateRow),
    '',
    'Excursions, mean (MAE against the trade, MFE with it, before fees)',
    ...excursionRates(result).map(rateRow),
  ];
}

function ratesOfTrades(result: BacktestResult): readonly Printed[] {
  const { statistics, analysis } = result;
  const { winRate, profitFactor, expectancyR } = statistics;
  const { expectancy, r, sqn, intervals } = analysis;
  const under = ({ n }: Rate, otherwise: string) => (n < LEAST_TRADES ? `under ${LEAST_TRADES}` : otherwise);
  const ofR = (label: string, rate: Rate, interval?: Interval): Printed => {
    return { label, rate, interval, unit: 'trades with a stop', why: under(rate, 'all alike') };
  };
  const inQuote = { label: `Expectancy (${quoteOf(result)})`, rate: expectancy, format: signedFigure };
  return [
    {
      label: 'Win rate (%)',
      rate: inPercent(winRate),
      interval: intervals.winRate && { low: intervals.winRate.low * 100, high: intervals.winRate.high * 100 },
      decimals: 1,
      unit: 'trades',
      why: under(winRate, ''),
    },
    {
      label: 'Profit factor',
      rate: profitFactor,
      interval: intervals.profitFactor,
      unit: 'trades',
      why: under(profitFactor, 'none lost'),
    },
    { ...inQuote, interval: intervals.expectancy, unit: 'trades', why: under(expectancy, '') },
    ofR('Expectancy (R)', expectancyR, intervals.expectancyR),
    ...(r.mean === undefined
      ? []
      : [
          ofR('Median R', { value: r.median, n: r.n }),
          ofR('Standard deviation of R', { value: r.deviation, n: r.n }),
          ofR('System quality (SQN)', sqn),
        ]),
  ];
}

function ratesPerYear({ statistics, analysis, from, to }: BacktestResult): readonly Printed[] {
  const { sharpe, sortino, trades, cagr } = statistics;
  const { calmar, martin, intervals } = analysis;
  const perYear = (label: string, rate: Rate, otherwise: string, interval?: Interval): Printed => {
    const isShort = to - from < LEAST_DAYS * DAY_MS;
    const why = isShort ? underDays() : trades < LEAST_TRADES ? `under ${LEAST_TRADES} trades` : otherwise;
    return { label, rate, interval, unit: 'days', why };
  };
  const noFall = cagr === undefined ? 'nothing is left' : 'no drawdown';
  return [
    perYear('Sharpe ratio, per year', sharpe, 'all days alike', intervals.sharpe),
    perYear('Sortino ratio, per year', sortino, 'no losing day'),
    perYear('Calmar ratio, per year', calmar, noFall),
    perYear('Martin ratio, per year', martin, noFall),
  ];
}

/** In R only where there are stops. */
function excursionRates({ analysis }: BacktestResult): readonly Printed[] {
  const { won, lost } = analysis.excursions;
  return [
    { name: 'won', means: won },
    { name: 'lost', means: lost },
  ].flatMap(({ name, means: { mae, mfe, maeR, mfeR } }) => {
    const unit = `trades ${name}`;
    const why = `under ${LEAST_TRADES}`;
    return [
      { label: `MAE of trades ${name} (%)`, rate: inPercent(mae), unit, why },
      ...(maeR.value === undefined ? [] : [{ label: `MAE of trades ${name} (R)`, rate: maeR, unit, why }]),
      { label: `MFE of trades ${name} (%)`, rate: inPercent(mfe), unit, why },
      ...(mfeR.value === undefined ? [] : [{ label: `MFE of trades ${name} (R)`, rate: mfeR, unit, why }]),
    ];
  });
}

function inPercent({ value, n }: Rate): Rate {
  return { value: value === undefined ? undefined : value * 100, n };
}

/** The value with the size of its sample and its interval, or why there is no value. */
function rateRow({ label, rate: { value, n }, interval, format = figure, decimals = 2, unit, why }: Printed): string {
  const sample = `n ${figure(n, 0)} ${unit}`;
  if (value === undefined) return row(label, MISSING, why === '' ? sample : `${sample}, ${why}`);
  const between = interval && `, ${format(interval.low, decimals)} to ${format(interval.high, decimals)}`;
  return row(label, format(value, decimals), `${sample}${between ?? ''}`);
}

export function underDays(): string {
  return `under ${LEAST_DAYS} days`;
}
