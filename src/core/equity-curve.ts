import type { EpochMs } from './time.ts';

const DAY_MS = 86_400_000;

/** Equity at the close of each candle, oldest first; the first `length` rows count. */
export interface EquityCurve {
  readonly length: number;
  /** Open time of the first candle, and the equity then. */
  readonly startTime: EpochMs;
  readonly startEquity: number;
  /** Close times in UTC ms, ascending. */
  readonly closeTime: Float64Array;
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
  /**
   * Return of each UTC day that has a candle, as a fraction of the equity at the end of the day before (of the start
   * equity on the first). The first and the last day may be parts of one; a day without candles has none.
   * NaN after a day that ended without equity.
   */
  readonly dailyReturns: readonly number[];
}

/** Reads all there is to know from a curve in one pass. A close at midnight belongs to the day that ends there. */
export function readEquity({ length, startTime, startEquity, closeTime, equity }: EquityCurve): EquityReading {
  const dayEquities = [startEquity];
  let dayEnd = 0;
  let previous = startEquity;
  let previousTime: number = startTime;
  let peak = startEquity;
  let peakTime: number = startTime;
  let fraction = 0;
  let worstPeakTime: number = startTime;
  let troughTime: number = startTime;
  let recoveryTime: number | undefined;

  for (let i = 0; i < length; i++) {
    const time = closeTime[i];
    const value = equity[i];
    if (time > dayEnd) {
      if (i > 0) dayEquities.push(previous);
      dayEnd = Math.ceil(time / DAY_MS) * DAY_MS;
    }
    if (value >= peak) {
      if (recoveryTime === undefined && fraction > 0) recoveryTime = time;
      peak = value;
      peakTime = time;
    } else if (peak - value > fraction * peak) {
      fraction = (peak - value) / peak;
      worstPeakTime = peakTime;
      troughTime = time;
      recoveryTime = undefined;
    }
    previous = value;
    previousTime = time;
  }
  if (length > 0) dayEquities.push(previous);

  const drawdown = {
    fraction,
    peakTime: worstPeakTime as EpochMs,
    troughTime: troughTime as EpochMs,
    durationMs: fraction > 0 ? (recoveryTime ?? previousTime) - worstPeakTime : 0,
    isRecovered: fraction === 0 || recoveryTime !== undefined,
  };
  const dailyReturns = dayEquities
    .slice(1)
    .map((value, k) => (dayEquities[k] > 0 ? value / dayEquities[k] - 1 : Number.NaN));
  return { endTime: previousTime as EpochMs, endEquity: previous, drawdown, dailyReturns };
}
