import { setTimeout } from 'node:timers/promises';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';

/** A timer of Node's may run this long; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** This machine's time. */
export const systemClock: WallClock = {
  wall: () => Date.now() as EpochMs,
  mono: () => performance.now(),
  sleep: async (ms, abort) => {
    const until = performance.now() + ms;
    do {
      const left = Math.min(Math.max(0, until - performance.now()), LONGEST_TIMER_MS);
      await setTimeout(left, undefined, { signal: abort }).catch(() => undefined);
    } while (performance.now() < until && !abort.aborted);
  },
};
