import { describe, expect, test } from 'vitest';
import { agreedLevels, levelsRefusal, rewardRisk } from './opinions.ts';

const MARKET = { price: 100, spread: 0.1 };

describe('the levels of an opinion', () => {
  test.each([
    { name: 'a long with both', recommendation: 'buy', entry: undefined, stop: 98, target: 104 },
    { name: 'a short with both', recommendation: 'sell', entry: undefined, stop: 102, target: 96 },
    { name: 'none at all', recommendation: 'buy', entry: undefined, stop: undefined, target: undefined },
    { name: 'an entry near the market', recommendation: 'buy', entry: 99, stop: 98, target: 101 },
    { name: 'a hold, whatever it says', recommendation: 'hold', entry: 5, stop: Number.NaN, target: -1 },
  ] as const)('are sound: $name', ({ name: _, ...opinion }) => {
    expect(levelsRefusal(opinion, MARKET)).toBeUndefined();
  });

  test.each([
    { opinion: { recommendation: 'buy', stop: 101 }, says: 'its stop 101 lies on the wrong side of 100' },
    { opinion: { recommendation: 'buy', stop: 100 }, says: 'its stop 100 lies on the wrong side of 100' },
    { opinion: { recommendation: 'sell', stop: 99 }, says: 'its stop 99 lies on the wrong side of 100' },
    { opinion: { recommendation: 'buy', target: 99 }, says: 'its target 99 lies on the wrong side of 100' },
    { opinion: { recommendation: 'sell', target: 101 }, says: 'its target 101 lies on the wrong side of 100' },
    { opinion: { recommendation: 'buy', target: 100.05 }, says: 'its target 100.05 lies within the spread of 100' },
    { opinion: { recommendation: 'buy', stop: 40 }, says: 'its stop 40 lies too far from 100' },
    { opinion: { recommendation: 'buy', target: 1e9 }, says: 'its target 1000000000 lies too far from 100' },
    { opinion: { recommendation: 'buy', stop: Number.NaN }, says: 'its stop NaN lies on the wrong side of 100' },
    { opinion: { recommendation: 'sell', target: Number.NaN }, says: 'its target NaN lies on the wrong side of 100' },
    { opinion: { recommendation: 'sell', stop: Infinity }, says: 'its stop Infinity lies too far from 100' },
    { opinion: { recommendation: 'buy', entry: 110, stop: 105 }, says: 'its entry 110 is not near the price 100' },
    { opinion: { recommendation: 'buy', entry: Number.NaN }, says: 'its entry NaN is not near the price 100' },
    { opinion: { recommendation: 'buy', entry: 99, stop: 99.5 }, says: 'its stop 99.5 lies on the wrong side of 99' },
  ] as const)('are refused: $says', ({ opinion, says }) => {
    expect(levelsRefusal({ entry: undefined, stop: undefined, target: undefined, ...opinion }, MARKET)).toBe(says);
  });
});

test.each([
  {
    direction: 'long',
    levels: [
      [95, 110],
      [97, 120],
    ],
    stop: 97,
    target: 110,
  },
  {
    direction: 'short',
    levels: [
      [105, 90],
      [103, 80],
    ],
    stop: 103,
    target: 90,
  },
  {
    direction: 'long',
    levels: [
      [95, undefined],
      [undefined, 120],
    ],
    stop: 95,
    target: 120,
  },
  { direction: 'long', levels: [[undefined, undefined]], stop: undefined, target: undefined },
] as const)('those that agree have the nearest levels: $direction $levels', ({ direction, levels, stop, target }) => {
  const agreeing = levels.map(([one, other]) => ({ stop: one, target: other }));
  expect(agreedLevels(direction, agreeing)).toEqual({ stop, target });
});

test.each([
  { from: 100, stop: 98, target: 105, ratio: 2.5 },
  { from: 100, stop: 102, target: 94, ratio: 3 },
  { from: 100, stop: 100, target: 105, ratio: undefined },
  { from: 100, stop: undefined, target: 105, ratio: undefined },
])('from $from to $target against $stop is $ratio R', ({ from, stop, target, ratio }) => {
  expect(rewardRisk(from, stop, target)).toBe(ratio);
});
