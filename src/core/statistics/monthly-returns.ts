import type { EpochMs } from '../time.ts';
import type { EquityReading } from './equity-curve.ts';

/** What equity did in one UTC month, or in the part of it that the curve covers. */
export interface MonthlyReturn {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  /** The part that is covered: the whole month but for the curve's first and last. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly isPartial: boolean;
  /** Equity at the end / equity at the end of the month before - 1; undefined when nothing was left then. */
  readonly value: number | undefined;
}

/**
 * The return of each UTC month that has a candle, oldest first. A close at midnight belongs to the month that ends there.
 */
export function monthlyReturns({ dayEnds, dayEquities }: EquityReading): readonly MonthlyReturn[] {
  const rows: MonthlyReturn[] = [];
  const startTime = dayEnds[0];
  const endTime = dayEnds[dayEnds.length - 1];
  let before = dayEquities[0];
  for (let day = 1; day < dayEnds.length; ) {
    const { year, month, opens, ends } = monthBefore(dayEnds[day]);
    while (day < dayEnds.length && dayEnds[day] <= ends) day++;
    const equity = dayEquities[day - 1];
    const from = Math.max(opens, startTime) as EpochMs;
    const to = Math.min(ends, endTime) as EpochMs;
    const isPartial = from > opens || to < ends;
    rows.push({ year, month, from, to, isPartial, value: before > 0 ? equity / before - 1 : undefined });
    before = equity;
  }
  return rows;
}

/** The month that holds the last millisecond before `at`, as the half-open [opens, ends). */
function monthBefore(at: EpochMs) {
  const { year, month } = Temporal.Instant.fromEpochMilliseconds(at - 1).toZonedDateTimeISO('UTC');
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  return { year, month, opens: midnight(first), ends: midnight(first.add({ months: 1 })) };
}

function midnight(date: Temporal.PlainDate): number {
  return date.toZonedDateTime('UTC').epochMilliseconds;
}

/** Returns one after the other as one, a year of its months; undefined when one is. */
export function compounded(returns: readonly (number | undefined)[]): number | undefined {
  let growth = 1;
  for (const value of returns) {
    if (value === undefined) return undefined;
    growth *= 1 + value;
  }
  return growth - 1;
}
