import type { Brand } from './brand.ts';

/** UTC milliseconds since 1970. Intervals are half-open: a candle covers [openTime, closeTime). */
export type EpochMs = Brand<number, 'EpochMs'>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Length of each timeframe in milliseconds. All but the week divide a UTC day; a week opens on Monday 00:00 UTC. */
export const TIMEFRAME_MS = {
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '1w': 7 * DAY,
} as const;

export type Timeframe = keyof typeof TIMEFRAME_MS;

export const TIMEFRAMES = Object.keys(TIMEFRAME_MS) as readonly Timeframe[];

/** 1970-01-01 was a Thursday, so weeks are counted from Monday the 5th. */
const FIRST_MONDAY = 4 * DAY;

export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(TIMEFRAME_MS, text);
}

/** The timeframe whose candles last `durationMs`, if there is one. */
export function timeframeOf(durationMs: number): Timeframe | undefined {
  return TIMEFRAMES.find((timeframe) => TIMEFRAME_MS[timeframe] === durationMs);
}

/** Brands a number of UTC milliseconds. @throws RangeError unless it is a whole number JavaScript holds exactly. */
export function epochMs(value: number): EpochMs {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`A time must be whole UTC milliseconds: current value is ${value}`);
  }
  return value as EpochMs;
}

/** Open time of the candle that holds `at`. */
export function candleOpenTime(at: EpochMs, timeframe: Timeframe): EpochMs {
  const duration = TIMEFRAME_MS[timeframe];
  const origin = timeframe === '1w' ? FIRST_MONDAY : 0;
  const into = (at - origin) % duration;
  return (at - (into < 0 ? into + duration : into)) as EpochMs;
}

/** First moment after the candle that holds `at`: the boundary at which that candle is closed. */
export function candleCloseTime(at: EpochMs, timeframe: Timeframe): EpochMs {
  return (candleOpenTime(at, timeframe) + TIMEFRAME_MS[timeframe]) as EpochMs;
}
