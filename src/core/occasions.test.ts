import { expect, test } from 'vitest';
import { Bell } from './occasions.ts';
import { ALWAYS } from './sessions/always.ts';
import { US_STOCKS } from './sessions/us-stocks.ts';
import type { EpochMs } from './time.ts';

const at = (ms: number) => ms as EpochMs;

test.each([
  { name: 'before the first multiple', reached: 0, next: 100 },
  { name: 'on a multiple, which is over', reached: 200, next: 300 },
  { name: 'between two', reached: 250, next: 300 },
])('the next tick is a multiple of the interval after what was reached: $name', ({ reached, next }) => {
  expect(new Bell(100, at(reached)).nextMoment).toBe(next);
});

test('each tick is told once, and other moments are none', () => {
  const bell = new Bell(100, at(50));
  const told = [60, 100, 100, 130, 200, 100].map((time) => bell.reach(at(time)));
  expect(told).toEqual([undefined, 'interval', undefined, undefined, 'interval', undefined]);
});

test.each([
  { name: 'the last one before now is still to come', now: 730, next: 700 },
  { name: 'one that is now too', now: 700, next: 700 },
  { name: 'none of the past where none was missed', now: 240, next: 300 },
])('of ticks that nobody saw, $name', ({ now, next }) => {
  const bell = new Bell(100, at(250));
  bell.catchUp(at(now));
  expect(bell.nextMoment).toBe(next);
});

test('without an interval nothing ticks', () => {
  const bell = new Bell(undefined, at(0));
  expect([bell.nextMoment, bell.reach(at(100))]).toEqual([Number.POSITIVE_INFINITY, undefined]);
});

test('looks come between ticks, and a tick goes before a look', () => {
  const bell = new Bell(100, at(50), { everyMs: 20, calendar: ALWAYS });
  const told: unknown[] = [];
  while (bell.nextMoment <= 140) {
    const next = at(bell.nextMoment);
    told.push([next, bell.reach(next)]);
  }
  expect(told).toEqual([
    [60, 'event'],
    [80, 'event'],
    [100, 'interval'],
    [120, 'event'],
    [140, 'event'],
  ]);
});

test('looks that nobody had are passed over, and the tick before them is not', () => {
  const bell = new Bell(100, at(50), { everyMs: 20, calendar: ALWAYS });
  bell.catchUp(at(175));
  expect(bell.nextMoment).toBe(100);
  expect(bell.reach(at(100))).toBe('interval');
  expect(bell.nextMoment).toBe(160);
});

test('nothing is looked at while the market is closed', () => {
  const look = { everyMs: 5_000, calendar: US_STOCKS };
  const nextAfter = (time: string) => {
    const { nextMoment } = new Bell(undefined, at(Date.parse(time)), look);
    return new Date(nextMoment).toISOString().slice(0, 19);
  };
  // 09:30 to 16:00 in New York, and to 13:00 on the third of July.
  expect(nextAfter('2025-07-02T19:59:55Z')).toBe('2025-07-03T13:30:05');
  expect(nextAfter('2025-07-03T13:30:05Z')).toBe('2025-07-03T13:30:10');
  expect(nextAfter('2025-07-03T17:00:00Z')).toBe('2025-07-07T13:30:05');
});
