import { weekdayFrom } from '#core/sessions/calendar-days.ts';
import type { EpochMs } from '#core/time.ts';
import { newYorkDate, newYorkTime } from './stamps.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** One letter is as it is, M being a month; words in any case. */
const TIMEFRAME = /^(\d+)(?:(T|H|D|W|M)|(min|hour|day|week|month))$/;
const MONTHS = [1, 2, 3, 4, 6, 12];

/** How long a bar is: so many minutes or hours of a day, or so many days, weeks or months. */
export interface BarTimeframe {
  readonly unit: 'intraday' | 'day' | 'week' | 'month';
  /** Of an intraday bar its length in ms; of a month's how many. */
  readonly size: number;
}

/** Whose midnight days begin at. */
export type DayZone = 'new-york' | 'utc';

/** Reads "5Min", "1Hour", "1Day", or the short forms. Undefined for what Alpaca does not have. */
export function barTimeframe(text: string): BarTimeframe | undefined {
  const [, digits, letter, word] = TIMEFRAME.exec(text) ?? TIMEFRAME.exec(text.toLowerCase()) ?? [];
  const count = Number(digits);
  switch (letter ?? word) {
    case 'T':
    case 'min':
      return count >= 1 && count <= 59 ? { unit: 'intraday', size: count * MINUTE_MS } : undefined;
    case 'H':
    case 'hour':
      return count >= 1 && count <= 23 ? { unit: 'intraday', size: count * HOUR_MS } : undefined;
    case 'D':
    case 'day':
      return count === 1 ? { unit: 'day', size: 1 } : undefined;
    case 'W':
    case 'week':
      return count === 1 ? { unit: 'week', size: 1 } : undefined;
    case 'M':
    case 'month':
      return MONTHS.includes(count) ? { unit: 'month', size: count } : undefined;
    default:
      return undefined;
  }
}

/** Says which bar a moment is in. Cheap for times of one day in a row. */
export class BarGrid {
  readonly timeframe: BarTimeframe;
  private readonly zone: DayZone;
  private day = { from: 0, until: 0 };

  constructor(timeframe: BarTimeframe, zone: DayZone) {
    this.timeframe = timeframe;
    this.zone = zone;
  }

  /** When the bar begins that holds `at`. */
  startOf(at: number): EpochMs {
    const { unit, size } = this.timeframe;
    const midnight = this.midnightBefore(at);
    switch (unit) {
      case 'intraday':
        return (midnight + Math.floor((at - midnight) / size) * size) as EpochMs;
      case 'day':
        return midnight as EpochMs;
      case 'week':
        return this.midnightOn(mondayOf(this.dateOf(at)));
      case 'month': {
        const [year, month] = this.dateOf(at).split('-').map(Number);
        const first = Math.floor((month! - 1) / size) * size + 1;
        return this.midnightOn(`${year}-${String(first).padStart(2, '0')}-01`);
      }
    }
  }

  /** When it ends: the first moment after it. Not for months, which nobody waits for. */
  endOf(at: number): EpochMs {
    const { unit, size } = this.timeframe;
    if (unit === 'intraday') return (this.startOf(at) + size) as EpochMs;
    // A day's length changes with the clocks: noon after it is safely inside the next one.
    const days = unit === 'week' ? 7 : 1;
    return this.midnightBefore(this.startOf(at) + (days + 0.5) * DAY_MS) as EpochMs;
  }

  private midnightBefore(at: number): number {
    if (this.zone === 'utc') return at - (at % DAY_MS);
    if (at < this.day.from || at >= this.day.until) {
      const from = newYorkTime(newYorkDate(at), '00:00');
      this.day = { from, until: newYorkTime(newYorkDate(from + DAY_MS + 2 * HOUR_MS), '00:00') };
    }
    return this.day.from;
  }

  private dateOf(at: number): string {
    return this.zone === 'utc' ? new Date(at).toISOString().slice(0, 10) : newYorkDate(at);
  }

  private midnightOn(date: string): EpochMs {
    return this.zone === 'utc' ? (Date.parse(`${date}T00:00:00Z`) as EpochMs) : newYorkTime(date, '00:00');
  }
}

function mondayOf(date: string): string {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  return new Date(weekdayFrom(day - 6, 'mon') * DAY_MS).toISOString().slice(0, 10);
}
