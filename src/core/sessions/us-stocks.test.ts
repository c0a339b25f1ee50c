import { describe, expect, test } from 'vitest';
import { type EpochMs, epochMs } from '../time.ts';
import { isOpen, type Phase, phaseAt, sessionBefore } from './calendar.ts';
import { dayOfText, easterSunday } from './calendar-days.ts';
import { US_STOCKS } from './us-stocks.ts';

const at = (text: string): EpochMs => epochMs(Date.parse(text));
const utc = (time: number) => new Date(time).toISOString().replace(':00.000Z', 'Z');

/** The session on an ISO date, as `open close` in UTC; "closed" when there is none. */
function sessionOn(date: string): string {
  const session = US_STOCKS.sessionFrom(dayOfText(date));
  return session.day === dayOfText(date) ? `${utc(session.open).slice(11)} ${utc(session.close).slice(11)}` : 'closed';
}

const SUMMER = '13:30Z 20:00Z';
const WINTER = '14:30Z 21:00Z';
const SUMMER_EARLY = '13:30Z 17:00Z';
const WINTER_EARLY = '14:30Z 18:00Z';

/** By the exchange's published calendars: nyse.com/markets/hours-calendars, and its notices of special closings. */
describe('holidays and early closes', () => {
  test.each([
    { name: 'a plain day in summer', date: '2025-07-01', session: SUMMER },
    { name: 'a plain day in winter', date: '2025-12-23', session: WINTER },
    { name: 'a Saturday', date: '2025-07-05', session: 'closed' },
    { name: 'New Year', date: '2025-01-01', session: 'closed' },
    { name: 'New Year on a Sunday, kept on Monday', date: '2023-01-02', session: 'closed' },
    { name: 'the Friday before a New Year on Saturday', date: '2021-12-31', session: WINTER },
    { name: 'Martin Luther King day', date: '2026-01-19', session: 'closed' },
    { name: 'the same Monday before it was a holiday', date: '1997-01-20', session: WINTER },
    { name: "Washington's birthday", date: '2026-02-16', session: 'closed' },
    { name: 'Good Friday', date: '2025-04-18', session: 'closed' },
    { name: 'Easter Monday', date: '2025-04-21', session: SUMMER },
    { name: 'Memorial Day', date: '2025-05-26', session: 'closed' },
    { name: 'Juneteenth on a Sunday, kept on Monday', date: '2022-06-20', session: 'closed' },
    { name: 'Juneteenth before it was a holiday', date: '2020-06-19', session: SUMMER },
    { name: 'the day before Independence Day', date: '2025-07-03', session: SUMMER_EARLY },
    { name: 'Independence Day', date: '2025-07-04', session: 'closed' },
    { name: 'Independence Day on a Saturday, kept on Friday', date: '2026-07-03', session: 'closed' },
    { name: 'the Thursday before that', date: '2026-07-02', session: SUMMER },
    { name: 'the Wednesday before a Thursday the 4th, since 2013', date: '2019-07-03', session: SUMMER_EARLY },
    { name: 'the Wednesday before a Thursday the 4th, until 2012', date: '2002-07-03', session: SUMMER },
    { name: 'the Friday after it, until 2012', date: '2002-07-05', session: SUMMER_EARLY },
    { name: 'Labor Day', date: '2025-09-01', session: 'closed' },
    { name: 'Thanksgiving', date: '2025-11-27', session: 'closed' },
    { name: 'the day after Thanksgiving', date: '2025-11-28', session: WINTER_EARLY },
    { name: 'Christmas Eve', date: '2025-12-24', session: WINTER_EARLY },
    { name: 'Christmas', date: '2025-12-25', session: 'closed' },
    { name: 'Christmas on a Saturday, kept on Christmas Eve', date: '2021-12-24', session: 'closed' },
    { name: 'the day before that', date: '2021-12-23', session: WINTER },
    { name: 'Hurricane Sandy', date: '2012-10-29', session: 'closed' },
    { name: 'its second day', date: '2012-10-30', session: 'closed' },
    { name: 'the mourning for George H. W. Bush', date: '2018-12-05', session: 'closed' },
    { name: 'the mourning for Jimmy Carter', date: '2025-01-09', session: 'closed' },
    { name: 'the Friday before the clocks go forward', date: '2025-03-07', session: WINTER },
    { name: 'the Monday after', date: '2025-03-10', session: SUMMER },
    { name: 'the Friday before they go back', date: '2025-10-31', session: SUMMER },
    { name: 'the Monday after that', date: '2025-11-03', session: WINTER },
  ])('$name: $date', ({ date, session }) => {
    expect(sessionOn(date)).toBe(session);
  });

  /** Easter dates of the U.S. Naval Observatory. */
  test.each(['2000-04-23', '2008-03-23', '2011-04-24', '2024-03-31', '2038-04-25'])('Easter %s', (date) => {
    expect(easterSunday(Number(date.slice(0, 4)))).toBe(dayOfText(date));
  });
});

