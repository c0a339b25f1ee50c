import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candlesOf, flat, MONDAY } from '#tests/builders/candles.ts';
import { type GridText, gridOf } from '#tests/builders/instruments.ts';
import { levels, type OrderText, orderOf } from '#tests/builders/orders.ts';
import type { Liquidity } from './fills.ts';
import type { GridPrice, GridQuantity } from './grid.ts';
import { formatDecimal } from './money.ts';
import { PositionBook } from './positions.ts';

/** One fill as a book is told of it, in grid units; a market entry where nothing else is said. */
interface Fill extends OrderText {
  readonly at: number;
  readonly signed: number;
  readonly price: number;
  readonly liquidity?: Liquidity;
}

const CANDLES = candlesOf(Array.from({ length: 20 }, () => flat(100)));

function bookOf(fills: readonly Fill[], text: GridText = { tick: '0.5', lot: '0.01' }): PositionBook {
  const book = new PositionBook(gridOf(text), CANDLES);
  for (const [k, { at, signed, price, liquidity = 'taker', ...order }] of fills.entries()) {
    const quantity = signed as GridQuantity;
    book.apply({
      order: orderOf(order),
      price: price as GridPrice,
      quantity,
      index: at,
      liquidity,
      venueTradeId: k + 1,
    });
  }
  return book;
}

/** Prices in 0.1, quantities in 0.01: bought 2 at 100 with a stop at 95, a risk of 10. */
const BOUGHT: Fill = { at: 3, signed: 200, price: 1_000, attached: levels(950, 1_100) };

test.each([
  { name: 'at the target', leg: 'target', price: 1_100, pnl: '19.58', r: 1.958, reason: 'target' },
  { name: 'at the stop', leg: 'stop', price: 950, pnl: '-10.39', r: -1.039, reason: 'stop' },
  { name: 'by a rule', leg: 'exit', price: 1_010, pnl: '1.598', r: 0.1598, reason: 'rule' },
  { name: 'by an entry of the other side', leg: 'entry', price: 1_000, pnl: '-0.4', r: -0.04, reason: 'rule' },
] as const)('a long that ends $name', ({ leg, price, pnl, r, reason }) => {
  const book = bookOf([BOUGHT, { at: 7, signed: -200, price, leg }]);
  const { trades } = book;
  expect(formatDecimal(book.pnlOf(0))).toBe(pnl);
  expect(trades.pnl[0]).toBeCloseTo(Number(pnl), 9);
  expect(trades.r[0]).toBeCloseTo(r, 9);
  expect([trades.exitReason(0), trades.entryIndex[0], trades.exitIndex[0]]).toEqual([reason, 3, 7]);
  expect(book).toMatchObject({ direction: 'flat', position: 0, entryIndex: -1, lastExitIndex: 7 });
  expect([trades.isOpen, trades.closed, trades.length]).toEqual([false, 1, 1]);
});

test('a trade that is entered and left in parts has the mean prices of its parts', () => {
  // Bought 1 at 100 and 3 at 102, sold 1 at 110 and 3 at 106: 101.5 and 107 on the mean, 22 before fees.
  const book = bookOf([
    { at: 0, signed: 100, price: 1_000, attached: levels(950) },
    { at: 1, signed: 300, price: 1_020, attached: levels(950) },
    { at: 2, signed: -100, price: 1_100, leg: 'target' },
    { at: 4, signed: -300, price: 1_060, leg: 'exit' },
  ]);
  const { trades } = book;
  expect([trades.length, trades.quantity[0], trades.entryPrice[0], trades.exitPrice[0]]).toEqual([
    1, 400, 1_015, 1_070,
  ]);
  expect([trades.entryIndex[0], trades.exitIndex[0], trades.exitReason(0)]).toEqual([0, 4, 'rule']);
  // Fees of 0.1 %: 0.1 + 0.306 + 0.11 + 0.318.
  expect(formatDecimal(book.pnlOf(0))).toBe('21.166');
  // 5 at risk on 1 and 7 on each of 3.
  expect(trades.r[0]).toBeCloseTo(21.166 / 26, 9);
});

