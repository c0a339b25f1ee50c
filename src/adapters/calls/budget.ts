/** What a service allows: so many calls in any stretch of this length. */
export interface CallLimit {
  readonly calls: number;
  readonly windowMs: number;
  /** Counts the calls of this group only ("orders"); all calls when left out. */
  readonly group?: string;
}

/** Protective calls find this share of every limit free, whatever else is asked. */
const KEPT_FOR_PROTECTION = 0.2;

/**
 * How much of a service's limits we use. Usual calls stay under half of each, so that what else runs with the same key or
 * from the same address has its share, and leave a fifth free of what protective calls have not used up.
 */
export class CallBudget {
  private readonly windows: readonly CallWindow[];

  /** @param limits Of at least 3 calls each: less can not be halved, so it is better given over a longer window. */
  constructor(limits: readonly CallLimit[]) {
    this.windows = limits.map((limit) => new CallWindow(limit));
  }

  /**
   * Takes a place for a call in every window that counts it.
   * @param now ms of a clock that never steps back.
   * @returns 0; or the ms until it is worth asking again, and then nothing is taken.
   */
  take(kind: 'usual' | 'protective', group: string | undefined, now: number): number {
    const counting = this.windows.filter((window) => window.counts(group));
    const wait = Math.max(0, ...counting.map((window) => window.waitMs(kind, now)));
    if (wait === 0) for (const window of counting) window.add(kind, now);
    return wait;
  }
}

/** The calls of the last stretch of one limit. */
class CallWindow {
  private readonly limit: CallLimit;
  private readonly mostUsual: number;
  private readonly mostBesideKept: number;
  /** When they were made, oldest first. */
  private all: number[] = [];
  private usual: number[] = [];

  constructor(limit: CallLimit) {
    this.limit = limit;
    this.mostUsual = Math.max(1, Math.ceil(limit.calls / 2) - 1);
    this.mostBesideKept = Math.max(1, limit.calls - Math.ceil(limit.calls * KEPT_FOR_PROTECTION));
  }

  counts(group: string | undefined): boolean {
    return this.limit.group === undefined || this.limit.group === group;
  }

  waitMs(kind: 'usual' | 'protective', now: number): number {
    const { windowMs, calls } = this.limit;
    const isInside = (at: number) => at + windowMs > now;
    this.all = this.all.filter(isInside);
    this.usual = this.usual.filter(isInside);
    const untilBelow = (times: readonly number[], most: number) =>
      times.length < most ? 0 : times[times.length - most]! + windowMs - now;
    if (kind === 'protective') return untilBelow(this.all, calls);
    return Math.max(untilBelow(this.usual, this.mostUsual), untilBelow(this.all, this.mostBesideKept));
  }

  add(kind: 'usual' | 'protective', now: number): void {
    this.all.push(now);
    if (kind === 'usual') this.usual.push(now);
  }
}
