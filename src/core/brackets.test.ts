import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, levels } from '#tests/builders/orders.ts';
import { bracketLevels, levelsAt } from './brackets.ts';
import type { GridPrice } from './grid.ts';

test.each([
  { name: 'on the tick', direction: 'long', stop: 2, target: 3, expected: [98, 103] },
  { name: 'on the tick', direction: 'short', stop: 2, target: 3, expected: [102, 97] },
  {
    name: 'on the tick but for the float',
    direction: 'long',
    stop: 0.1 + 0.2,
    target: 0.7 + 0.1,
    expected: [99.7, 100.8],
  },
  { name: 'off the tick: both come closer', direction: 'long', stop: 2.04, target: 3.06, expected: [98, 103] },
  { name: 'off the tick: both come closer', direction: 'short', stop: 2.04, target: 3.06, expected: [102, 97] },
  { name: 'nearly a tick off', direction: 'long', stop: 2.09, target: 3.09, expected: [98, 103] },
  { name: 'nearly a tick off', direction: 'short', stop: 2.09, target: 3.09, expected: [102, 97] },
  { name: 'no target', direction: 'long', stop: 2, target: undefined, expected: [98, undefined] },
] as const)('$direction from 100, toward the entry: $name', ({ direction, stop, target, expected }) => {
  const grid = gridOf({ tick: '0.1' });
  const got = bracketLevels(grid, direction, 100, stop, target, 'toward-entry');
  const number = (price: GridPrice | undefined) => price && grid.priceNumber(price);
  expect([number(got.stop), number(got.target)]).toEqual(expected);
});

test('toward the entry, neither lies farther away than asked nor a whole tick closer', () => {
  const grid = gridOf({ tick: '0.25' });
  const anyDistance = fc.double({ min: 0.001, max: 500, noNaN: true });
  const anyAnchor = fc.integer({ min: 4_000, max: 400_000 }).map((ticks) => ticks * 0.25);
  fc.assert(
    fc.property(
      fc.constantFrom('long', 'short'),
      anyAnchor,
      anyDistance,
      anyDistance,
      (direction, anchor, stop, target) => {
        const got = bracketLevels(grid, direction, anchor, stop, target, 'toward-entry');
        const sign = direction === 'long' ? 1 : -1;
        const dust = 1e-6 * 0.25;
        const lost = [
          stop - sign * (anchor - grid.priceNumber(got.stop)),
          target - sign * (grid.priceNumber(got.target!) - anchor),
        ];
        for (const closer of lost) {
          expect(closer).toBeGreaterThan(-dust);
          expect(closer).toBeLessThan(0.25);
        }
      },
    ),
  );
});

test('not rounded, levels keep nine decimals', () => {
  const grid = gridOf({ tick: '0.25', prices: 'free' });
  const got = bracketLevels(grid, 'long', 100, 1.123456789, 2.1234567894, 'none');
  expect(got).toEqual({ stop: 98_876_543_211, target: 102_123_456_789 });
  expect(bracketLevels(grid, 'short', 100, 1, undefined, 'none')).toEqual({ stop: 101e9, target: undefined });
});

test.each([
  { name: 'levels stand, whatever the fill', plan: levels(95, 110), fill: 101, expected: { stop: 95, target: 110 } },
  { name: 'distances count from the fill', plan: distances(5, 10), fill: 101, expected: { stop: 96, target: 111 } },
  { name: 'and are rounded there', plan: distances(4.5, 9.5), fill: 101, expected: { stop: 97, target: 110 } },
  { name: 'without a target', plan: distances(5), fill: 101, expected: { stop: 96, target: undefined } },
])('levelsAt: $name', ({ plan, fill, expected }) => {
  expect(levelsAt(plan, gridOf(), 'long', fill as GridPrice)).toEqual(expected);
});
