import { setTimeout } from 'node:timers/promises';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';

/** This machine's time. */
export const systemClock: WallClock = {
  wall: () => Date.now() as EpochMs,
  mono: () => performance.now(),
  sleep: (ms, abort) => setTimeout(ms, undefined, { signal: abort }).catch(() => undefined),
};
