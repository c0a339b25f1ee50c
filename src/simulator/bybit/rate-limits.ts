/** What is left of a limit after a request was counted. */
export interface Allowance {
  readonly limit: number;
  readonly left: number;
  /** Wall time at which there is room again; now, unless it is exceeded. */
  readonly resetAt: number;
  readonly isExceeded: boolean;
}

const SECOND_MS = 1000;
const IP_LIMIT = 600;
const IP_WINDOW_MS = 5000;

/** Counts requests in rolling windows of wall time. */
export class RateLimits {
  private readonly counted = new Map<string, number[]>();

  /** @param perSecond How many of these a second. @param cost A batch counts as often as it has orders. */
  take(uid: string, path: string, perSecond: number, now: number, cost = 1): Allowance {
    const times = this.recent(`${uid} ${path}`, now - SECOND_MS);
    const isExceeded = times.length + cost > perSecond;
    if (!isExceeded) for (let k = 0; k < cost; k++) times.push(now);
    return {
      limit: perSecond,
      left: isExceeded ? 0 : perSecond - times.length,
      resetAt: isExceeded ? times[0]! + SECOND_MS : now,
      isExceeded,
    };
  }

  /** Whether the machine may ask once more: 600 times in 5 seconds. */
  takeOfIp(now: number): boolean {
    const times = this.recent('ip', now - IP_WINDOW_MS);
    if (times.length >= IP_LIMIT) return false;
    times.push(now);
    return true;
  }

  private recent(name: string, since: number): number[] {
    const times = (this.counted.get(name) ?? []).filter((time) => time > since);
    this.counted.set(name, times);
    return times;
  }
}
