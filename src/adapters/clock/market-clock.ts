import { setTimeout } from 'node:timers/promises';
import type { EpochMs } from '#core/time.ts';
import type { Clock } from '#ports/clock.ts';

/** Wall time of this machine, and a market time that a feed sets as it closes candles. */
export class MarketClock implements Clock {
  market: EpochMs;

  constructor(start: EpochMs) {
    this.market = start;
  }

  now(): EpochMs {
    return this.market;
  }

  wall(): EpochMs {
    return Date.now() as EpochMs;
  }

  mono(): number {
    return performance.now();
  }

  async sleep(ms: number, abort: AbortSignal): Promise<void> {
    await setTimeout(ms, undefined, { signal: abort }).catch(() => undefined);
  }
}
