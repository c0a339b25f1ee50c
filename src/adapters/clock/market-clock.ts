import type { EpochMs } from '#core/time.ts';
import type { Clock, WallClock } from '#ports/clock.ts';

/** Some wall time, and a market time that a feed sets as it closes candles. */
export class MarketClock implements Clock {
  market: EpochMs;
  private readonly base: WallClock;

  constructor(start: EpochMs, base: WallClock) {
    this.market = start;
    this.base = base;
  }

  now(): EpochMs {
    return this.market;
  }

  wall(): EpochMs {
    return this.base.wall();
  }

  mono(): number {
    return this.base.mono();
  }

  sleep(ms: number, abort: AbortSignal): Promise<void> {
    return this.base.sleep(ms, abort);
  }
}
