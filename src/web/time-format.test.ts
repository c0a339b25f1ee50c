import { expect, test } from 'vitest';
import { formatClock, formatDay, formatDuration, formatWhen, zoneName } from './time-format.ts';

const AT = Date.UTC(2026, 10, 20, 15, 41, 52);

test.each([
  { name: 'today: the clock', at: AT - 3_600_000, expected: '14:41:52' },
  { name: 'this year: the day and the minute', at: Date.UTC(2026, 10, 14, 6, 30), expected: '14 Nov 06:30' },
  { name: 'another year: the year too', at: Date.UTC(2024, 0, 2, 6, 30), expected: '2 Jan 2024 06:30' },
  { name: 'the same day of another year', at: Date.UTC(2025, 10, 20, 6, 30), expected: '20 Nov 2025 06:30' },
])('formatWhen, $name', ({ at, expected }) => {
  expect(formatWhen(at, AT, 'utc')).toBe(expected);
});

test.each([
  { ms: -5, expected: '0 s' },
  { ms: 48_900, expected: '48 s' },
  { ms: 720_000, expected: '12 m' },
  { ms: 11_100_000, expected: '3 h 05 m' },
  { ms: 90_000_000, expected: '1 d 1 h' },
])('formatDuration $ms is $expected', ({ ms, expected }) => {
  expect(formatDuration(ms)).toBe(expected);
});

test('a time in UTC reads as it is', () => {
  expect(formatClock(AT, 'utc')).toBe('15:41:52');
  expect(formatDay(AT, 'utc')).toBe('20 Nov');
  expect(zoneName(AT, 'utc')).toBe('UTC');
});
