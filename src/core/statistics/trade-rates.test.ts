import { expect, test } from 'vitest';
import { profitFactorOf, winRateOf } from './trade-rates.ts';

test.each([
  { name: 'a table', pnl: [30, -10, 30, -10, 0], winRate: 0.4, profitFactor: 3 },
  { name: 'no loss', pnl: [1, 2], winRate: 1, profitFactor: undefined },
  { name: 'no profit', pnl: [-1, -2], winRate: 0, profitFactor: 0 },
  { name: 'nothing lost, nothing won', pnl: [0, 0], winRate: 0, profitFactor: undefined },
  { name: 'nothing', pnl: [], winRate: undefined, profitFactor: undefined },
])('$name', ({ pnl, winRate, profitFactor }) => {
  expect(winRateOf(pnl)).toBe(winRate);
  expect(profitFactorOf(pnl)).toBe(profitFactor);
});
