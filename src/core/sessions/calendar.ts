import type { EpochMs } from '../time.ts';

/** What a market may say of when it trades. */
export type CalendarName = 'always' | 'us-stocks';

/** One stretch in which a market trades, [open, close) in UTC ms. */
export interface Session {
  /** The market's own date, as days since 1970-01-01. */
  readonly day: number;
  readonly open: EpochMs;
  readonly close: EpochMs;
  /** Trading before the session and after it begins and ends here; `open` and `close` themselves where there is none. */
  readonly preMarketOpen: EpochMs;
  readonly postMarketClose: EpochMs;
}

/** When a market trades. Sessions follow one another without overlap, at most one a day. */
export interface SessionCalendar {
  readonly name: CalendarName;
  /** How many sessions make a year, for what is annualised from daily returns. */
  readonly daysPerYear: 365 | 252;
  /** The session that holds `at`, or the next one. Cheap for times that rise. */
  sessionAt(at: EpochMs): Session;
  /** The first session on `day` or after it. @param day Days since 1970-01-01, by the market's own date. */
  sessionFrom(day: number): Session;
}

export type Phase = 'pre-market' | 'regular' | 'post-market' | 'closed';

/** Whether the market is in its session at `at`. */
export function isOpen(calendar: SessionCalendar, at: EpochMs): boolean {
  return calendar.sessionAt(at).open <= at;
}

export function phaseAt(calendar: SessionCalendar, at: EpochMs): Phase {
  const next = calendar.sessionAt(at);
  if (next.open <= at) return 'regular';
  if (next.preMarketOpen <= at) return 'pre-market';
  return at < sessionBefore(calendar, next).postMarketClose ? 'post-market' : 'closed';
}

/** The last session before another one. */
export function sessionBefore(calendar: SessionCalendar, session: Session): Session {
  let day = session.day - 1;
  while (calendar.sessionFrom(day).day >= session.day) day -= 1;
  return calendar.sessionFrom(day);
}
