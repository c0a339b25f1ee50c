import type { EpochMs } from '../time.ts';
import type { Session, SessionCalendar } from './calendar.ts';

const DAY_MS = 86_400_000;

/** A market that never closes: its session is the UTC day. */
class Always implements SessionCalendar {
  readonly name = 'always';
  readonly daysPerYear = 365;
  private last = sessionOf(0);

  sessionAt(at: EpochMs): Session {
    const { last } = this;
    return at >= last.open && at < last.close ? last : this.sessionFrom(Math.floor(at / DAY_MS));
  }

  sessionFrom(day: number): Session {
    this.last = sessionOf(day);
    return this.last;
  }
}

function sessionOf(day: number): Session {
  const open = (day * DAY_MS) as EpochMs;
  const close = (open + DAY_MS) as EpochMs;
  return { day, open, close, preMarketOpen: open, postMarketClose: close };
}

export const ALWAYS: SessionCalendar = new Always();