test('a short mirrors it, and a maker pays its own rate', () => {
  const book = bookOf(
    [
      { at: 0, signed: -200, price: 1_000, attached: levels(1_050) },
      { at: 1, signed: 200, price: 900, leg: 'exit', liquidity: 'maker' },
    ],
    { tick: '0.5', lot: '0.01', maker: '0.0005' },
  );
  expect([book.pnlOf(0), book.feesOf(0)].map(formatDecimal)).toEqual(['19.71', '0.29']);
  expect(book.trades.r[0]).toBeCloseTo(1.971, 9);
  expect(book.trades.quantity[0]).toBe(-200);
});

test('without a stop there is no R', () => {
  const book = bookOf([
    { at: 0, signed: 100, price: 1_000 },
    { at: 1, signed: -100, price: 1_100, leg: 'exit' },
  ]);
  expect([book.trades.r[0], book.trades.stop[0], book.trades.target[0]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('while it is open, a trade has no exit and no P&L', () => {
  const book = bookOf([BOUGHT]);
  const { trades } = book;
  expect(book).toMatchObject({ direction: 'long', position: 200, entryIndex: 3, lastExitIndex: -1 });
  expect([trades.isOpen, trades.closed, trades.length, trades.exitReason(0)]).toEqual([true, 0, 1, undefined]);
  expect([trades.pnl[0], trades.r[0], trades.exitIndex[0], trades.exitPrice[0]]).toEqual(Array(4).fill(Number.NaN));
  expect([trades.stop[0], trades.target[0]]).toEqual([950, 1_100]);
});

test('an open position is worth what its close would bring, before fees', () => {
  const book = bookOf([BOUGHT]);
  const at = 1_050 as GridPrice;
  expect(formatDecimal(book.unrealized(at))).toBe('10');
  expect(formatDecimal(book.exactWorth(at))).toBe('9.8');
  expect(book.cash + book.base * 105).toBeCloseTo(9.8, 9);
  expect(book.committed()).toBe(200 * 1_000);
  expect([bookOf([]).unrealized(at), bookOf([]).committed()]).toEqual([0n, 0]);
});

test('two entries into one position are one trade, and so are two exits', () => {
  const book = bookOf([
    { at: 1, signed: 100, price: 1_000, attached: levels(950) },
    { at: 2, signed: 100, price: 1_100 },
    { at: 5, signed: -50, price: 1_200, leg: 'exit' },
    { at: 6, signed: -150, price: 1_200, leg: 'stop' },
  ]);
  const { trades } = book;
  expect([trades.length, trades.entryIndex[0], trades.exitIndex[0], trades.exitReason(0)]).toEqual([1, 1, 6, 'stop']);
  expect([book.pnlOf(0), book.feesOf(0)].map(formatDecimal)).toEqual(['29.55', '0.45']);
  expect([trades.entryPrice[0], trades.quantity[0], trades.exitPrice[0]]).toEqual([1_050, 200, 1_200]);
});

test('what is added raises the average entry, the risk by its own stop, and the count of entries', () => {
  const book = bookOf([
    { at: 1, signed: 100, price: 1_000, occasion: 1, attached: levels(950) },
    { at: 2, signed: 200, price: 1_100, occasion: 2, attached: levels(1_090) },
    { at: 3, signed: 50, price: 1_101, occasion: 2, attached: levels(1_090) },
    { at: 5, signed: -100, price: 1_200, leg: 'target', occasion: 1 },
  ]);
  // 1 at 100, 2 at 110 and 0.5 at 110.1: 375.05 for 3.5. Risk: 1 x 5 + 2 x 1 + 0.5 x 1.1.
  expect(formatDecimal(book.entryPrice(0))).toBe('107.157142857143');
  expect(book.trades.entryPrice[0]).toBeCloseTo(1_071.571_428_571, 6);
  expect(formatDecimal(book.cost(0))).toBe('375.05');
  expect(book.entries).toBe(2);
  expect(book.rOf(0, 15.1)).toBeCloseTo(2, 9);
  // 2.5 are left, at the average entry.
  expect(formatDecimal(book.unrealized(1_100 as GridPrice))).toBe('7.107142857143');
});

test('one entry without a stop leaves the trade without R', () => {
  const book = bookOf([BOUGHT, { at: 4, signed: 100, price: 1_000 }]);
  expect(book.rOf(0, 10)).toBe(Number.NaN);
});

test('a short that is added to and left in parts has the averages of both', () => {
  const book = bookOf([
    { at: 1, signed: -100, price: 1_000, occasion: 1 },
    { at: 2, signed: -200, price: 1_030, occasion: 2 },
    { at: 3, signed: 100, price: 900, leg: 'target' },
    { at: 4, signed: 200, price: 960, leg: 'exit' },
  ]);
  expect([book.entryPrice(0), book.exitPrice(0)].map(formatDecimal)).toEqual(['102', '94']);
  expect([book.trades.exitPrice[0], book.trades.quantity[0]]).toEqual([940, -300]);
  expect(book.entries).toBe(0);
});

test('fills are kept as they were told', () => {
  const { fills } = bookOf([
    { at: 2, signed: 100, price: 1_000, occasion: 77 },
    { at: 3, signed: -100, price: 1_001, occasion: 78, leg: 'target', liquidity: 'maker' },
  ]);
  const row = (k: number) => [fills.price(k), fills.quantity(k), fills.leg(k), fills.liquidity(k), fills.occasion(k)];
  expect([row(0), row(1)]).toEqual([
    [1_000, 100, 'entry', 'taker', 77],
    [1_001, -100, 'target', 'maker', 78],
  ]);
  expect([fills.at(0), fills.at(1)]).toEqual([MONDAY + 2 * 60_000, MONDAY + 3 * 60_000]);
});

test('the logs keep every row as they grow', () => {
  const rounds = 700;
  const book = bookOf(
    Array.from({ length: rounds }, (_, k): readonly Fill[] => [
      { at: 1, signed: 1, price: k + 1, occasion: k },
      { at: 2, signed: -1, price: k + 3, occasion: k, leg: 'exit' },
    ]).flat(),
    { taker: '0' },
  );
  const each = Array.from({ length: rounds }, (_, k) => k);
  expect(each.map((k) => [book.trades.entryPrice[k], book.trades.exitPrice[k], book.trades.pnl[k]])).toEqual(
    each.map((k) => [k + 1, k + 3, 2]),
  );
  expect(each.map((k) => book.fills.occasion(2 * k + 1))).toEqual(each);
  expect(each.map((k) => book.trades.exitReason(k))).toEqual(each.map(() => 'rule'));
});

/** Fills that open, add, reduce and close, never through zero: what an exchange does with reduce-only exits. */
const anyFills: fc.Arbitrary<readonly Fill[]> = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 10_000_000 })), {
    maxLength: 40,
  })
  .map((moves) => {
    let held = 0;
    return moves.map(([adds, size, price], k): Fill => {
      const side = held === 0 ? (size % 2 === 0 ? 1 : -1) : Math.sign(held);
      const signed = adds || held === 0 ? side * size : -side * Math.min(size, Math.abs(held));
      held += signed;
      return { at: k % 20, signed, price, leg: signed === side * size ? 'entry' : 'exit' };
    });
  });

test.each([
  { name: 'on the tick', text: { tick: '0.01', lot: '0.001' } },
  { name: 'free prices', text: { tick: '0.01', lot: '0.001', prices: 'free' } },
] as const)('P&L is the exact sum of the fills: $name', ({ text }) => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      const book = bookOf(fills, text);
      const { trades, grid } = book;
      const closed = Array.from({ length: trades.closed }, (_, k) => book.pnlOf(k) as bigint);
      const flows = fills.map(
        ({ price, signed }) =>
          -grid.notional(price as GridPrice, signed as GridQuantity) -
          grid.fee(price as GridPrice, signed as GridQuantity, 'taker'),
      );
      const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
      const last = trades.isOpen ? trades.firstFill[trades.length - 1]! : fills.length;
      expect(sum(closed)).toBe(sum(flows.slice(0, last)));
      expect(book.ledger.cash()).toBe(sum(flows));
      expect(book.position).toBe(fills.reduce((held, { signed }) => held + signed, 0));
      for (const [k, pnl] of closed.entries()) {
        expect(trades.pnl[k]).toBeCloseTo(Number(formatDecimal(pnl)), 4);
      }
    }),
  );
});
