import { expect, test } from 'vitest';
import type { TradingWindow } from '../bots.ts';
import { epochMs } from '../time.ts';
import { WEEKDAYS, type Weekday } from './calendar-days.ts';
import { windowAt } from './trading-window.ts';

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

interface WindowText {
  readonly text: string;
  readonly zone?: string;
  readonly days?: readonly Weekday[];
}

function windowOf({ text, zone = 'America/New_York', days = WEEKDAYS }: WindowText): TradingWindow {
  const [startMinute, endMinute] = text.split('-').map((time) => {
    const [hours, minutes] = time.split(':').map(Number);
    return hours! * 60 + minutes!;
  });
  return { startMinute: startMinute!, endMinute: endMinute!, zone, days, flattenAtEnd: false };
}

const utc = (time: number) => new Date(time).toISOString().replace(':00.000Z', 'Z');

/** Offsets: New York is UTC-4 until 2025-11-02T06:00Z and UTC-5 after; Kolkata UTC+5:30 always. */
test.each<WindowText & { readonly name: string; readonly at: string; readonly expected: string }>([
  {
    name: 'before it, the same day',
    text: '09:30-12:00',
    at: '2025-07-01T13:29Z',
    expected: '2025-07-01T13:30Z to 2025-07-01T16:00Z',
  },
  {
    name: 'at its start',
    text: '09:30-12:00',
    at: '2025-07-01T13:30Z',
    expected: '2025-07-01T13:30Z to 2025-07-01T16:00Z',
  },
  {
    name: 'at its end, the next day',
    text: '09:30-12:00',
    at: '2025-07-01T16:00Z',
    expected: '2025-07-02T13:30Z to 2025-07-02T16:00Z',
  },
  {
    name: 'the day before the clocks go back',
    text: '09:30-12:00',
    at: '2025-11-01T12:00Z',
    expected: '2025-11-01T13:30Z to 2025-11-01T16:00Z',
  },
  {
    name: 'after they went back',
    text: '09:30-12:00',
    at: '2025-11-02T13:30Z',
    expected: '2025-11-02T14:30Z to 2025-11-02T17:00Z',
  },
  {
    name: 'on the day they go forward',
    text: '09:30-12:00',
    at: '2025-03-09T00:00Z',
    expected: '2025-03-09T13:30Z to 2025-03-09T16:00Z',
  },
  {
    name: 'over midnight, before it',
    text: '22:00-02:00',
    at: '2025-07-02T03:00Z',
    expected: '2025-07-02T02:00Z to 2025-07-02T06:00Z',
  },
  {
    name: 'over midnight, after it',
    text: '22:00-02:00',
    at: '2025-07-02T05:59Z',
    expected: '2025-07-02T02:00Z to 2025-07-02T06:00Z',
  },
  {
    name: 'over the night that lasts an hour longer',
    text: '22:00-03:00',
    at: '2025-11-02T07:30Z',
    expected: '2025-11-02T02:00Z to 2025-11-02T08:00Z',
  },
  {
    name: 'over the night that lasts an hour less',
    text: '22:00-03:00',
    at: '2025-03-09T06:00Z',
    expected: '2025-03-09T03:00Z to 2025-03-09T07:00Z',
  },
  {
    name: 'from a time that is skipped',
    text: '02:30-04:00',
    at: '2025-03-09T06:00Z',
    expected: '2025-03-09T07:00Z to 2025-03-09T08:00Z',
  },
  {
    name: 'all of it skipped: the next day',
    text: '02:00-02:30',
    at: '2025-03-09T06:00Z',
    expected: '2025-03-10T06:00Z to 2025-03-10T06:30Z',
  },
  {
    name: 'between times that are there twice: the first',
    text: '01:00-01:30',
    at: '2025-11-02T04:00Z',
    expected: '2025-11-02T05:00Z to 2025-11-02T05:30Z',
  },
  {
    name: 'that whole day',
    text: '00:00-00:00',
    at: '2025-11-02T12:00Z',
    expected: '2025-11-02T04:00Z to 2025-11-03T05:00Z',
  },
  {
    name: 'without summer time',
    text: '09:15-15:30',
    zone: 'Asia/Kolkata',
    at: '2025-07-01T00:00Z',
    expected: '2025-07-01T03:45Z to 2025-07-01T10:00Z',
  },
  {
    name: 'at a fixed distance',
    text: '00:00-01:00',
    zone: '+02:00',
    at: '2025-06-30T22:30Z',
    expected: '2025-06-30T22:00Z to 2025-06-30T23:00Z',
  },
  {
    name: 'on weekdays, on a Friday evening',
    text: '09:30-12:00',
    days: WEEK,
    at: '2025-10-31T20:00Z',
    expected: '2025-11-03T14:30Z to 2025-11-03T17:00Z',
  },
  {
    name: 'on Fridays into Saturday',
    text: '22:00-02:00',
    days: ['fri'],
    at: '2025-07-05T05:00Z',
    expected: '2025-07-05T02:00Z to 2025-07-05T06:00Z',
  },
  {
    name: 'on Fridays, not from Saturday on',
    text: '22:00-02:00',
    days: ['fri'],
    at: '2025-07-06T03:00Z',
    expected: '2025-07-12T02:00Z to 2025-07-12T06:00Z',
  },
  {
    name: 'on the one Sunday that skips it: a week later',
    text: '02:00-02:30',
    days: ['sun'],
    at: '2025-03-08T12:00Z',
    expected: '2025-03-16T06:00Z to 2025-03-16T06:30Z',
  },
])('the window at a time, or the next one: $name', ({ at, expected, ...text }) => {
  const { open, close } = windowAt(windowOf(text), epochMs(Date.parse(at)));
  expect(`${utc(open)} to ${utc(close)}`).toBe(expected);
});
