import type { MarketSymbol } from './bots.ts';
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
}

/** What was asked for and has no moment yet. */
export type Request = Omit<Occasion, 'at'>;

/** What calls one bot beside the closes of its candles: the feed rings it, the bot answers. */
export class Bell {
  /** Undefined for a bot that decides at closes. */
  readonly intervalMs: number | undefined;
  /** The newest call. */
  occasion: Occasion | undefined;
  /** What waits for its moment, oldest first. */
  readonly requests: Request[] = [];
  /** Up to here all ticks have been. */
  reached: EpochMs;

  /** @param reached Where market time is: ticks up to it, included, are over. */
  constructor(intervalMs: number | undefined, reached: EpochMs) {
    this.intervalMs = intervalMs;
    this.reached = reached;
  }

  /** When the interval ticks next; Infinity without one. */
  get nextTick(): number {
    const { intervalMs, reached } = this;
    return intervalMs === undefined ? Number.POSITIVE_INFINITY : reached - (reached % intervalMs) + intervalMs;
  }

  /** Ticks before `now` are passed over but the last one: nobody can see the market as it was then. */
  catchUp(now: EpochMs): void {
    const { intervalMs } = this;
    if (intervalMs === undefined) return;
    this.reached = Math.max(this.reached, now - (now % intervalMs) - 1) as EpochMs;
  }

  /** Market time has come to `at`. @returns Whether that is a tick which has not been. */
  reach(at: EpochMs): boolean {
    const { intervalMs, reached } = this;
    if (at <= reached) return false;
    this.reached = at;
    return intervalMs !== undefined && at % intervalMs === 0;
  }
}
