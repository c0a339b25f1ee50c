import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GridText, gridOf } from '#tests/builders/instruments.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { GridPrice, GridQuantity } from './grid.ts';
import { Ledger } from './ledger.ts';
import { formatDecimal } from './money.ts';

const GRIDS: readonly (GridText & { readonly name: string })[] = [
  { name: 'whole units', tick: '1', lot: '1' },
  { name: 'cents and thousandths', tick: '0.01', lot: '0.001', taker: '0.00055' },
  { name: 'free prices: fees need rounding', tick: '0.25', lot: '0.001', prices: 'free' },
  { name: 'no fee', tick: '0.01', lot: '0.001', taker: '0' },
];

const anyFill = fc.record({
  price: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 10 ** 14 })),
  quantity: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -(10 ** 9), max: 10 ** 9 })),
});

test.each(GRIDS)('books any fills as bigint arithmetic does: $name', ({ name: _, ...text }) => {
  const grid = gridOf(text);
  const { notionalDecimals, feeDecimals, takerRate, feeDivisor } = grid;
  fc.assert(
    fc.property(fc.array(anyFill), (fills) => {
      const ledger = new Ledger(grid);
      let cost = 0n;
      let fees = 0n;
      for (const { price, quantity } of fills) {
        ledger.post(price as GridPrice, quantity as GridQuantity, takerRate);
        const traded = BigInt(price) * BigInt(quantity);
        const perDivisor = (traded < 0n ? -traded : traded) * BigInt(takerRate);
        cost += traded;
        fees += perDivisor / BigInt(feeDivisor) + (perDivisor % BigInt(feeDivisor) > 0n ? 1n : 0n);
      }
      expect(ledger.tradingCost()).toBe(cost * 10n ** BigInt(12 - notionalDecimals));
      expect(ledger.fees()).toBe(fees * 10n ** BigInt(12 - feeDecimals));
      expect(ledger.cash() + ledger.tradingCost() + ledger.fees()).toBe(0n);
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

test('its fees are the fees that the grid names for each fill, rebates too', () => {
  const grid = gridOf({ tick: '0.25', lot: '0.001', maker: '-0.00015', taker: '0.00055', prices: 'free' });
  fc.assert(
    fc.property(fc.array(fc.tuple(anyFill, fc.boolean())), (fills) => {
      const ledger = new Ledger(grid);
      let fees = 0n;
      for (const [{ price, quantity }, isMaker] of fills) {
        ledger.post(price as GridPrice, quantity as GridQuantity, isMaker ? grid.makerRate : grid.takerRate);
        fees += grid.fee(price as GridPrice, quantity as GridQuantity, isMaker ? 'maker' : 'taker');
      }
      expect(ledger.fees()).toBe(fees);
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

test.each([
  { name: 'a purchase', fills: [[10_000, 2]], cash: '-200.2', cost: '200', fees: '0.2' },
  { name: 'a short sale', fills: [[10_000, -2]], cash: '199.8', cost: '-200', fees: '0.2' },
  {
    name: 'a round trip at a loss',
    fills: [
      [10_000, 1],
      [9_000, -1],
    ],
    cash: '-10.19',
    cost: '10',
    fees: '0.19',
  },
  {
    name: 'beyond what a double holds',
    fills: [[900_719_925_474_099, 1_000_001]],
    cash: '-9016215470202184985.73099',
    cost: '9007208261940244740.99',
    fees: '9007208261940244.74099',
  },
])('$name', ({ fills, cash, cost, fees }) => {
  const ledger = new Ledger(gridOf({ tick: '0.01', lot: '1' }));
  for (const [price, quantity] of fills) ledger.post(price as GridPrice, quantity as GridQuantity, 1);
  expect([ledger.cash(), ledger.tradingCost(), ledger.fees()].map(formatDecimal)).toEqual([cash, cost, fees]);
});

test('the float readings are what the exact ones come to', () => {
  const ledger = new Ledger(gridOf({ tick: '0.01', lot: '0.001' }));
  ledger.post(3_000_025 as GridPrice, 1_500 as GridQuantity, 1);
  expect(ledger.cashNumber()).toBeCloseTo(-45_000.375 - 45.000375, 9);
  expect(ledger.feesNumber()).toBeCloseTo(45.000375, 9);
});
