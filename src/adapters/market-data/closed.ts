import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';

/** A candle that no later one follows is taken as closed when it ended this long ago: until then trades may come late. */
export const SETTLED_MS = 10_000;

/**
 * How many of an exchange's candles, oldest first, are closed: the one that runs is told as the last of them, and its
 * figures still change.
 * @param now The exchange's own time.
 */
export function closedCount(candles: readonly Candle[], timeframe: Timeframe, now: EpochMs): number {
  const last = candles.at(-1);
  if (last === undefined) return 0;
  const isSettled = last.openTime + TIMEFRAME_MS[timeframe] + SETTLED_MS <= now;
  return isSettled ? candles.length : candles.length - 1;
}
