import { describe, expect, test } from 'vitest';
import { candlesOf, type Ohlc } from '#tests/builders/candles.ts';
import { type MatchingCase, tradeOver } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import type { GridPrice, GridQuantity } from '../grid.ts';
import { type Slippage, slippageFraction, slipped } from './slippage.ts';

const FIXED: Slippage = { kind: 'fixed', bps: 10 };
const ROOT: Slippage = { kind: 'square-root', coefficient: 1, rows: 2 };

describe('slipped', () => {
  const columns = candlesOf([[100, 101, 99, 100]]);
  test.each([
    { name: 'none leaves the price', slippage: { kind: 'none' }, side: 'buy', price: 1_000, expected: 1_000 },
    // 100 x 1.001 is 100.1, and 100 x 0.999 is 99.9.
    { name: 'a buy pays more', slippage: FIXED, side: 'buy', price: 1_000, expected: 1_001 },
    { name: 'a sell gets less', slippage: FIXED, side: 'sell', price: 1_000, expected: 999 },
    {
      name: 'a buy is rounded up to the tick',
      slippage: { kind: 'fixed', bps: 1 },
      side: 'buy',
      price: 1_000,
      expected: 1_001,
    },
    { name: 'a sell down', slippage: { kind: 'fixed', bps: 1 }, side: 'sell', price: 1_000, expected: 999 },
    {
      name: 'a limit is the worst a buy pays',
      slippage: { kind: 'fixed', bps: 100 },
      side: 'buy',
      price: 1_000,
      limit: 1_004,
      expected: 1_004,
    },
    {
      name: 'and a sell gets',
      slippage: { kind: 'fixed', bps: 100 },
      side: 'sell',
      price: 1_000,
      limit: 996,
      expected: 996,
    },
    {
      name: 'nothing is sold for nothing',
      slippage: { kind: 'fixed', bps: 20_000 },
      side: 'sell',
      price: 1_000,
      expected: 1,
    },
  ] as const)('$name', ({ slippage, side, price, expected, ...rest }) => {
    const limit = ('limit' in rest ? rest.limit : undefined) as GridPrice | undefined;
    const grid = gridOf({ tick: '0.1' });
    expect(slipped(slippage, grid, side, price as GridPrice, 1 as GridQuantity, columns, 0, limit)).toBe(expected);
  });
});

describe('the square-root law', () => {
  /** Both candles have the same range, high / low = e^0.02. */
  const range = (volume: number): Ohlc => [100, 100 * Math.exp(0.02), 100, 100, volume];
  const columns = candlesOf([range(100), range(300), [100, 200, 50, 100, 1]]);
  // Parkinson: 0.02 / sqrt(4 ln 2) = 0.02 / 1.66510922... = 0.01201122...
  const volatility = 0.012011224087864498;

  test.each([
    {
      name: 'volatility times the root of the share of the mean volume before it',
      row: 2,
      quantity: 50,
      expected: volatility * 0.5,
    },
    { name: 'four times as much moves it twice as far', row: 2, quantity: 200, expected: volatility },
    { name: 'only rows before count', row: 1, quantity: 100, expected: volatility },
    { name: 'the first row has but itself', row: 0, quantity: 25, expected: volatility * 0.5 },
  ])('$name', ({ row, quantity, expected }) => {
    expect(slippageFraction(ROOT, quantity, columns, row)).toBeCloseTo(expected, 14);
  });

  test('is nothing where nothing was traded', () => {
    expect(slippageFraction(ROOT, 1, candlesOf([range(0)]), 0)).toBe(0);
  });
});

test.each([
  {
    name: 'a market order slips',
    candles: [[1_000, 1_000, 1_000, 1_000]],
    orders: [{}],
    fills: ['#1 at 1: entry +1 @ 1001 taker'],
  },
  {
    name: 'a stop slips',
    candles: [[1_000, 1_005, 999, 1_000]],
    orders: [{ type: 'stop', price: 1_003 }],
    fills: ['#1 at 1: entry +1 @ 1005 taker'],
  },
  {
    name: 'a limit that makes does not',
    candles: [[1_000, 1_005, 990, 1_000]],
    orders: [{ side: 'sell', type: 'limit', price: 1_003 }],
    fills: ['#1 at 1: entry -1 @ 1003 maker'],
  },
  {
    name: 'a limit that takes slips, and not beyond itself',
    candles: [[90, 90, 90, 90]],
    orders: [{ type: 'limit', price: 101 }],
    fills: ['#1 at 1: entry +1 @ 91 taker'],
  },
] as const satisfies readonly MatchingCase[])('$name', ({ candles, orders, fills }) => {
  expect(tradeOver(candles, orders, { model: { slippage: FIXED } }).journal.fills).toEqual(fills);
});
