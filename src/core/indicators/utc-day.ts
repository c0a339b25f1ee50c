import { candleCloseTime, type EpochMs } from '../time.ts';

/** The first moment after the session that holds `at`, for indicators that begin anew with each session. */
export type SessionEnd = (at: EpochMs) => EpochMs;

/** The session of a market that never closes: the UTC day. */
export function utcDayEnd(at: EpochMs): EpochMs {
  return candleCloseTime(at, '1d');
}
