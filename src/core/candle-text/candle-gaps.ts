import { ALWAYS } from '../sessions/always.ts';
import { closeTimeIn } from '../sessions/session-candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '../time.ts';
import { candlesBetween, isOnGrid } from './candle-sessions.ts';

/** `missing` candles are not there after the one that opened at `afterOpenTime`. */
export interface Gap {
  readonly afterOpenTime: EpochMs;
  readonly missing: number;
}

/**
 * The distance in milliseconds that most neighbours in `openTimes` have, the shorter one of two equally common;
 * `undefined` with fewer than two times.
 * @param openTimes Ascending; the first `length` count.
 */
export function commonDistance(openTimes: Float64Array, length: number): number | undefined {
  const counts = new Map<number, number>();
  let run = 0;
  for (let i = 1; i < length; i += run) {
    const distance = openTimes[i] - openTimes[i - 1];
    for (run = 1; i + run < length && openTimes[i + run] - openTimes[i + run - 1] === distance; ) run++;
    counts.set(distance, (counts.get(distance) ?? 0) + run);
  }
  let common: number | undefined;
  for (const [distance, count] of counts) {
    const most = common === undefined ? 0 : counts.get(common)!;
    if (common === undefined || count > most || (count === most && distance < common)) common = distance;
  }
  return common;
}

/** Index of the first open time that is not a boundary of the timeframe; -1 when all are. */
export function firstOffGrid(openTimes: Float64Array, length: number, timeframe: Timeframe, calendar = ALWAYS): number {
  const duration = TIMEFRAME_MS[timeframe];
  for (let i = 0; i < length; i++) {
    // One step after a boundary is a boundary: the division is for the first candle and after gaps only.
    if (i > 0 && openTimes[i] - openTimes[i - 1] === duration) continue;
    if (!isOnGrid(openTimes[i], timeframe, calendar)) return i;
  }
  return -1;
}

/**
 * Where candles are missing: between two sessions there are none.
 * @param openTimes Ascending boundaries of the timeframe; the first `length` count.
 */
export function findGaps(
  openTimes: Float64Array,
  length: number,
  timeframe: Timeframe,
  calendar = ALWAYS,
): readonly Gap[] {
  const duration = TIMEFRAME_MS[timeframe];
  const gaps: Gap[] = [];
  for (let i = 1; i < length; i++) {
    const afterOpenTime = openTimes[i - 1] as EpochMs;
    const distance = openTimes[i] - afterOpenTime;
    if (distance === duration) continue;
    const missing =
      calendar === ALWAYS
        ? distance / duration - 1
        : candlesBetween(closeTimeIn(calendar, afterOpenTime, timeframe), openTimes[i], timeframe, calendar);
    if (missing > 0) gaps.push({ afterOpenTime, missing });
  }
  return gaps;
}
