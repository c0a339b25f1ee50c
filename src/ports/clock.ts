import type { EpochMs } from '#core/time.ts';

/** Wall time: what signatures, time limits and pauses go by. */
export interface WallClock {
  wall(): EpochMs;
  /** Milliseconds of a clock that never steps back, for measuring durations. */
  mono(): number;
  /** Resolves after `ms` of wall time; at once when `abort` fires. */
  sleep(ms: number, abort: AbortSignal): Promise<void>;
}

/**
 * The only source of time. Market time (candles, sessions, fills) and wall time agree in production and differ in a
 * replay.
 */
export interface Clock extends WallClock {
  /** Market time. */
  now(): EpochMs;
}
