import type { ExcursionMeans, Intervals } from '#core/statistics/analysis.ts';
import type { BreakdownRow } from '#core/statistics/breakdown.ts';
import type { Excursion } from '#core/statistics/excursions.ts';
import type { Rate } from '#core/statistics/statistics.ts';
import { type AccountAnalysis, BOOTSTRAP } from '#engine/account-analysis.ts';

export function rateJson({ value, n }: Rate) {
  return { value: value ?? null, n };
}

/** The part of a document's `metrics` that is worked out for whoever asks. */
export function analysisJson(analysis: AccountAnalysis) {
  const { expectancy, r, sqn, calmar, ulcerIndex, martin, drawdowns, months, breakdowns, excursions, intervals } =
    analysis;
  return {
    expectancy: rateJson(expectancy),
    r: {
      n: r.n,
      mean: r.mean ?? null,
      median: r.median ?? null,
      deviation: r.deviation ?? null,
      least: r.least ?? null,
      greatest: r.greatest ?? null,
    },
    sqn: rateJson(sqn),
    calmar: rateJson(calmar),
    ulcerIndex: rateJson(ulcerIndex),
    martin: rateJson(martin),
    drawdowns: {
      n: drawdowns.n,
      meanFraction: drawdowns.meanFraction ?? null,
      meanMs: drawdowns.meanMs ?? null,
      longestMs: drawdowns.longestMs ?? null,
    },
    intervals: intervalsJson(intervals),
    excursions: { won: excursionMeansJson(excursions.won), lost: excursionMeansJson(excursions.lost) },
    months: months.map(({ value, ...month }) => ({ ...month, value: value ?? null })),
    breakdowns: {
      hour: breakdowns.hour.map(breakdownJson),
      weekday: breakdowns.weekday.map(breakdownJson),
      symbol: breakdowns.symbol.map(breakdownJson),
      side: breakdowns.side.map(breakdownJson),
      exitReason: breakdowns.exitReason.map(breakdownJson),
    },
  };
}

function intervalsJson({ winRate, profitFactor, expectancy, expectancyR, sharpe }: Intervals) {
  return {
    method: 'bootstrap-percentile',
    ...BOOTSTRAP,
    winRate: winRate ?? null,
    profitFactor: profitFactor ?? null,
    expectancy: expectancy ?? null,
    expectancyR: expectancyR ?? null,
    sharpe: sharpe ?? null,
  };
}

function excursionMeansJson({ mae, mfe, maeR, mfeR }: ExcursionMeans) {
  return { mae: rateJson(mae), mfe: rateJson(mfe), maeR: rateJson(maeR), mfeR: rateJson(mfeR) };
}

function breakdownJson<Group>({ group, n, won, winRate, pnl, averageR }: BreakdownRow<Group>) {
  return { group, n, won, winRate: winRate ?? null, pnl, averageR: rateJson(averageR) };
}

/** One trade's excursion. */
/** Null for a trade that was entered or left in parts. */
export function excursionJson({ quote, fraction, r }: Excursion, k: number) {
  if (Number.isNaN(quote[k]!)) return null;
  return { quote: quote[k]!, fraction: fraction[k]!, r: Number.isNaN(r[k]!) ? null : r[k]! };
}
