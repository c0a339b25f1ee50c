import { type Phase, phaseAt, type SessionCalendar } from '../sessions/calendar.ts';
import { openTimeIn } from '../sessions/session-candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '../time.ts';
import { CandleTextError } from './candle-text-error.ts';

const DAY_MS = TIMEFRAME_MS['1d'];
const HOUR_MS = TIMEFRAME_MS['1h'];
/** From midnight to the open of a session, where days of stocks are dated by the exchange's own midnight. */
const MIDNIGHT_TO_OPEN_MS = 9.5 * HOUR_MS;
/** The line on which the first row stands. */
const FIRST_LINE = 2;

/** How many rows lie outside of the sessions, by when that is. */
export type RowsOutside = Readonly<Record<Exclude<Phase, 'regular'>, number>>;

export const NONE_OUTSIDE: RowsOutside = { 'pre-market': 0, 'post-market': 0, closed: 0 };

/** The rows that are candles of a market, as indices, and how many others there are. */
export interface RowsInSessions {
  readonly kept: Uint32Array;
  readonly outside: RowsOutside;
}

/**
 * Which rows lie in the sessions of a market; those of before and after hours are none of its candles. Days that are
 * dated by a midnight are given the open time of their session.
 * @param openTimes Ascending; written to where a day was dated by a midnight.
 * @throws CandleTextError for a day without a session, and when no row lies in one.
 */
export function rowsInSessions(
  openTimes: Float64Array,
  timeframe: Timeframe,
  calendar: SessionCalendar,
): RowsInSessions {
  if (timeframe === '1d') dateBySession(openTimes, calendar);
  const kept = new Uint32Array(openTimes.length);
  const outside = { ...NONE_OUTSIDE };
  let count = 0;
  for (let i = 0; i < openTimes.length; i++) {
    const phase = phaseAt(calendar, openTimes[i] as EpochMs);
    if (phase === 'regular') kept[count++] = i;
    else outside[phase] += 1;
  }
  if (count === 0) {
    const problem = `candles must lie in the sessions of ${calendar.name}: none of the ${openTimes.length} does`;
    throw new CandleTextError(FIRST_LINE, problem, 'give times in UTC milliseconds, or another calendar');
  }
  return { kept: kept.subarray(0, count), outside };
}

/** Moves the kept values to the front. */
export function keepRows(values: Float64Array, kept: Uint32Array): void {
  for (let k = 0; k < kept.length; k++) values[k] = values[kept[k]];
}

/** How many candles of a market there are from one moment until another at which one opens. */
export function candlesBetween(from: number, until: number, timeframe: Timeframe, calendar: SessionCalendar): number {
  let count = 0;
  for (let at = from; at < until; ) {
    const { open, close } = calendar.sessionAt(at as EpochMs);
    const end = Math.min(close, until);
    count += Math.max(0, Math.ceil((end - Math.max(at, open)) / TIMEFRAME_MS[timeframe]));
    at = close;
  }
  return count;
}

/** Whether a candle may open at a time. */
export function isOnGrid(at: number, timeframe: Timeframe, calendar: SessionCalendar): boolean {
  return openTimeIn(calendar, at as EpochMs, timeframe) === at;
}

function dateBySession(openTimes: Float64Array, calendar: SessionCalendar): void {
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < openTimes.length; i++) {
    const { open } = calendar.sessionAt(openTimes[i] as EpochMs);
    const early = open - openTimes[i];
    const isDate = early === 0 || early === MIDNIGHT_TO_OPEN_MS || (openTimes[i] % DAY_MS === 0 && early < DAY_MS);
    if (!isDate || open === before) {
      const rule = `a 1d candle of ${calendar.name} must open with its session, or at midnight of its date`;
      const problem = `${rule}: it opens at ${Temporal.Instant.fromEpochMilliseconds(openTimes[i]).toString()}`;
      throw new CandleTextError(i + FIRST_LINE, problem, 'correct or remove the row');
    }
    openTimes[i] = open;
    before = open;
  }
}
