import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionOf, type TermsText, termsOf, tiersOf } from '#tests/builders/margin.ts';
import { formatDecimal, type Money, money, type Price, type Quantity, quantity, ratio } from '../money.ts';
import { bankruptcyPrice, closingFee, initialMargin, liquidationPrice } from './liquidation.ts';
import { BINANCE, BYBIT, BYBIT_ENTRY, genericModel } from './models.ts';
import { unrealizedPnl } from './position.ts';
import { absolute, product } from './rounding.ts';
import { maintenanceMargin } from './tiers.ts';

const BTC = tiersOf(['300000', '0.0033', '150'], ['2000000', '0.005', '100']).rows;
const line = (rate: string, amount: string) => [{ maintenanceRate: ratio(rate), maintenanceAmount: money(amount) }];

interface Case extends TermsText {
  readonly name: string;
  readonly units: string;
  readonly entry: string;
  readonly collateral: string;
  readonly price: string | undefined;
}

const CASES: readonly Case[] = [
  // Bybit, maintenance on the mark price. 20,000 x (1 - 1/50) / (1 - 0.005) = 19,698.492..., up to the tick.
  { name: 'a long of 50x', units: '1', entry: '20000', collateral: '400', price: '19698.5' },
  // 20,000 x (1 + 1/50) / 1.005 = 20,298.507..., down to the tick.
  { name: 'a short of 50x', units: '-1', entry: '20000', collateral: '400', price: '20298.5' },
  // (400,000 - 80,000 - 510) / (10 x 0.995) = 32,109.547...: a value of 321,095, in the second tier.
  { name: 'in the tier of its entry', tiers: BTC, units: '10', entry: '40000', collateral: '80000', price: '32109.6' },
  // 320,000 is in the second tier; (320,000 - 64,000) / (8 x 0.9967) = 32,105.949... is in the first one.
  { name: 'in a tier below', tiers: BTC, units: '8', entry: '40000', collateral: '64000', price: '32106' },
  // 280,000 is in the first tier; (280,000 + 56,000 + 510) / (7 x 1.005) = 47,833.688... is in the second one.
  { name: 'in a tier above', tiers: BTC, units: '-7', entry: '40000', collateral: '56000', price: '47833.6' },
  { name: 'a long without leverage', units: '1', entry: '20000', collateral: '20000', price: undefined },
  { name: 'nothing', units: '0', entry: '20000', collateral: '400', price: undefined },
  // The closing fee of an isolated position is locked beside its margin: it does not move the price.
  { name: 'with a fee', taker: '0.00055', units: '1', entry: '20000', collateral: '400', price: '19698.5' },
  // In cross margin it is owed: (20,000 - 400) / (1 - 0.005 - 0.00055 x 0.9) = 19,708.297...
  {
    name: 'cross, long',
    marginMode: 'cross',
    taker: '0.00055',
    units: '1',
    entry: '20000',
    collateral: '400',
    price: '19708.3',
  },
  // (20,000 + 400) / (1 + 0.005 + 0.00055 x 1.1) = 20,286.294...
  {
    name: 'cross, short',
    marginMode: 'cross',
    taker: '0.00055',
    units: '-1',
    entry: '20000',
    collateral: '400',
    price: '20286.2',
  },
  {
    name: 'cross, with losses beyond all it has',
    marginMode: 'cross',
    units: '-1',
    entry: '100',
    collateral: '-200',
    price: '0',
  },

  // Bybit until 2025-09-02, its own example: 20,000 - (400 - 100).
  { name: 'before September 2025', model: BYBIT_ENTRY, units: '1', entry: '20000', collateral: '400', price: '19700' },
  { name: 'a short then', model: BYBIT_ENTRY, units: '-1', entry: '20000', collateral: '400', price: '20300' },
  // 400,000 x 0.005 - 510 = 1,490 of maintenance: 40,000 - (80,000 - 1,490) / 10.
  {
    name: 'a tier then',
    model: BYBIT_ENTRY,
    tiers: BTC,
    units: '10',
    entry: '40000',
    collateral: '80000',
    price: '32149',
  },

  // Binance FAQ b3c689c1f50a44cabb3a84e663b81d93: its isolated example of ETHUSDT, 1,114.78.
  {
    name: 'ETHUSDT at Binance',
    model: BINANCE,
    tiers: line('0.1', '135365'),
    tick: '0.01',
    units: '3683.979',
    entry: '1456.84',
    collateral: '1535443.01',
    price: '1114.79',
  },

  // Phemex' example: (200 - 40.096) / (0.9994 - 0.01) / 500 = 0.323234...
  {
    name: 'the generic model',
    model: genericModel(),
    tiers: line('0.01', '0'),
    taker: '0.0006',
    tick: '0.0001',
    units: '500',
    entry: '0.4',
    collateral: '40.096',
    price: '0.3233',
  },
  // 19,698.492... + 5 % of the 301.507... to the entry = 19,713.567...
  {
    name: 'a buffer',
    model: genericModel(ratio('0.05')),
    units: '1',
    entry: '20000',
    collateral: '400',
    price: '19713.6',
  },
  // 20,298.507... - 5 % of 298.507... = 20,283.582...
  {
    name: "a short's buffer",
    model: genericModel(ratio('0.05')),
    units: '-1',
    entry: '20000',
    collateral: '400',
    price: '20283.5',
  },
];

