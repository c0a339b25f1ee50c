import type { MarketEvent } from './events/market-events.ts';
import type { MarketSymbol } from './instruments.ts';
import { ALWAYS } from './sessions/always.ts';
import type { SessionCalendar } from './sessions/calendar.ts';
import type { EpochMs } from './time.ts';

/** What calls for a decision: a candle's close, a tick of the bot's own interval, a market event or a person. */
export const OCCASION_KINDS = ['close', 'interval', 'event', 'request'] as const;
export type OccasionKind = (typeof OCCASION_KINDS)[number];

/** A call for a decision that is not a candle's close, though it may fall on one. */
export interface Occasion {
  /** Market time. At most one of a bot and symbol for each moment: it names analyses, cycles and orders. */
  readonly at: EpochMs;
  readonly kind: Exclude<OccasionKind, 'close'>;
  /** The symbol that it is about; all of the bot's when left out. */
  readonly symbol?: MarketSymbol | undefined;
  /** The id that a person's request came with: the same one is never decided twice. */
  readonly requestId?: string | undefined;
  /** The market events that it is, by symbol: it is about these symbols alone. */
  readonly events?: ReadonlyMap<MarketSymbol, readonly MarketEvent[]> | undefined;
}

/** What was asked for and has no moment yet. */
export type Request = Omit<Occasion, 'at'>;

/** Whether it is about a symbol. */
export function isAbout({ symbol, events }: Request, which: MarketSymbol): boolean {
  return events === undefined ? symbol === undefined || symbol === which : events.has(which);
}

/** How a bot's running candles are looked at for market events. */
export interface Looks {
  readonly everyMs: number;
  /** When its markets trade: while they are closed there is nothing to look at. */
  readonly calendar: SessionCalendar;
}

/** What calls one bot beside the closes of its candles: the feed rings it, the bot answers. */
export class Bell {
  /** Undefined for a bot that decides at closes. */
  readonly intervalMs: number | undefined;
  /** Undefined for a bot that no market event calls. */
  private readonly looks: Looks | undefined;
  /** The newest call. */
  occasion: Occasion | undefined;
  /** What waits for its moment, oldest first. */
  readonly requests: Request[] = [];
  /** Up to here all ticks have been. */
  reached: EpochMs;
  /** Looks up to here are passed over. */
  private missed = Number.NEGATIVE_INFINITY;

  /** @param reached Where market time is: ticks up to it, included, are over. */
  constructor(intervalMs: number | undefined, reached: EpochMs, looks?: Looks) {
    this.intervalMs = intervalMs;
    this.looks = looks;
    this.reached = reached;
  }

  /** When the interval ticks next, or a look is due; Infinity without either. */
  get nextMoment(): number {
    const { intervalMs, reached } = this;
    return Math.min(
      intervalMs === undefined ? Number.POSITIVE_INFINITY : multipleAfter(reached, intervalMs),
      this.nextLook,
    );
  }

  /** Ticks before `now` are passed over but the last one, and so are looks: nobody can see the market as it was then. */
  catchUp(now: EpochMs): void {
    const { intervalMs, looks } = this;
    if (intervalMs !== undefined) this.reached = Math.max(this.reached, now - (now % intervalMs) - 1) as EpochMs;
    if (looks !== undefined) this.missed = now - (now % looks.everyMs) - 1;
  }

  /** Market time has come to `at`. @returns What may call then and has not been: a tick goes before a look. */
  reach(at: EpochMs): 'interval' | 'event' | undefined {
    const { looks, reached } = this;
    if (at <= reached) return undefined;
    this.reached = at;
    if (this.ticksAt(at)) return 'interval';
    return looks !== undefined && at % looks.everyMs === 0 ? 'event' : undefined;
  }

  /** Whether the interval ticks at a moment. */
  ticksAt(at: number): boolean {
    const { intervalMs } = this;
    return intervalMs !== undefined && at % intervalMs === 0;
  }

  private get nextLook(): number {
    const { looks, reached, missed } = this;
    if (looks === undefined) return Number.POSITIVE_INFINITY;
    const { everyMs, calendar } = looks;
    const next = multipleAfter(Math.max(reached, missed), everyMs);
    if (calendar === ALWAYS) return next;
    const { open } = calendar.sessionAt(next as EpochMs);
    return next < open ? multipleAfter(open, everyMs) : next;
  }
}

function multipleAfter(time: number, step: number): number {
  return time - (time % step) + step;
}
