import { candleCloseTime, candleOpenTime, type EpochMs, TIMEFRAME_MS, type Timeframe } from '../time.ts';
import { ALWAYS } from './always.ts';
import { type SessionCalendar, sessionBefore } from './calendar.ts';
import { weekdayFrom } from './calendar-days.ts';

const WEEK_DAYS = 7;

/**
 * When candles of a market with sessions open and close. They are counted from the session's open, and the last one
 * ends with the session: of a day from 09:30 to 16:00 the fourth hour opens at 12:30, and the seventh lasts half an
 * hour. A day's candle is the session, a week's all sessions from Monday on.
 */

/** Open time of the candle that holds `at`; of the session's first one for a time before it. */
export function openTimeIn(calendar: SessionCalendar, at: EpochMs, timeframe: Timeframe): EpochMs {
  if (calendar === ALWAYS) return candleOpenTime(at, timeframe);
  const session = calendar.sessionAt(at);
  if (timeframe === '1w') return calendar.sessionFrom(mondayOf(session.day)).open;
  const duration = TIMEFRAME_MS[timeframe];
  const into = Math.max(0, at - session.open);
  return (session.open + into - (into % duration)) as EpochMs;
}

/** First moment after the candle that holds `at`. */
export function closeTimeIn(calendar: SessionCalendar, at: EpochMs, timeframe: Timeframe): EpochMs {
  if (calendar === ALWAYS) return candleCloseTime(at, timeframe);
  const session = calendar.sessionAt(at);
  if (timeframe === '1w') return lastCloseBefore(calendar, mondayOf(session.day) + WEEK_DAYS);
  const end = openTimeIn(calendar, at, timeframe) + TIMEFRAME_MS[timeframe];
  return Math.min(end, session.close) as EpochMs;
}

/** Open time of the candle that lies `count` candles before the one that holds `at`, or of an earlier one. */
export function openTimeBefore(calendar: SessionCalendar, at: EpochMs, timeframe: Timeframe, count: number): EpochMs {
  const duration = TIMEFRAME_MS[timeframe];
  const open = openTimeIn(calendar, at, timeframe);
  if (calendar === ALWAYS) return (open - count * duration) as EpochMs;
  let session = calendar.sessionAt(open);
  if (timeframe === '1w') return calendar.sessionFrom(mondayOf(session.day) - count * WEEK_DAYS).open;
  for (let left = count - Math.round((open - session.open) / duration); left > 0; ) {
    session = sessionBefore(calendar, session);
    left -= Math.ceil((session.close - session.open) / duration);
  }
  return session.open;
}

/** How many candles open in [from, to). */
export function candlesBetween(calendar: SessionCalendar, from: EpochMs, to: EpochMs, timeframe: Timeframe): number {
  const duration = TIMEFRAME_MS[timeframe];
  if (calendar === ALWAYS) return Math.round((to - from) / duration);
  let count = 0;
  for (let open = openTimeIn(calendar, from, timeframe); open < to; ) {
    if (open >= from) count += 1;
    open = openTimeIn(calendar, closeTimeIn(calendar, open, timeframe), timeframe);
  }
  return count;
}

function mondayOf(day: number): number {
  return weekdayFrom(day - (WEEK_DAYS - 1), 'mon');
}

/** The close of the last session before a day; a week without any has none before it. */
function lastCloseBefore(calendar: SessionCalendar, end: number): EpochMs {
  let day = end - 1;
  while (calendar.sessionFrom(day).day >= end) day -= 1;
  return calendar.sessionFrom(day).close;
}
