import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal, money, type Price, price, type Quantity, quantity } from '../money.ts';
import { averageEntryPrice, FLAT, increased, type Position, reduced, unrealizedPnl } from './position.ts';

const add = (position: Position, [units, at]: readonly [string, string]) =>
  increased(position, quantity(units), price(at));

test.each([
  { name: 'one fill', fills: [['2', '100']], tick: '0.01', cost: '200', average: '100' },
  {
    name: 'added below',
    fills: [
      ['1', '100'],
      ['2', '85'],
    ],
    tick: '0.01',
    cost: '270',
    average: '90',
  },
  {
    name: 'a long rounds up',
    fills: [
      ['1', '100'],
      ['2', '100.01'],
    ],
    tick: '0.01',
    cost: '300.02',
    average: '100.01',
  },
  {
    name: 'a short rounds down',
    fills: [
      ['-1', '100'],
      ['-2', '100.01'],
    ],
    tick: '0.01',
    cost: '-300.02',
    average: '100',
  },
] as const)('average entry of $name', ({ fills, tick, cost, average }) => {
  const position = fills.reduce<Position>(add, FLAT);
  expect(formatDecimal(position.cost)).toBe(cost);
  expect(formatDecimal(averageEntryPrice(position, price(tick))!)).toBe(average);
});

test('nothing has no average entry price', () => {
  expect(averageEntryPrice(FLAT)).toBeUndefined();
});

test.each([
  { name: 'a part of a long', open: ['3', '100'], close: ['-1', '110'], pnl: '10', rest: '200' },
  { name: 'all of a long', open: ['3', '100'], close: ['-3', '90'], pnl: '-30', rest: '0' },
  { name: 'a part of a short', open: ['-3', '100'], close: ['1', '110'], pnl: '-10', rest: '-200' },
  { name: 'all of a short', open: ['-3', '100'], close: ['3', '90'], pnl: '30', rest: '0' },
] as const)('closes $name', ({ open, close, pnl, rest }) => {
  const { position, realizedPnl } = reduced(add(FLAT, open), quantity(close[0]), price(close[1]));
  expect(formatDecimal(realizedPnl)).toBe(pnl);
  expect(formatDecimal(position.cost)).toBe(rest);
});

test('the cost that leaves is rounded up', () => {
  const { position, realizedPnl } = reduced(
    { quantity: quantity('3'), cost: money('100') },
    quantity('-1'),
    price('40'),
  );
  expect(formatDecimal(realizedPnl)).toBe('6.666666666666');
  expect(formatDecimal(position.cost)).toBe('66.666666666666');
});

test.each([
  { name: 'past 0', by: '-4' },
  { name: 'in its own direction', by: '1' },
  { name: 'by nothing', by: '0' },
])('does not reduce a long of 3 $name', ({ by }) => {
  expect(() => reduced(add(FLAT, ['3', '100']), quantity(by), price('100'))).toThrow(
    `Cannot reduce the position as the fill must lead towards 0, not past it: current values are 3 and ${by}`,
  );
});

test.each([
  { units: '2', pnl: '20' },
  { units: '-2', pnl: '-20' },
])('$units held from 100 are worth $pnl at 110', ({ units, pnl }) => {
  expect(formatDecimal(unrealizedPnl(add(FLAT, [units, '100']), price('110')))).toBe(pnl);
});

const cents = fc.integer({ min: 1, max: 10 ** 8 }).map((value) => (BigInt(value) * 10n ** 10n) as Price);
const lots = fc.integer({ min: 1, max: 10 ** 6 }).map((value) => BigInt(value) * 10n ** 9n);

/** Buy in parts, sell in parts: whatever the rounding of each part, the whole is what was received less what was paid. */
test('the P&L of the parts is the P&L of the whole, to the last unit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(lots, cents), { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), cents), { maxLength: 5 }),
      cents,
      fc.constantFrom(1n, -1n),
      (entries, exits, lastPrice, side) => {
        let position = FLAT;
        let expected = 0n;
        for (const [units, at] of entries) {
          position = increased(position, (side * units) as Quantity, at);
          expected -= (side * units * at) / 10n ** 12n;
        }
        let realized = 0n;
        const sell = (units: bigint, at: Price) => {
          const reduction = reduced(position, -units as Quantity, at);
          position = reduction.position;
          realized += reduction.realizedPnl;
          expected += (units * at) / 10n ** 12n;
        };
        for (const [percent, at] of exits) {
          const units = ((position.quantity / 10n ** 9n) * BigInt(percent)) / 100n;
          if (units !== 0n) sell(units * 10n ** 9n, at);
        }
        sell(position.quantity, lastPrice);
        expect(position).toEqual(FLAT);
        expect(realized).toBe(expected);
      },
    ),
  );
});
