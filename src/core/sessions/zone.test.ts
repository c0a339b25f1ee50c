import { describe, expect, test } from 'vitest';
import { epochMs } from '../time.ts';
import { dayOfText } from './calendar-days.ts';
import { isZone, zoneDay, zoneTime } from './zone.ts';

const NEW_YORK = 'America/New_York';

/** Offsets and changes as the IANA database has them. */
describe('when clocks show a time', () => {
  test.each([
    { name: 'in summer', zone: NEW_YORK, date: '2025-07-01', minute: 570, expected: '2025-07-01T13:30Z' },
    { name: 'in winter', zone: NEW_YORK, date: '2025-12-01', minute: 570, expected: '2025-12-01T14:30Z' },
    { name: 'that they skip', zone: NEW_YORK, date: '2025-03-09', minute: 150, expected: '2025-03-09T07:00Z' },
    { name: 'after a skip', zone: NEW_YORK, date: '2025-03-09', minute: 180, expected: '2025-03-09T07:00Z' },
    { name: 'twice, the first', zone: NEW_YORK, date: '2025-11-02', minute: 90, expected: '2025-11-02T05:30Z' },
    { name: 'after what is twice', zone: NEW_YORK, date: '2025-11-02', minute: 120, expected: '2025-11-02T07:00Z' },
    {
      name: 'without summer time',
      zone: 'Asia/Kolkata',
      date: '2025-07-01',
      minute: 570,
      expected: '2025-07-01T04:00Z',
    },
    { name: 'of a fixed distance', zone: '+02:00', date: '2025-07-01', minute: 0, expected: '2025-06-30T22:00Z' },
    { name: 'in UTC', zone: 'UTC', date: '2025-07-01', minute: 1439, expected: '2025-07-01T23:59Z' },
    {
      name: 'of a day they skip',
      zone: 'Pacific/Apia',
      date: '2011-12-30',
      minute: 720,
      expected: '2011-12-30T10:00Z',
    },
    {
      name: 'in half an hour of summer',
      zone: 'Australia/Lord_Howe',
      date: '2025-10-05',
      minute: 135,
      expected: '2025-10-04T15:30Z',
    },
  ])('$name', ({ zone, date, minute, expected }) => {
    expect(zoneTime(zone, dayOfText(date), minute)).toBe(Date.parse(expected));
  });
});

test.each([
  { zone: NEW_YORK, at: '2025-07-02T03:59Z', date: '2025-07-01' },
  { zone: NEW_YORK, at: '2025-07-02T04:00Z', date: '2025-07-02' },
  { zone: 'Pacific/Kiritimati', at: '2025-07-01T10:00Z', date: '2025-07-02' },
])('the date in $zone at $at', ({ zone, at, date }) => {
  expect(zoneDay(zone, epochMs(Date.parse(at)))).toBe(dayOfText(date));
});

test.each([
  ...[NEW_YORK, 'UTC', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', '+05:30'].map(
    (text) => [text, true] as const,
  ),
  ...['New York', 'America/Gotham', '', '5', '2025-01-01T00:00[UTC]', '+25:00'].map((text) => [text, false] as const),
])('is "%s" a zone: %s', (text, expected) => {
  expect(isZone(text)).toBe(expected);
});
