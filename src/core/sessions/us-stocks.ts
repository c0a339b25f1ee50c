import type { EpochMs } from '../time.ts';
import type { Session, SessionCalendar } from './calendar.ts';
import { weekdayOf } from './calendar-days.ts';
import { closedDays, earlyCloses } from './us-holidays.ts';
import { zoneTime } from './zone.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const ZONE = 'America/New_York';
/** At a UTC time at least this much earlier, New York has the same date or the one before. */
const BEHIND_MS = 5 * 60 * MINUTE_MS;

/** Minutes after midnight in New York. */
const PRE_MARKET_OPEN = 4 * 60;
const OPEN = 9 * 60 + 30;
const CLOSE = 16 * 60;
/** Trading goes on for four hours after the close, an early one too. */
const POST_MARKET = 4 * 60;

interface Year {
  readonly closed: ReadonlySet<number>;
  readonly early: ReadonlyMap<number, number>;
}

/** Shares in the United States: the sessions of the New York Stock Exchange, which Nasdaq shares. */
class UsStocks implements SessionCalendar {
  readonly name = 'us-stocks';
  readonly daysPerYear = 252;
  private readonly years = new Map<number, Year>();
  /** What is known of each day that was asked for; undefined where there is no session. */
  private readonly days = new Map<number, Session | undefined>();
  /** The session that was asked for last is the answer from `lastFrom` on, the close of the one before it. */
  private last: Session | undefined;
  private lastFrom = 0;

  sessionAt(at: EpochMs): Session {
    const { last } = this;
    return last !== undefined && at >= this.lastFrom && at < last.close ? last : this.find(at);
  }

  sessionFrom(day: number): Session {
    for (let later = day; ; later++) {
      const session = this.on(later);
      if (session !== undefined) return session;
    }
  }

  private find(at: EpochMs): Session {
    let session = this.sessionFrom(Math.floor((at - BEHIND_MS) / DAY_MS));
    while (session.close <= at) session = this.sessionFrom(session.day + 1);
    let before = session.day - 1;
    while (this.on(before) === undefined) before -= 1;
    this.last = session;
    this.lastFrom = this.on(before)!.close;
    return session;
  }

  private on(day: number): Session | undefined {
    if (this.days.has(day)) return this.days.get(day);
    const session = this.make(day);
    this.days.set(day, session);
    return session;
  }

  private make(day: number): Session | undefined {
    const weekday = weekdayOf(day);
    if (weekday === 'sat' || weekday === 'sun') return undefined;
    const { closed, early } = this.year(day);
    if (closed.has(day)) return undefined;
    // Clocks change on a Sunday: through a session's day they go on evenly.
    const noon = zoneTime(ZONE, day, 12 * 60);
    const at = (minute: number) => (noon + (minute - 12 * 60) * MINUTE_MS) as EpochMs;
    const close = early.get(day) ?? CLOSE;
    return {
      day,
      open: at(OPEN),
      close: at(close),
      preMarketOpen: at(PRE_MARKET_OPEN),
      postMarketClose: at(close + POST_MARKET),
    };
  }

  private year(day: number): Year {
    const { year } = Temporal.Instant.fromEpochMilliseconds(day * DAY_MS).toZonedDateTimeISO('UTC');
    const known = this.years.get(year);
    if (known) return known;
    const made: Year = { closed: closedDays(year), early: earlyCloses(year) };
    this.years.set(year, made);
    return made;
  }
}

export const US_STOCKS: SessionCalendar = new UsStocks();
