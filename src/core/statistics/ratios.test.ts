import { expect, test } from 'vitest';
import { calmarRatio, compoundGrowth, martinRatio, sharpeRatio, sortinoRatio, ulcerIndex } from './ratios.ts';

// By hand: mean 0.01; squared distances 4 + 1 + 1 + 0 (x 1e-4) over n - 1 = 3; downside 1e-4 over n = 4.
const RETURNS = [0.03, 0, 0.02, -0.01];

test.each([
  { name: 'a table', ratio: sharpeRatio, returns: RETURNS, expected: (0.01 / Math.sqrt(10e-4 / 3)) * Math.sqrt(365) },
  { name: 'a table', ratio: sortinoRatio, returns: RETURNS, expected: (0.01 / Math.sqrt(1e-4 / 4)) * Math.sqrt(365) },
  { name: 'losses', ratio: sharpeRatio, returns: [-0.02, 0], expected: (-0.01 / Math.sqrt(2e-4)) * Math.sqrt(365) },
  { name: 'one return', ratio: sharpeRatio, returns: [0.01], expected: undefined },
  { name: 'equal returns', ratio: sharpeRatio, returns: [0.01, 0.01, 0.01], expected: undefined },
  { name: 'returns equal but for rounding', ratio: sharpeRatio, returns: [0.01, 0.01 + 1e-16], expected: undefined },
  { name: 'a return after ruin', ratio: sharpeRatio, returns: [0.01, -1, Number.NaN], expected: undefined },
  { name: 'no losing return', ratio: sortinoRatio, returns: [0.01, 0, 0.02], expected: undefined },
  { name: 'one return', ratio: sortinoRatio, returns: [-0.01], expected: undefined },
])('$ratio.name of $name', ({ ratio, returns, expected }) => {
  if (expected === undefined) expect(ratio(returns, 365)).toBeUndefined();
  else expect(ratio(returns, 365)).toBeCloseTo(expected, 10);
});

test('a year of 252 days scales by its root', () => {
  expect(sharpeRatio(RETURNS, 252)! / sharpeRatio(RETURNS, 365)!).toBeCloseTo(Math.sqrt(252 / 365), 12);
});

test.each([
  { name: 'a half in two years', growth: 1.5, years: 2, expected: Math.sqrt(1.5) - 1 },
  { name: 'a tenth in half a year', growth: 1.1, years: 0.5, expected: 0.21 },
  { name: 'a quarter of it lost in a year', growth: 0.75, years: 1, expected: -0.25 },
  { name: 'all lost', growth: 0, years: 1, expected: undefined },
  { name: 'more than all lost', growth: -0.5, years: 1, expected: undefined },
])('growth per year: $name', ({ growth, years, expected }) => {
  const value = compoundGrowth(growth, years);
  if (expected === undefined) expect(value).toBeUndefined();
  else expect(value).toBeCloseTo(expected, 12);
});

test.each([
  // By hand: 0, 10 and 20 % below the peak, then a new one: (0 + 100 + 400 + 0) / 4 = 125 squared percents.
  { name: 'a fall and back', equities: [90, 100, 90, 80, 110], expected: Math.sqrt(0.0125) },
  { name: 'below the start', equities: [100, 50], expected: 0.5 },
  { name: 'never below its peak', equities: [100, 100, 101], expected: 0 },
  { name: 'no period', equities: [100], expected: undefined },
  { name: 'nothing to start with', equities: [0, 100], expected: undefined },
])('Ulcer index: $name', ({ equities, expected }) => {
  const value = ulcerIndex(equities);
  if (expected === undefined) expect(value).toBeUndefined();
  else expect(value).toBeCloseTo(expected, 12);
});

test.each([calmarRatio, martinRatio])('$name is the return per year over what it took, or nothing', (ratio) => {
  expect(ratio(0.3, 0.2)).toBeCloseTo(1.5, 12);
  expect(ratio(-0.1, 0.4)).toBeCloseTo(-0.25, 12);
  expect(ratio(0.3, 0)).toBeUndefined();
  expect(ratio(0.3, 1e-15)).toBeUndefined();
});