describe('what is on at a time', () => {
  test.each<{ readonly time: string; readonly phase: Phase }>([
    { time: '2025-07-01T07:59:59.999Z', phase: 'closed' },
    { time: '2025-07-01T08:00Z', phase: 'pre-market' },
    { time: '2025-07-01T13:29:59.999Z', phase: 'pre-market' },
    { time: '2025-07-01T13:30Z', phase: 'regular' },
    { time: '2025-07-01T19:59:59.999Z', phase: 'regular' },
    { time: '2025-07-01T20:00Z', phase: 'post-market' },
    { time: '2025-07-01T23:59:59.999Z', phase: 'post-market' },
    { time: '2025-07-02T00:00Z', phase: 'closed' },
    // An early close, and the holiday after it.
    { time: '2025-07-03T16:59Z', phase: 'regular' },
    { time: '2025-07-03T17:00Z', phase: 'post-market' },
    { time: '2025-07-03T20:59Z', phase: 'post-market' },
    { time: '2025-07-03T21:00Z', phase: 'closed' },
    { time: '2025-07-04T14:00Z', phase: 'closed' },
    { time: '2025-07-06T14:00Z', phase: 'closed' },
    // In winter the evening of New York is the next day in UTC.
    { time: '2025-12-24T00:30Z', phase: 'post-market' },
    { time: '2025-12-24T01:00Z', phase: 'closed' },
  ])('$time is $phase', ({ time, phase }) => {
    expect(phaseAt(US_STOCKS, at(time))).toBe(phase);
    expect(isOpen(US_STOCKS, at(time))).toBe(phase === 'regular');
  });

  test.each([
    { name: 'within a session, that one', time: '2025-07-03T16:59:59.999Z', open: '2025-07-03T13:30Z' },
    { name: 'at its end, the next one, over a long weekend', time: '2025-07-03T17:00Z', open: '2025-07-07T13:30Z' },
    { name: 'before the first of the year', time: '2025-01-01T00:00Z', open: '2025-01-02T14:30Z' },
    { name: 'over the change of the clocks', time: '2025-10-31T20:00Z', open: '2025-11-03T14:30Z' },
  ])('the session that holds a time, or the next one: $name', ({ time, open }) => {
    expect(utc(US_STOCKS.sessionAt(at(time)).open)).toBe(open);
    expect(utc(US_STOCKS.sessionFrom(dayOfText(open.slice(0, 10))).open)).toBe(open);
  });

  test('times may come in any order', () => {
    const times = ['2025-07-07T14:00Z', '2025-07-03T14:00Z', '2025-07-03T18:00Z', '2024-02-29T22:00Z'].map(at);
    const days = times.map((time) => utc(US_STOCKS.sessionAt(time).open).slice(0, 10));
    expect(days).toEqual(['2025-07-07', '2025-07-03', '2025-07-07', '2024-03-01']);
  });

  test('the session before another one', () => {
    const monday = US_STOCKS.sessionAt(at('2025-07-07T14:00Z'));
    expect(utc(sessionBefore(US_STOCKS, monday).close)).toBe('2025-07-03T17:00Z');
  });
});
