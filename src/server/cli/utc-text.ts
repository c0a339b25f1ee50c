import type { EpochMs } from '#core/time.ts';

/** "2025-04-01 00:05" for people who know that it is UTC. */
export function utcText(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'minute' }).replace('T', ' ').slice(0, -1);
}
