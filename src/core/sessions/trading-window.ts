import type { TradingWindow } from '../bots.ts';
import type { EpochMs } from '../time.ts';
import { weekdayOf } from './calendar-days.ts';
import { zoneDay, zoneTime } from './zone.ts';

/** One day's window, [open, close) in UTC ms. */
export interface WindowTimes {
  readonly open: number;
  readonly close: number;
}

/** More days than there can be from one window to the next: they come once a week at least, but for one that is skipped. */
const MOST_DAYS = 3 * 7;

/**
 * The window that holds `at`, or the next one. It opens and closes as the zone's clocks do: of a time that they show
 * twice the first counts, and for a time that they skip the moment of the skip. A window that is skipped as a whole is none.
 */
export function windowAt(window: TradingWindow, at: EpochMs): WindowTimes {
  const { startMinute, endMinute, zone, days } = window;
  const nights = endMinute <= startMinute ? 1 : 0;
  const today = zoneDay(zone, at);
  for (let day = today - nights; day < today + MOST_DAYS; day++) {
    if (!days.includes(weekdayOf(day))) continue;
    const open = zoneTime(zone, day, startMinute);
    const close = zoneTime(zone, day + nights, endMinute);
    if (close > at && close > open) return { open, close };
  }
  throw new RangeError(`A trading window must have a day on which it opens: there is none in ${MOST_DAYS} days`);
}
