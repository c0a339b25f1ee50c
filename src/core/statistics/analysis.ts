import type { ExitReason } from '../trades.ts';
import { EXIT_REASONS } from '../trades.ts';
import { type BootstrapOptions, bootstrapIntervals, type Interval } from './bootstrap.ts';
import { type BreakdownRow, breakdown, HOURS, hourOf, WEEKDAYS, weekdayOf } from './breakdown.ts';
import { type Distribution, distribution, meanOf, systemQuality } from './distribution.ts';
import { type Drawdowns, drawdownsOf } from './drawdowns.ts';
import { type EquityReading, readEquity } from './equity-curve.ts';
import type { Excursion, Excursions } from './excursions.ts';
import { type MonthlyReturn, monthlyReturns } from './monthly-returns.ts';
import { calmarRatio, martinRatio, sharpeRatio, ulcerIndex } from './ratios.ts';
import { LEAST_TRADES, type Rate, type Statistics, type StatisticsInput } from './statistics.ts';
import { profitFactorOf, winRateOf } from './trade-rates.ts';

export const SIDES = ['long', 'short'] as const;
export type TradeSide = (typeof SIDES)[number];

export interface AnalysisInput extends StatisticsInput {
  /** What the same input said already. */
  readonly statistics: Statistics;
  /** Of the closed trades, in their order; more rows may follow. */
  readonly excursions: Excursions;
  readonly symbols: readonly string[];
  /** What closed trade `k` was. */
  readonly symbolOf: (k: number) => string;
  readonly sideOf: (k: number) => TradeSide;
  readonly exitReasonOf: (k: number) => ExitReason;
  readonly bootstrap: BootstrapOptions;
}

/** Means over the trades that won, or over the rest; each undefined under 10 trades. */
export interface ExcursionMeans {
  /** As fractions of the entry price. */
  readonly mae: Rate;
  readonly mfe: Rate;
  /** As multiples of the distance to the first stop; n trades that had one. */
  readonly maeR: Rate;
  readonly mfeR: Rate;
}

/** Between which values each rate lies; undefined where the rate is, and where a few values carry it alone. */
export interface Intervals {
  readonly winRate: Interval | undefined;
  readonly profitFactor: Interval | undefined;
  readonly expectancy: Interval | undefined;
  readonly expectancyR: Interval | undefined;
  readonly sharpe: Interval | undefined;
}

export interface Breakdowns {
  /** UTC hour and weekday (1 is Monday) in which the candle of the entry opened. */
  readonly hour: readonly BreakdownRow<number>[];
  readonly weekday: readonly BreakdownRow<number>[];
  readonly symbol: readonly BreakdownRow<string>[];
  readonly side: readonly BreakdownRow<TradeSide>[];
  readonly exitReason: readonly BreakdownRow<ExitReason>[];
}

/** What takes longer to work out than `Statistics` and is asked for by whoever shows it. */
export interface Analysis {
  /** Mean profit or loss of a trade after fees, in the account's currency; n closed trades, undefined under 10. */
  readonly expectancy: Rate;
  /** Of the trades that had a stop: all but n undefined under 10 of them. */
  readonly r: Distribution;
  /** System quality number of the R multiples; undefined under 10 of them and when all are equal. */
  readonly sqn: Rate;
  /** n daily returns. Undefined under 14 days, under 10 trades, and without a drawdown. */
  readonly calmar: Rate;
  /** Of the equity at the end of each UTC day, n of them. It tells what happened, like the drawdown. */
  readonly ulcerIndex: Rate;
  /** n daily returns. Undefined under 14 days, under 10 trades, and without a drawdown at the end of a day. */
  readonly martin: Rate;
  readonly drawdowns: Drawdowns;
  readonly months: readonly MonthlyReturn[];
  readonly breakdowns: Breakdowns;
  readonly excursions: { readonly won: ExcursionMeans; readonly lost: ExcursionMeans };
  readonly intervals: Intervals;
}

