import type { Candle } from '#core/candles.ts';
import type { SessionCalendar } from '#core/sessions/calendar.ts';
import { closeTimeIn } from '#core/sessions/session-candles.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { Exchange } from './exchange.ts';

/** A candle that no later one follows is taken as closed when it ended this long ago: until then trades may come late. */
const SETTLED_MS = 10_000;

/** Which candles they are. */
export interface SeriesTimes {
  readonly timeframe: Timeframe;
  readonly calendar: SessionCalendar;
}

/** How long after its end a candle may still change. Where time goes on only as candles are asked for, none does. */
export function settledMs({ toldTime }: Pick<Exchange, 'toldTime'>): number {
  return toldTime === undefined ? SETTLED_MS : 0;
}

/**
 * How many of an exchange's candles, oldest first, are closed: the one that runs is told as the last of them, and its
 * figures still change.
 * @param now The exchange's own time. @param settled How long after its end a candle may still change, ms.
 */
export function closedCount(
  candles: readonly Candle[],
  { timeframe, calendar }: SeriesTimes,
  now: EpochMs,
  settled: number,
): number {
  const last = candles.at(-1);
  if (last === undefined) return 0;
  const isSettled = closeTimeIn(calendar, last.openTime, timeframe) + settled <= now;
  return isSettled ? candles.length : candles.length - 1;
}
