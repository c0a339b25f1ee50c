import type { EpochMs } from '#core/time.ts';
import { ALPACA_REQUESTS_PER_MINUTE } from '#protocols/alpaca.ts';

const MINUTE_MS = 60_000;

/** What one account may ask for in a minute: of wall time, or of market time where that passes faster. */
export class RateLimit {
  private from = { wall: 0, market: 0 };
  private used = 0;

  /** Counts a request. @returns Whether it is let through, and the headers that say how many are left. */
  take(
    wall: EpochMs,
    market: EpochMs,
  ): { readonly isOver: boolean; readonly headers: Readonly<Record<string, string>> } {
    const { from } = this;
    if (wall - from.wall >= MINUTE_MS || market - from.market >= MINUTE_MS) {
      this.from = { wall, market };
      this.used = 0;
    }
    this.used += 1;
    const isOver = this.used > ALPACA_REQUESTS_PER_MINUTE;
    const resetAt = Math.ceil((this.from.wall + MINUTE_MS) / 1000);
    const headers = {
      'x-ratelimit-limit': String(ALPACA_REQUESTS_PER_MINUTE),
      'x-ratelimit-remaining': String(Math.max(0, ALPACA_REQUESTS_PER_MINUTE - this.used)),
      'x-ratelimit-reset': String(resetAt),
    };
    return { isOver, headers: isOver ? { ...headers, 'retry-after': '1' } : headers };
  }
}
