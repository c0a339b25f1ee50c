import { expect, test } from 'vitest';
import type { EpochMs } from '#core/time.ts';
import type { Asset } from './assets.ts';
import { auctionRefusal, expiryOf } from './sessions.ts';
import { newYorkTime, utcText } from './stamps.ts';

const SHARE = { settings: { class: 'us_equity' } } as Asset;
const COIN = { settings: { class: 'crypto' } } as Asset;

/** 2025-07-03 closes at 13:00, the 4th is a holiday, then comes a weekend. */
test.each([
  { now: '2025-07-02 09:27', opg: true, cls: true },
  { now: '2025-07-02 09:28', opg: false, cls: true },
  { now: '2025-07-02 15:49', opg: false, cls: true },
  { now: '2025-07-02 15:50', opg: false, cls: false },
  { now: '2025-07-02 18:59', opg: false, cls: false },
  { now: '2025-07-02 19:00', opg: true, cls: true },
  { now: '2025-07-03 12:49', opg: false, cls: true },
  { now: '2025-07-03 12:50', opg: false, cls: false },
  { now: '2025-07-03 18:00', opg: false, cls: false },
  { now: '2025-07-04 12:00', opg: true, cls: true },
  { now: '2025-07-06 12:00', opg: true, cls: true },
])('auctions at $now in New York: opening $opg, closing $cls', ({ now, opg, cls }) => {
  const [date = '', time = ''] = now.split(' ');
  const at = newYorkTime(date, time);
  expect([auctionRefusal('opg', at) === undefined, auctionRefusal('cls', at) === undefined]).toEqual([opg, cls]);
});

test.each([
  { now: '2025-07-02 10:00', timeInForce: 'day', extendedHours: false, ends: '2025-07-02T20:00:00Z' },
  { now: '2025-07-02 17:00', timeInForce: 'day', extendedHours: false, ends: '2025-07-03T17:00:00Z' },
  { now: '2025-07-02 17:00', timeInForce: 'day', extendedHours: true, ends: '2025-07-03T00:00:00Z' },
  { now: '2025-07-03 08:00', timeInForce: 'day', extendedHours: true, ends: '2025-07-03T21:00:00Z' },
  { now: '2025-07-03 17:00', timeInForce: 'day', extendedHours: true, ends: '2025-07-08T00:00:00Z' },
  { now: '2025-07-04 12:00', timeInForce: 'opg', extendedHours: false, ends: '2025-07-07T20:00:00Z' },
  // 16:15 in New York, ninety days on: in winter an hour later by UTC.
  { now: '2025-07-03 10:00', timeInForce: 'gtc', extendedHours: false, ends: '2025-10-01T20:15:00Z' },
  { now: '2025-10-01 10:00', timeInForce: 'gtc', extendedHours: false, ends: '2025-12-30T21:15:00Z' },
] as const)(
  '$timeInForce of $now, extended hours $extendedHours, ends $ends',
  ({ now, timeInForce, extendedHours, ends }) => {
    const [date = '', time = ''] = now.split(' ');
    const at = expiryOf({ asset: SHARE, timeInForce, extendedHours }, newYorkTime(date, time));
    expect(utcText(BigInt(at) * 1_000_000n)).toBe(ends);
  },
);

test('coins have no day that ends', () => {
  const at = expiryOf({ asset: COIN, timeInForce: 'ioc', extendedHours: false }, Date.UTC(2025, 6, 5) as EpochMs);
  expect(utcText(BigInt(at) * 1_000_000n)).toBe('2025-10-02T20:15:00Z');
});