test.each(CASES)('liquidation of $name at $price', ({ name: _, units, entry, collateral, price, ...terms }) => {
  const at = liquidationPrice(positionOf(units, entry), money(collateral), termsOf(terms));
  expect(at === undefined ? undefined : formatDecimal(at)).toBe(price);
});

test.each([
  // The margin is gone: 20,000 -/+ 400.
  { name: 'a long', units: '1', entry: '20000', collateral: '400', price: '19600' },
  { name: 'a short', units: '-1', entry: '20000', collateral: '400', price: '20400' },
  { name: 'a long off the tick', units: '3', entry: '20000', collateral: '1000', price: '19666.7' },
  { name: 'a short off the tick', units: '-3', entry: '20000', collateral: '1000', price: '20333.3' },
  // In cross margin the taker's fee is paid too: 19,600 / (1 - 0.001) = 19,619.619...; 20,400 / 1.001 = 20,379.620...
  {
    name: 'cross, long',
    marginMode: 'cross',
    taker: '0.001',
    units: '1',
    entry: '20000',
    collateral: '400',
    price: '19619.7',
  },
  {
    name: 'cross, short',
    marginMode: 'cross',
    taker: '0.001',
    units: '-1',
    entry: '20000',
    collateral: '400',
    price: '20379.6',
  },
] satisfies readonly Case[])(
  'bankruptcy of $name at $price',
  ({ name: _, units, entry, collateral, price, ...terms }) => {
    expect(formatDecimal(bankruptcyPrice(positionOf(units, entry), money(collateral), termsOf(terms))!)).toBe(price);
  },
);

test('the margin and fee that Bybit locked for a recorded position', () => {
  // GET /v5/position/list: LTC long, positionValue 77.519375, 6x, taker 0.055 %: positionIM 12.95542633.
  const position = { quantity: quantity('1.2'), cost: money('77.519375') };
  const terms = termsOf({ leverage: '6', taker: '0.00055' });
  const locked = initialMargin(position.cost, terms.leverage) + closingFee(position, terms);
  expect(Math.abs(Number(formatDecimal(locked as Money)) - 12.95542633)).toBeLessThan(1e-6);
});

test.each([
  // 60 x (1 + 1/6) x 0.00055
  { leverage: '6', fee: '0.0385' },
  // 60 x (1 + 1/7) x 0.00055 = 0.0377142857142857...
  { leverage: '7', fee: '0.037714285715' },
])('a short of $leverage x owes $fee at its bankruptcy', ({ leverage, fee }) => {
  expect(formatDecimal(closingFee(positionOf('-1', '60'), termsOf({ leverage, taker: '0.00055' })))).toBe(fee);
});

/** Written from the definition, not from the formula: collateral + P&L against what the tiers demand at that price. */
describe('at the liquidation price the margin is short, a tick before it is not', () => {
  const anyPosition = fc.record({
    units: fc.integer({ min: 1, max: 10 ** 6 }),
    entry: fc.integer({ min: 1000, max: 10 ** 6 }),
    leverage: fc.integer({ min: 2, max: 50 }),
  });

  test.each([
    { model: BYBIT, side: 1n },
    { model: BYBIT, side: -1n },
    { model: BINANCE, side: 1n },
    { model: BINANCE, side: -1n },
    { model: genericModel(), side: 1n },
    { model: genericModel(), side: -1n },
  ])('$model.name, side $side', ({ model, side }) => {
    const tiers = tiersOf(
      ['50000', '0.004', '50'],
      ['600000', '0.01', '50'],
      ['9000000', '0.05', '10'],
      ['1000000000000', '0.5', '1'],
    );
    const tick = 10n ** 11n;
    const takerRate = ratio('0.00055');
    fc.assert(
      fc.property(anyPosition, ({ units, entry, leverage }) => {
        const size = (side * BigInt(units) * 10n ** 9n) as Quantity;
        const position = { quantity: size, cost: product(size, BigInt(entry) * tick, 'up') as Money };
        const collateral = initialMargin(position.cost, (BigInt(leverage) * 10n ** 12n) as typeof takerRate);
        const terms = { ...termsOf({ model, leverage: String(leverage), taker: '0.00055' }), tiers: tiers.rows };
        const at = liquidationPrice(position, collateral, terms)!;
        const isShort = (price: Price) => {
          const value = absolute(product(size, price, 'down')) as Money;
          const fee = model.closingFee === 'at-liquidation' ? product(value, takerRate, 'up') : 0n;
          return collateral + unrealizedPnl(position, price) <= maintenanceMargin(value, tiers.rows) + fee;
        };
        expect(isShort((at - side * tick) as Price)).toBe(true);
        expect(isShort((at + side * tick) as Price)).toBe(false);
      }),
    );
  });
});
