import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GridText, gridOf } from '#tests/builders/instruments.ts';
import { divideUp, type GridPrice, type GridQuantity } from './grid.ts';
import { formatDecimal, money, price, quantity } from './money.ts';

test.each([
  { name: 'on the tick', tick: '0.1', value: 100.1, up: 100.1, down: 100.1 },
  { name: 'on the tick, but for the float', tick: '0.1', value: 0.1 + 0.2, up: 0.3, down: 0.3 },
  { name: 'a hair under it', tick: '0.1', value: 0.7 + 0.1, up: 0.8, down: 0.8 },
  { name: 'a difference with dust', tick: '0.1', value: 100.3 - 0.1, up: 100.2, down: 100.2 },
  { name: 'between two', tick: '0.1', value: 100.14, up: 100.2, down: 100.1 },
  { name: 'a real excess is no dust', tick: '0.1', value: 100.10001, up: 100.2, down: 100.1 },
  { name: 'a tick that is no power of ten', tick: '0.25', value: 30000.3, up: 30000.5, down: 30000.25 },
  { name: 'a tick of five', tick: '5', value: 12, up: 15, down: 10 },
  { name: 'far up on a fine tick', tick: '0.01', value: 99999.999, up: 100000, down: 99999.99 },
])('toTick: $name', ({ tick, value, up, down }) => {
  const grid = gridOf({ tick, lot: '0.001' });
  expect(grid.priceNumber(grid.toTick(value, 'up'))).toBe(up);
  expect(grid.priceNumber(grid.toTick(value, 'down'))).toBe(down);
});

test('toTick leaves every multiple of the tick where it is, however it was reckoned', () => {
  const cases = fc.tuple(
    fc.constantFrom('0.1', '0.01', '0.05', '0.25', '0.0001'),
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.nat(1_000_000),
  );
  fc.assert(
    fc.property(cases, ([tick, ticks, more]) => {
      const grid = gridOf({ tick });
      const value = (ticks + more) * Number(tick) - more * Number(tick);
      const expected = ticks * grid.tick;
      expect([grid.toTick(value, 'up'), grid.toTick(value, 'down')]).toEqual([expected, expected]);
    }),
  );
});

test.each([
  { name: 'whole lots stay', lot: '0.001', base: 1.234, expected: 1.234 },
  { name: 'whole lots but for the float', lot: '0.1', base: 0.1 + 0.2, expected: 0.3 },
  { name: 'a hair under whole lots', lot: '0.1', base: 0.8 - 0.1, expected: 0.7 },
  { name: 'the rest is dropped, never added', lot: '0.001', base: 1.2349, expected: 1.234 },
  { name: 'less than one lot is none', lot: '0.001', base: 0.0009, expected: 0 },
  { name: 'a lot of five', lot: '5', base: 14.9, expected: 10 },
])('toLot: $name', ({ lot, base, expected }) => {
  const grid = gridOf({ lot });
  expect(grid.quantityNumber(grid.toLot(base))).toBe(expected);
});

test.each([
  { name: 'on the tick', text: { tick: '0.25', lot: '0.001' }, priceScale: 100, tick: 25, lot: 1 },
  { name: 'free: 9 decimals', text: { tick: '0.25', lot: '1', prices: 'free' }, priceScale: 1e9, tick: 2.5e8, lot: 1 },
  {
    name: 'free: what a fine lot leaves',
    text: { tick: '0.01', lot: '0.00005', prices: 'free' },
    priceScale: 1e7,
    tick: 1e5,
    lot: 5,
  },
  {
    name: 'free: never coarser than the tick',
    text: { tick: '0.0000000001', lot: '1', prices: 'free' },
    priceScale: 1e10,
    tick: 1,
    lot: 1,
  },
] satisfies readonly { text: GridText; [key: string]: unknown }[])(
  'units: $name',
  ({ text, priceScale, tick, lot }) => {
    expect(gridOf(text)).toMatchObject({ priceScale, tick, lot });
  },
);

