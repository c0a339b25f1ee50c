import { figure } from '#core/figures.ts';
import type { EpochMs } from '#core/time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "2025-04-01 00:05" for people who know that it is UTC. */
export function utcText(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'minute' }).replace('T', ' ').slice(0, -1);
}

/** The same for moments that may fall on any second: "2025-04-01 00:05:20", with milliseconds where there are some. */
export function momentText(at: EpochMs): string {
  if (at % MINUTE_MS === 0) return utcText(at);
  return Temporal.Instant.fromEpochMilliseconds(at).toString().replace('T', ' ').slice(0, -1);
}

/** "8 h 12 m", and from two days on "130.5 days". */
export function durationText(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${figure(ms / DAY_MS, 1)} days`;
  return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} m`;
}
