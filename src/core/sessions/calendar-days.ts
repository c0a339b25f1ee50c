/** Days as whole numbers since 1970-01-01, of no zone: what holidays are reckoned in. */
const DAY_MS = 86_400_000;

/** Sunday first. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = WEEKDAYS.indexOf('thu');

/** @param month 1 to 12. */
export function dayOf(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS;
}

/** The day of an ISO date: "2025-07-04". */
export function dayOfText(text: string): number {
  const [year, month, date] = text.split('-').map(Number);
  return dayOf(year!, month!, date!);
}

export function weekdayOf(day: number): Weekday {
  return WEEKDAYS[weekdayIndex(day)]!;
}

/** 0 is Sunday. */
function weekdayIndex(day: number): number {
  return (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
}

/** The first day that is this weekday, on `day` or after it. */
export function weekdayFrom(day: number, weekday: Weekday): number {
  return day + ((WEEKDAYS.indexOf(weekday) - weekdayIndex(day) + 7) % 7);
}

/** The n-th such weekday of a month. */
export function nthWeekday(year: number, month: number, n: number, weekday: Weekday): number {
  return weekdayFrom(dayOf(year, month, 1), weekday) + (n - 1) * 7;
}

/** The last such weekday of a month that has 31 days. */
export function lastWeekday(year: number, month: number, weekday: Weekday): number {
  return weekdayFrom(dayOf(year, month, 31 - 6), weekday);
}

/**
 * Easter Sunday of the Gregorian calendar.
 * @see Meeus (1991), "Astronomical Algorithms", chapter 8.
 */
export function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((century + 8) / 25);
  const moon = (19 * golden + century - Math.floor(century / 4) - Math.floor((century - correction + 1) / 3) + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - moon - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * weekday) / 451);
  // Days after March 22nd.
  return dayOf(year, 3, 22) + moon + weekday - 7 * late;
}
