import { expect, test } from 'vitest';
import { sharpeRatio, sortinoRatio } from './ratios.ts';

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
