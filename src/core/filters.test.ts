import { expect, test } from 'vitest';
import { gridOf } from '#tests/builders/instruments.ts';
import { filterRefusal } from './filters.ts';
import type { GridPrice, GridQuantity } from './grid.ts';

/** Prices in 0.01, quantities in 0.0001: at a price of 100 the least notional of 5 is a quantity of 0.05. */
const GRID = gridOf({ tick: '0.05', lot: '0.0005', minQuantity: '0.001', minNotional: '5' });
const REFERENCE = 10_000;
const CANNOT = 'Cannot place order on "BTC/USDT" as its';
const QUANTITY_RULE = 'quantity must be a multiple of 0.0005 and at least 0.001';

test.each([
  { name: 'the least notional', quantity: 500 },
  { name: 'a price on the tick', quantity: 500, price: 9_995 },
  { name: 'an exit under the least notional', quantity: 10, effect: 'reduce-only' },
  { name: 'a limit is what the notional is reckoned with', quantity: 250, reference: 20_000 },
] as const)('passes: $name', ({ quantity, ...rest }) => {
  expect(refusalOf({ quantity, ...rest })).toBeUndefined();
});

test.each([
  { name: 'between lots', quantity: 502, why: `${CANNOT} ${QUANTITY_RULE}: current value is 0.0502` },
  { name: 'under the minimum', quantity: 5, why: `${CANNOT} ${QUANTITY_RULE}: current value is 0.0005` },
  { name: 'nothing', quantity: 0, why: `${CANNOT} ${QUANTITY_RULE}: current value is 0` },
  { name: 'negative', quantity: -500, why: `${CANNOT} ${QUANTITY_RULE}: current value is -0.05` },
  { name: 'not a number', quantity: Number.NaN, why: `${CANNOT} ${QUANTITY_RULE}: current value is NaN` },
  {
    name: 'an exit between lots',
    quantity: 502,
    effect: 'reduce-only',
    why: `${CANNOT} ${QUANTITY_RULE}: current value is 0.0502`,
  },
  {
    name: 'off the tick',
    quantity: 500,
    price: 9_997,
    why: `${CANNOT} price must be a multiple of 0.05: current value is 99.97`,
  },
  {
    name: 'under the least notional',
    quantity: 495,
    why: `${CANNOT} notional must be >= 5 USDT: current value is 4.95 USDT`,
  },
] as const)('refuses: $name', ({ why, ...order }) => {
  expect(refusalOf(order)).toBe(why);
});

function refusalOf(order: {
  readonly quantity: number;
  readonly price?: number;
  readonly effect?: 'open' | 'reduce-only';
  readonly reference?: number;
}): string | undefined {
  const { quantity, price, effect = 'open', reference = REFERENCE } = order;
  const filtered = { quantity: quantity as GridQuantity, price: price as GridPrice | undefined, effect };
  return filterRefusal(GRID, filtered, reference as GridPrice);
}
