import type { SessionCalendar } from '../sessions/calendar.ts';
import type { EpochMs } from '../time.ts';

/** The first moment after the session that holds `at`, for indicators that begin anew with each session. */
export type SessionEnd = (at: EpochMs) => EpochMs;

/** Where the sessions of a market end: with the UTC day in one that never closes. */
export function sessionEndOf(calendar: SessionCalendar): SessionEnd {
  return (at) => calendar.sessionAt(at).close;
}
