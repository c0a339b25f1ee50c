import { ALWAYS } from './always.ts';
import type { CalendarName, SessionCalendar } from './calendar.ts';
import { US_STOCKS } from './us-stocks.ts';

/** Every calendar that a market may trade by. */
export const CALENDARS: Readonly<Record<CalendarName, SessionCalendar>> = { always: ALWAYS, 'us-stocks': US_STOCKS };

export const CALENDAR_NAMES = Object.keys(CALENDARS) as readonly CalendarName[];
