import type { EpochMs } from '#core/time.ts';

/**
 * The only source of time. Market time (candles, sessions, fills) and wall time (signatures, time limits) agree in
 * production and differ in a replay.
 */
export interface Clock {
  /** Market time. */
  now(): EpochMs;
  /** Wall time. */
  wall(): EpochMs;
  /** Milliseconds of a clock that never steps back, for measuring durations. */
  mono(): number;
  /** Resolves after `ms` of wall time; at once when `abort` fires. */
  sleep(ms: number, abort: AbortSignal): Promise<void>;
}
