import type { EquityCurve } from './equity-curve.ts';

/** Every fall of equity below a peak, however small: each ends when equity is back at the peak, or with the curve. */
export interface Drawdowns {
  readonly n: number;
  /** Mean depth, (peak - trough) / peak; undefined when equity never fell. */
  readonly meanFraction: number | undefined;
  /** From the peak until equity was back at it: the mean and the longest; undefined when equity never fell. */
  readonly meanMs: number | undefined;
  readonly longestMs: number | undefined;
}

/** One pass over the curve. How many small falls there are depends on how long its candles are; the longest hardly does. */
export function drawdownsOf({ length, startTime, startEquity, openTime, durationMs, equity }: EquityCurve): Drawdowns {
  let n = 0;
  let fractions = 0;
  let total = 0;
  let longest = 0;
  let peak = startEquity;
  let peakTime: number = startTime;
  let trough = startEquity;
  const end = (time: number) => {
    n += 1;
    fractions += (peak - trough) / peak;
    total += time - peakTime;
    longest = Math.max(longest, time - peakTime);
  };
  for (let i = 0; i < length; i++) {
    const value = equity[i];
    if (value < peak) {
      trough = Math.min(trough, value);
      continue;
    }
    const time = openTime[i] + durationMs;
    if (trough < peak) end(time);
    peak = value;
    peakTime = time;
    trough = value;
  }
  if (trough < peak) end(openTime[length - 1] + durationMs);
  if (n === 0) return { n, meanFraction: undefined, meanMs: undefined, longestMs: undefined };
  return { n, meanFraction: fractions / n, meanMs: total / n, longestMs: longest };
}
