import { ALWAYS } from '../sessions/always.ts';
import type { SessionCalendar } from '../sessions/calendar.ts';
import { type Timeframe, timeframeOf } from '../time.ts';
import { commonDistance, findGaps, firstOffGrid, type Gap } from './candle-gaps.ts';
import { CandleTextError } from './candle-text-error.ts';

/** The line on which the first row stands: row i of a text stands on line i + 2. */
export const FIRST_LINE = 2;

/**
 * The timeframe of rows: the most common distance between their open times, which must be `asked` when it is given.
 * @throws CandleTextError when rows and `asked` disagree, or neither tells a timeframe.
 */
export function timeframeOfRows(openTimes: Float64Array, asked: Timeframe | undefined): Timeframe {
  const distance = commonDistance(openTimes, openTimes.length);
  if (distance === undefined) {
    if (asked) return asked;
    const problem = 'one candle does not tell its timeframe: there is no second row';
    throw new CandleTextError(FIRST_LINE, problem, 'name the timeframe');
  }
  const found = timeframeOf(distance);
  if (!found) {
    const problem = `the rows must be one timeframe apart: most are ${distance} ms apart`;
    throw new CandleTextError(FIRST_LINE + 1, problem, 'give candles of 1m to 1w with times in milliseconds');
  }
  if (asked && asked !== found) {
    const problem = `the candles must be ${asked} candles: they are ${found}`;
    throw new CandleTextError(FIRST_LINE + 1, problem, `name ${found} as the timeframe`);
  }
  return found;
}

/**
 * Where rows are missing.
 * @param lineOf The line on which a row stands.
 * @throws CandleTextError for a row off the timeframe's grid, and for gaps that are refused.
 */
export function gapsOfRows(
  openTimes: Float64Array,
  timeframe: Timeframe,
  calendar: SessionCalendar,
  gaps: 'allowed' | 'refused',
  lineOf: (row: number) => number,
): readonly Gap[] {
  const offGrid = firstOffGrid(openTimes, openTimes.length, timeframe, calendar);
  if (offGrid >= 0) {
    const boundary = calendar === ALWAYS ? 'in UTC' : "counted from the session's open";
    const rule = `a ${timeframe} candle must open on a ${timeframe} boundary ${boundary}`;
    const problem = `${rule}: it opens at ${utc(openTimes[offGrid])}`;
    throw new CandleTextError(lineOf(offGrid), problem, 'correct or remove the row');
  }
  const found = findGaps(openTimes, openTimes.length, timeframe, calendar);
  if (gaps === 'allowed' || found.length === 0) return found;
  const [{ afterOpenTime, missing }] = found;
  const where = `${count(missing, 'candle')} missing after ${utc(afterOpenTime)}, ${count(found.length, 'gap')} in all`;
  const line = lineOf(openTimes.indexOf(afterOpenTime) + 1);
  const problem = `no candle may be missing: ${where}`;
  throw new CandleTextError(line, problem, 'fill the gaps, or allow them (--allow-gaps)');
}

function utc(time: number): string {
  return Temporal.Instant.fromEpochMilliseconds(time).toString();
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