test('refuses a tick and a lot that leave no unit of money', () => {
  expect(() => gridOf({ tick: '0.0000001', lot: '0.000001' })).toThrow(
    new RangeError(
      'Cannot trade BTC/USDT as its tick and lot may have up to 12 decimals together: ' +
        'current values are 0.0000001 and 0.000001',
    ),
  );
});

test('a price read from a candle comes back as the same float', () => {
  const grid = gridOf({ tick: '0.01' });
  const anyPrice = fc.integer({ min: 1, max: 1_000_000_000 }).map((cents) => Number(`${cents}e-2`));
  fc.assert(
    fc.property(anyPrice, (value) => {
      expect(grid.priceNumber(grid.priceOf(value))).toBe(value);
    }),
  );
});

test('exact values go to the grid and back', () => {
  const grid = gridOf({ tick: '0.25', lot: '0.001' });
  expect(formatDecimal(grid.exactPrice(grid.gridPrice(price('30000.75'))))).toBe('30000.75');
  expect(formatDecimal(grid.exactQuantity(grid.gridQuantity(quantity('-0.015'))))).toBe('-0.015');
  expect(grid.quantityOf(quantity('0.015'))).toBe(15);
});

test.each([
  {
    name: 'a price finer than the grid',
    read: () => gridOf({ tick: '0.25' }).gridPrice(price('1.005')),
    says: 'The price 1.005 does not lie on the grid of 0.01',
  },
  {
    name: 'a quantity finer than the grid',
    read: () => gridOf({ lot: '0.1' }).gridQuantity(quantity('0.15')),
    says: 'The quantity 0.15 does not lie on the grid of 0.1',
  },
  {
    name: 'a quantity between lots',
    read: () => gridOf({ lot: '5' }).quantityOf(quantity('12')),
    says: "The quantity must be a multiple of BTC/USDT's lot 5: current value is 12",
  },
])('refuses $name', ({ read, says }) => {
  expect(read).toThrow(new RangeError(says));
});

test.each([
  { name: 'whole', text: { tick: '0.01', lot: '0.001' }, price: 3_000_000, quantity: 1, maker: '0.03', taker: '0.06' },
  { name: 'of a sale', text: { tick: '1', lot: '1' }, price: 100, quantity: -2, maker: '0.2', taker: '0.4' },
  {
    name: 'rounded up at the twelfth decimal',
    text: { tick: '0.01', lot: '0.001', prices: 'free' },
    price: 1_000_000_001,
    quantity: 1,
    maker: '0.000001000001',
    taker: '0.000002000001',
  },
] satisfies readonly { text: GridText; [key: string]: unknown }[])('fee: $name', ({ text, maker, taker, ...fill }) => {
  const grid = gridOf({ ...text, maker: '0.001', taker: '0.002' });
  const fee = (liquidity: 'maker' | 'taker') =>
    grid.fee(fill.price as GridPrice, fill.quantity as GridQuantity, liquidity);
  expect([formatDecimal(fee('maker')), formatDecimal(fee('taker'))]).toEqual([maker, taker]);
});

test.each([
  { value: 10n, expected: 1n },
  { value: 11n, expected: 2n },
  { value: 0n, expected: 0n },
  { value: -19n, expected: -1n },
  { value: -20n, expected: -2n },
])('divideUp($value, 10) is $expected', ({ value, expected }) => {
  expect(divideUp(value, 10n)).toBe(expected);
});

test('notional is exact and signed as the quantity is', () => {
  const grid = gridOf({ tick: '0.01', lot: '0.001' });
  expect(grid.notional(3_000_025 as GridPrice, -1_500 as GridQuantity)).toBe(money('-45000.375'));
});

test('a price that is finer than the grid is moved to it, and one that lies on it stays', () => {
  const grid = gridOf({ tick: '0.01', lot: '0.000000001', prices: 'free' });
  const moved = (text: string, direction: 'up' | 'down') => grid.priceNumber(grid.roundedPrice(price(text), direction));
  expect([moved('179.0812', 'up'), moved('179.0812', 'down')]).toEqual([179.082, 179.081]);
  expect([moved('179.081', 'up'), moved('179.081', 'down')]).toEqual([179.081, 179.081]);
});
