import { dayOf, dayOfText, easterSunday, lastWeekday, nthWeekday, weekdayOf } from './calendar-days.ts';

/**
 * When the New York Stock Exchange is closed, or closes early, by its rules; and what no rule tells. Right for 1990 to
 * 2028 as compared with the recorded sessions of those years; later years follow the rules of today.
 * @see NYSE Rule 7.2 (holidays) and the exchange's yearly notices of early closings.
 */

/** First years of what has not always been so. */
const FIRST_MARTIN_LUTHER_KING = 1998;
const FIRST_JUNETEENTH = 2022;
const FIRST_EARLY_JULY_3 = 1995;
/** When the 4th of July fell on a Thursday, the Friday after it closed early; since 2013 it is the Wednesday before. */
const FIRST_EARLY_WEDNESDAY = 2013;
const FIRST_EARLY_THANKSGIVING_FRIDAY = 1992;
/** Early was two o'clock until 1992. */
const FIRST_EARLY_AT_ONE = 1993;

/** Full days on which the exchange stayed closed by its own decision. */
const SPECIAL_CLOSURES = [
  '1994-04-27', // Mourning: Richard Nixon.
  '2001-09-11', // Attacks on New York.
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11', // Mourning: Ronald Reagan.
  '2007-01-02', // Mourning: Gerald Ford.
  '2012-10-29', // Hurricane Sandy.
  '2012-10-30',
  '2018-12-05', // Mourning: George H. W. Bush.
  '2025-01-09', // Mourning: Jimmy Carter.
].map(dayOfText);

/** Days beside the rules on which it closed at one o'clock. */
const SPECIAL_EARLY_CLOSES = ['1997-12-26', '1999-12-31', '2003-12-26'].map(dayOfText);

/** Days of a year without a session, beside Saturdays and Sundays. */
export function closedDays(year: number): ReadonlySet<number> {
  const days = [
    newYear(year),
    nthWeekday(year, 2, 3, 'mon'), // Washington's birthday.
    easterSunday(year) - 2, // Good Friday.
    lastWeekday(year, 5, 'mon'), // Memorial Day.
    observed(dayOf(year, 7, 4)),
    nthWeekday(year, 9, 1, 'mon'), // Labor Day.
    thanksgiving(year),
    observed(dayOf(year, 12, 25)),
    ...SPECIAL_CLOSURES,
  ];
  if (year >= FIRST_MARTIN_LUTHER_KING) days.push(nthWeekday(year, 1, 3, 'mon'));
  if (year >= FIRST_JUNETEENTH) days.push(observed(dayOf(year, 6, 19)));
  return new Set(days);
}

/** Sessions of a year that end early, and when: minutes after midnight in New York. */
export function earlyCloses(year: number): ReadonlyMap<number, number> {
  const days = [...SPECIAL_EARLY_CLOSES];
  if (year >= FIRST_EARLY_THANKSGIVING_FRIDAY) days.push(thanksgiving(year) + 1);
  if (year >= FIRST_EARLY_JULY_3) days.push(...aroundIndependence(year));
  const christmasEve = dayOf(year, 12, 24);
  // On a Friday it is the holiday itself, observed for a Christmas on Saturday.
  if (!['fri', 'sat', 'sun'].includes(weekdayOf(christmasEve))) days.push(christmasEve);
  const minute = (year < FIRST_EARLY_AT_ONE ? 14 : 13) * 60;
  return new Map(days.map((day) => [day, minute]));
}

function thanksgiving(year: number): number {
  return nthWeekday(year, 11, 4, 'thu');
}

/** A New Year on a Saturday is not made up for: the Friday before closes the year's accounts. */
function newYear(year: number): number {
  const day = dayOf(year, 1, 1);
  return weekdayOf(day) === 'sat' ? day : observed(day);
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function observed(day: number): number {
  const weekday = weekdayOf(day);
  return weekday === 'sat' ? day - 1 : weekday === 'sun' ? day + 1 : day;
}

/** The half day beside Independence Day, where that is no part of a long weekend. */
function aroundIndependence(year: number): readonly number[] {
  const day = dayOf(year, 7, 4);
  const weekday = weekdayOf(day);
  if (weekday === 'thu' && year < FIRST_EARLY_WEDNESDAY) return [day + 1];
  return ['tue', 'wed', 'thu', 'fri'].includes(weekday) ? [day - 1] : [];
}
