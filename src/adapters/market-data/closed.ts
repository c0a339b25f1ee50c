import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';

/** A candle that no later one follows is taken as closed when it ended this long ago: until then trades may come late. */
export const SETTLED_MS = 10_000;

/**
 * How many of an exchange's candles, oldest first, are closed: the one that runs is told among them, and its figures still
 * change.
 * @param now The exchange's own time.
 */
export function closedCount(candles: readonly Candle[], timeframe: Timeframe, now: EpochMs): number {
  let count = candles.length;
  const duration = TIMEFRAME_MS[timeframe];
  while (count > 0 && candles[count - 1]!.openTime + duration > now) count -= 1;
  const isLast = count === candles.length;
  if (isLast && count > 0 && candles[count - 1]!.openTime + duration + SETTLED_MS > now) count -= 1;
  return count;
}
