import type { EpochMs } from '../time.ts';

const DAY_MS = 86_400_000;

/** Equity at the close of each candle, oldest first; the first `length` rows count. */
export interface EquityCurve {
  readonly length: number;
  /** Open time of the first candle, and the equity then. */
  readonly startTime: EpochMs;
  readonly startEquity: number;
  /** When each candle opened, UTC ms, ascending, and how long candles last: together when it closed. */
  readonly openTime: Float64Array;
  readonly durationMs: number;
  /** Wallet and unrealised P&L, in the account's currency. */
  readonly equity: Float64Array;
}

/** The deepest fall of equity below an earlier peak. */
export interface Drawdown {
  /** (peak - trough) / peak: 0.25 is 25 % below the peak, 0 when it never fell. */
  readonly fraction: number;
  readonly peakTime: EpochMs;
  readonly troughTime: EpochMs;
  /** From the peak until equity was back at it, or until the end of the curve. */
  readonly durationMs: number;
  readonly isRecovered: boolean;
}

export interface EquityReading {
  readonly endTime: EpochMs;
  readonly endEquity: number;
  readonly drawdown: Drawdown;
  /** When the last candle of each UTC day that has one closed, and the equity then; the curve's start comes first. */
  readonly dayEnds: readonly EpochMs[];
  readonly dayEquities: readonly number[];
  /**
   * Return of each UTC day that has a candle, as a fraction of the equity at the end of the day before (of the start
   * equity on the first). The first and the last day may be parts of one; a day without candles has none.
   * NaN after a day that ended without equity.
   */
  readonly dailyReturns: readonly number[];
}

/** Peak and deepest fall so far. Indices are of the curve; -1 is its start, and for a recovery that there was none. */
type Falls = readonly [
  peak: number,
  peakAt: number,
  fraction: number,
  worstPeakAt: number,
  troughAt: number,
  recoveredAt: number,
];

/**
 * What a stretch [from, to) of a curve adds. In stretches, as a function that returns is compiled once for good, while one
 * long loop is compiled anew each time it runs; and with a tuple, as code for an object of a shape of its own is thrown
 * away with the object.
 */
function fallsIn(equity: Float64Array, from: number, to: number, before: Falls): Falls {
  let [peak, peakAt, fraction, worstPeakAt, troughAt, recoveredAt] = before;
  for (let i = from; i < to; i++) {
    const value = equity[i];
    if (value >= peak) {
      if (recoveredAt < 0 && fraction > 0) recoveredAt = i;
      peak = value;
      peakAt = i;
    } else if (peak - value > fraction * peak) {
      fraction = (peak - value) / peak;
      worstPeakAt = peakAt;
      troughAt = i;
      recoveredAt = -1;
    }
  }
  return [peak, peakAt, fraction, worstPeakAt, troughAt, recoveredAt];
}

/** Reads all there is to know from a curve in one pass, day by day. A close at midnight belongs to the day that ends there. */
export function readEquity(curve: EquityCurve): EquityReading {
  const { length, startTime, startEquity, openTime, durationMs, equity } = curve;
  const dayEnds = [startTime];
  const dayEquities = [startEquity];
  let falls: Falls = [startEquity, -1, 0, -1, -1, -1];
  for (let from = 0; from < length; ) {
    const dayEnd = Math.ceil((openTime[from] + durationMs) / DAY_MS) * DAY_MS;
    const to = firstAfter(openTime, dayEnd - durationMs, from + 1, length);
    falls = fallsIn(equity, from, to, falls);
    dayEnds.push((openTime[to - 1] + durationMs) as EpochMs);
    dayEquities.push(equity[to - 1]);
    from = to;
  }
  const timeAt = (i: number) => (i < 0 ? startTime : openTime[i] + durationMs) as EpochMs;
  const [, , fraction, worstPeakAt, troughAt, recoveredAt] = falls;
  const endTime = timeAt(length - 1);
  const peakTime = timeAt(worstPeakAt);
  return {
    endTime,
    endEquity: dayEquities[dayEquities.length - 1],
    drawdown: {
      fraction,
      peakTime,
      troughTime: timeAt(troughAt),
      durationMs: fraction > 0 ? (recoveredAt < 0 ? endTime : timeAt(recoveredAt)) - peakTime : 0,
      isRecovered: fraction === 0 || recoveredAt >= 0,
    },
    dayEnds,
    dayEquities,
    dailyReturns: dayEquities
      .slice(1)
      .map((value, k) => (dayEquities[k] > 0 ? value / dayEquities[k] - 1 : Number.NaN)),
  };
}

/**
 * The first index of [from, to) whose time is after `at`, `to` if there is none. It looks farther and farther from the start
 * of the stretch, as a day is short beside the curve, and then between.
 */
function firstAfter(times: Float64Array, at: number, from: number, to: number): number {
  let low = from;
  let high = from;
  for (let step = 1; high < to && times[high] <= at; step *= 2) {
    low = high + 1;
    high += step;
  }
  high = Math.min(high, to);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