/** Every figure says where it comes from in the file that works it out. It takes a multiple of the time of `statistics`. */
export function analysis(input: AnalysisInput): Analysis {
  const { trades, statistics, excursions } = input;
  const reading = readEquity(input.curve);
  const pnl = trades.pnl.subarray(0, trades.length);
  const r = trades.r.subarray(0, trades.length).filter((value) => !Number.isNaN(value));
  const rDistribution = distribution(r.length >= LEAST_TRADES ? r : []);
  return {
    expectancy: { value: pnl.length >= LEAST_TRADES ? meanOf(pnl) : undefined, n: pnl.length },
    r: { ...rDistribution, n: r.length },
    sqn: { value: systemQuality(rDistribution), n: r.length },
    ...painRatios(reading, statistics),
    drawdowns: drawdownsOf(input.curve),
    months: monthlyReturns(reading),
    breakdowns: breakdownsOf(input),
    excursions: {
      won: excursionMeans(excursions, (k) => pnl[k] > 0, pnl.length),
      lost: excursionMeans(excursions, (k) => !(pnl[k] > 0), pnl.length),
    },
    intervals: intervalsOf(input, pnl, r, reading),
  };
}

function painRatios(
  { dayEquities, dailyReturns }: EquityReading,
  { cagr, trades, drawdown }: Statistics,
): Pick<Analysis, 'calmar' | 'ulcerIndex' | 'martin'> {
  const n = dailyReturns.length;
  const ulcer = ulcerIndex(dayEquities);
  const annual = trades >= LEAST_TRADES ? cagr : undefined;
  return {
    calmar: { value: annual === undefined ? undefined : calmarRatio(annual, drawdown.fraction), n },
    ulcerIndex: { value: ulcer, n },
    martin: { value: annual === undefined || ulcer === undefined ? undefined : martinRatio(annual, ulcer), n },
  };
}

function breakdownsOf({ trades, symbols, symbolOf, sideOf, exitReasonOf }: AnalysisInput): Breakdowns {
  const { entryTime } = trades;
  return {
    hour: breakdown(trades, HOURS, (k) => hourOf(entryTime[k])),
    weekday: breakdown(trades, WEEKDAYS, (k) => weekdayOf(entryTime[k])),
    symbol: breakdown(trades, symbols, symbolOf),
    side: breakdown<TradeSide>(trades, SIDES, sideOf),
    exitReason: breakdown<ExitReason>(trades, EXIT_REASONS, exitReasonOf),
  };
}

function excursionMeans({ mae, mfe }: Excursions, isOne: (k: number) => boolean, length: number): ExcursionMeans {
  const mean = (column: Excursion['r']): Rate => {
    const values = column.subarray(0, length).filter((value, k) => isOne(k) && !Number.isNaN(value));
    return { value: values.length >= LEAST_TRADES ? meanOf(values) : undefined, n: values.length };
  };
  return { mae: mean(mae.fraction), mfe: mean(mfe.fraction), maeR: mean(mae.r), mfeR: mean(mfe.r) };
}

function intervalsOf(
  { statistics, daysPerYear, bootstrap }: AnalysisInput,
  pnl: Float64Array,
  r: Float64Array,
  { dailyReturns }: EquityReading,
): Intervals {
  const isEnough = pnl.length >= LEAST_TRADES;
  const hasSharpe = statistics.sharpe.value !== undefined;
  const [winRate, expectancy, profitFactor] = isEnough
    ? bootstrapIntervals(pnl, [winRateOf, meanOf, profitFactorOf], bootstrap)
    : [];
  const [expectancyR] = r.length >= LEAST_TRADES ? bootstrapIntervals(r, [meanOf], bootstrap) : [];
  const sharpeOf = (returns: Float64Array) => sharpeRatio(returns, daysPerYear);
  const [sharpe] = hasSharpe ? bootstrapIntervals(Float64Array.from(dailyReturns), [sharpeOf], bootstrap) : [];
  return { winRate, expectancy, profitFactor, expectancyR, sharpe };
}
