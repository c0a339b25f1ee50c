import { expect, test } from 'vitest';
import { gridOf } from '#tests/builders/instruments.ts';
import type { GridPrice } from './grid.ts';
import { nearerTarget, nextStepAfter, profitPercentAfter, profitTarget, type RoiTable } from './roi.ts';

const MINUTE = 60_000;
const TABLE: RoiTable = [
  { afterMinutes: 0, percent: 4 },
  { afterMinutes: 30, percent: 2 },
  { afterMinutes: 120, percent: 0 },
];

test.each([
  { name: 'at the entry', minutes: 0, percent: 4, next: 30 },
  { name: 'just before a step', minutes: 30 - 1 / MINUTE, percent: 4, next: 30 },
  { name: 'at a step', minutes: 30, percent: 2, next: 120 },
  { name: 'after the last', minutes: 1_000, percent: 0, next: Number.POSITIVE_INFINITY },
])('the table $name', ({ minutes, percent, next }) => {
  expect(profitPercentAfter(TABLE, minutes * MINUTE)).toBe(percent);
  expect(nextStepAfter(TABLE, minutes * MINUTE)).toBe(next * MINUTE);
});

/** Whole prices. */
const GRID = gridOf({ tick: '1', lot: '1' });
test.each([
  { name: 'a long, down to the tick', direction: 'long', percent: 2.5, expected: 103 },
  { name: 'a short, up to the tick', direction: 'short', percent: 2.5, expected: 99 },
  { name: 'nothing at all', direction: 'long', percent: 0, expected: 101 },
] as const)('a profit target of $name', ({ direction, percent, expected }) => {
  expect(profitTarget(GRID, direction, 101 as GridPrice, percent) / GRID.priceScale).toBe(expected / GRID.priceScale);
});

test('the nearer of two targets is the lower for a long and the higher for a short', () => {
  const [low, high] = [99 as GridPrice, 103 as GridPrice];
  expect([nearerTarget('long', low, high), nearerTarget('long', high, low)]).toEqual([low, low]);
  expect([nearerTarget('short', low, high), nearerTarget('short', high, low)]).toEqual([high, high]);
  expect(nearerTarget('short', undefined, low)).toBe(low);
});
