import type { TradingWindow } from '../bots.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '../time.ts';
import { ALWAYS } from './always.ts';
import type { SessionCalendar } from './calendar.ts';
import { type WindowTimes, windowAt } from './trading-window.ts';

/**
 * What a bot may do when it decides. `ending`: it decides next at the end of the window or session, or after it, so that an
 * order sent now is the last one that fills before the end.
 */
export type Hours = 'open' | 'ending' | 'outside-window' | 'market-closed';

/** What holds from a moment on, until another one in UTC ms. */
export interface HoursUntil {
  readonly hours: Hours;
  readonly until: number;
}

const NO_WINDOW: WindowTimes = { open: Number.NEGATIVE_INFINITY, close: Number.POSITIVE_INFINITY };

/** When a bot trades: while the market does, and within its window if it has one. */
export class TradingHours {
  private readonly calendar: SessionCalendar;
  private readonly timeframe: Timeframe;
  private readonly window: TradingWindow | undefined;
  private readonly stepMs: number;

  /** @param stepMs How long it is from one decision to the next; a candle when left out. */
  constructor(
    calendar: SessionCalendar,
    timeframe: Timeframe,
    window: TradingWindow | undefined,
    stepMs: number = TIMEFRAME_MS[timeframe],
  ) {
    this.calendar = calendar;
    this.timeframe = timeframe;
    this.window = window;
    this.stepMs = stepMs;
  }

  /** What holds for a decision at `at`: a close, or a moment between closes. */
  at(at: EpochMs): HoursUntil {
    const { window } = this;
    const session = this.sessionFor(at);
    const moment = this.momentOf(at, session.open);
    if (moment < session.open) return { hours: 'market-closed', until: session.open };
    const { open, close } = window === undefined ? NO_WINDOW : windowAt(window, moment);
    if (moment < open) return { hours: 'outside-window', until: Math.min(open, session.close) };
    const end = Math.min(close, session.close);
    if (!window?.flattenAtEnd) return { hours: 'open', until: end };
    const ending = end - this.stepMs;
    return moment < ending ? { hours: 'open', until: ending } : { hours: 'ending', until: end };
  }

  /** A market that never closes has one session without end. */
  private sessionFor(at: EpochMs): WindowTimes {
    return this.calendar === ALWAYS ? NO_WINDOW : this.calendar.sessionAt(at);
  }

  /** When an order decided at a close can trade: at once; but a day closes with its session, and means the next open. */
  private momentOf(at: EpochMs, open: number): EpochMs {
    return TIMEFRAME_MS[this.timeframe] < TIMEFRAME_MS['1d'] ? at : (Math.max(at, open) as EpochMs);
  }
}
