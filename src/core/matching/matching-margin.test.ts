import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyOhlc, candlesOf, firstOf, flat, MONDAY, type Ohlc } from '#tests/builders/candles.ts';
import { Journal, type MatchingCase, modelOf, tradeOver } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { contractOf } from '#tests/builders/margin.ts';
import { distances, orderOf } from '#tests/builders/orders.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { Execution } from '../fills.ts';
import type { CarryPayment } from '../margin/funding.ts';
import { genericModel } from '../margin/models.ts';
import { formatDecimal, type Ratio, ratio } from '../money.ts';
import { PositionBook } from '../positions.ts';
import type { EpochMs } from '../time.ts';
import { Exchange } from './matching.ts';
import { candleTape } from './tape.ts';

/**
 * A position of 1 at 100, 10x isolated, 0.5 % maintenance, a tick of 1. Long: (100 - 10) / 0.995 = 90.45..., so 91, and
 * bankrupt at 90; short: 110 / 1.005 = 109.45..., so 109, and bankrupt at 110.
 */
const TERMS = { taker: '0.001', tick: '1' } as const;
const LONG = { side: 'buy' } as const;
const SHORT = { side: 'sell' } as const;
const BOUGHT = '#1 at 1: entry +1 @ 100 taker';
const SOLD = '#1 at 1: entry -1 @ 100 taker';
const TAKEN = '#2 at 2: liquidation -1 @ 90 taker';
const EXIT = { leg: 'exit', side: 'sell', at: 1 } as const;

const CASES: readonly MatchingCase[] = [
  {
    name: 'a long whose level is reached',
    candles: [flat(100), [100, 100, 91, 95]],
    orders: [LONG],
    fills: [BOUGHT, TAKEN],
  },
  { name: 'not a tick before it', candles: [flat(100), [100, 100, 92, 95]], orders: [LONG], fills: [BOUGHT] },
  {
    name: 'a short whose level is reached',
    candles: [flat(100), [100, 109, 100, 105]],
    orders: [SHORT],
    fills: [SOLD, '#2 at 2: liquidation +1 @ 110 taker'],
  },
  { name: 'not a tick before it either', candles: [flat(100), [100, 108, 100, 105]], orders: [SHORT], fills: [SOLD] },
  {
    name: 'in the candle of its entry',
    candles: [[100, 100, 80, 85]],
    orders: [LONG],
    fills: [BOUGHT, '#2 at 1: liquidation -1 @ 90 taker'],
  },
  {
    name: 'a stop that lies before it fires first',
    candles: [flat(100), [100, 100, 80, 85]],
    orders: [{ ...LONG, attached: distances(8) }],
    fills: [BOUGHT, '#2 at 2: stop -1 @ 92 taker'],
  },
  {
    name: 'one at it comes too late',
    candles: [flat(100), [100, 100, 80, 85]],
    orders: [{ ...LONG, attached: distances(9) }],
    fills: [BOUGHT, TAKEN],
  },
  {
    name: 'before the target of the same candle',
    candles: [flat(100), [100, 106, 80, 85]],
    orders: [{ ...LONG, attached: distances(20, 5) }],
    fills: [BOUGHT, TAKEN],
  },
  {
    name: 'after the target, where targets come first',
    candles: [flat(100), [100, 106, 80, 85]],
    orders: [{ ...LONG, attached: distances(20, 5) }],
    model: { intrabar: 'target-first' },
    fills: [BOUGHT, '#2 at 2: target -1 @ 105 maker'],
  },
  {
    name: 'on a path that goes to the low first',
    candles: [flat(100), [100, 120, 85, 110]],
    orders: [{ ...LONG, attached: distances(20, 5) }],
    model: { intrabar: 'ohlc-adaptive' },
    fills: [BOUGHT, TAKEN],
  },
  {
    name: 'on a path, the stop before it',
    candles: [flat(100), [100, 120, 85, 110]],
    orders: [{ ...LONG, attached: distances(8) }],
    model: { intrabar: 'ohlc-adaptive' },
    fills: [BOUGHT, '#2 at 2: stop -1 @ 92 taker'],
  },
  {
    name: 'an open beyond it comes before a stop',
    candles: [flat(100), [85, 90, 80, 88]],
    orders: [{ ...LONG, attached: distances(5) }],
    fills: [BOUGHT, TAKEN],
  },
  {
    name: 'an open beyond it comes before an exit at the open',
    candles: [flat(100), [85, 90, 80, 88]],
    orders: [LONG, EXIT],
    fills: [BOUGHT, TAKEN],
  },
  {
    name: 'an exit at the open comes before a level inside the candle',
    candles: [flat(100), [100, 100, 80, 85]],
    orders: [LONG, EXIT],
    fills: [BOUGHT, '#2 at 2: exit -1 @ 100 taker'],
  },
];

describe('the venue ends a position', () => {
  test.each(CASES)('$name', ({ candles, orders, model, fills }) => {
    const { journal } = tradeOver(candles, orders, { ...(model && { model }), margin: contractOf(TERMS) });
    expect(journal.fills).toEqual(fills);
  });

  test('and what would have reduced it ends', () => {
    const { journal, exchange } = tradeOver([flat(100), [85, 90, 80, 88]], [{ ...LONG, attached: distances(5, 20) }], {
      margin: contractOf(TERMS),
    });
    expect(journal.orders.slice(-2)).toEqual([
      'stop canceled: the position is closed',
      'target canceled: the position is closed',
    ]);
    expect([exchange.position, exchange.openOrders()]).toEqual([0, []]);
  });

  test('a model that closes at the market fills at the open beyond the level, and the margin with its closing fee is the most it costs', () => {
    // Level (100 - 10) / (1 - 0.005 - 0.001) = 90.54..., so 91. At 70 it would lose 30 and a fee of 0.07.
    const margin = contractOf({ ...TERMS, model: genericModel() });
    const { journal } = tradeOver([flat(100), [70, 75, 65, 70]], [LONG], { margin });
    expect(journal.fills).toEqual([BOUGHT, '#2 at 2: liquidation -1 @ 70 taker']);
    // 1,000 - 0.1 for the entry - 10 - 0.09, the fee of closing at the bankruptcy price.
    expect(formatDecimal(margin.account.wallet)).toBe('989.81');
    expect(formatDecimal(margin.account.covered)).toBe('19.98');
  });
});

test('an entry that its margin does not reach for when it comes to trade is refused with a sentence', () => {
  // 3 at 100 need 30, the fee of 0.3 and 0.27 locked for closing.
  const margin = contractOf({ ...TERMS, wallet: '30' });
  const { journal } = tradeOver([flat(100)], [{ ...LONG, quantity: 3 }], { margin });
  const why =
    'Cannot open the position as margin and fees must be at most 30, what is available: current value is 30.57; ' +
    'lower its size or raise the leverage';
  expect(journal.fills).toEqual([]);
  expect(journal.orders.at(-1)).toBe(`entry canceled: ${why}`);
  expect(margin.refusals).toEqual([why]);
});

/** Applies what an exchange tells to a book of our own. */
class Booked extends Journal {
  readonly book: PositionBook;

  constructor(book: PositionBook) {
    super();
    this.book = book;
  }

  override onFill(execution: Execution): void {
    super.onFill(execution);
    this.book.apply(execution);
  }

  onCarry(payment: CarryPayment): void {
    this.book.carry(payment);
  }
}

const GRID = gridOf();
const MINUTE = 60_000;
const minute = (count: number) => (MONDAY + count * MINUTE) as EpochMs;

describe('funding', () => {
  /** Bought at the open of minute 2, 100, and sold at the open of minute 4, 104. */
  function fundedAt(...times: readonly number[]): Booked {
    const rows: readonly Ohlc[] = [flat(100), flat(100), flat(100), flat(102), flat(104), flat(104)];
    const candles = candlesOf(rows);
    const events = times.map((time) => ({ at: minute(time), rate: ratio('0.01') }));
    const exchange = new Exchange(GRID, candles, { margin: contractOf(TERMS, events) });
    const booked = new Booked(new PositionBook(GRID, candles));
    exchange.listen(booked);
    for (let i = 0; i < rows.length; i++) {
      exchange.match(i);
      const order = i === 1 ? orderOf({ ...LONG, occasion: 1 }) : orderOf({ leg: 'exit', side: 'sell', occasion: 2 });
      order.submitted();
      if (i === 1 || i === 3) exchange.accept(order, i);
    }
    return booked;
  }

  test.each([
    { name: 'before it is held', at: 1.5, amount: '0' },
    { name: 'at the moment it is opened', at: 2, amount: '-1' },
    { name: 'inside the candle of its entry', at: 2.5, amount: '-1' },
    { name: "at a candle's open", at: 3, amount: '-1.02' },
    { name: 'inside a candle, at its open price', at: 3.9, amount: '-1.02' },
    { name: 'at the moment it is closed', at: 4, amount: '-1.04' },
    { name: 'after that', at: 4.1, amount: '0' },
  ])('$name', ({ at, amount }) => {
    const { book } = fundedAt(at);
    expect(formatDecimal(book.carryOf(0, 'funding'))).toBe(amount);
    // 4, less fees of 0.1 and 0.104.
    expect(book.pnlOf(0)).toBe(book.carryOf(0, 'funding') + 3_796_000_000_000n);
    expect(book.trades.pnl[0]).toBeCloseTo(3.796 + Number(amount), 12);
  });

  test('every event once', () => {
    expect(fundedAt(2, 2.5, 3, 3.5, 4).book.carries.map(({ at }) => (at - MONDAY) / MINUTE)).toEqual([
      2, 2.5, 3, 3.5, 4,
    ]);
  });

  test('with finer candles inside, at the open of the one that holds it, and liquidated in the one that reaches it', () => {
    const inside = candlesOf([flat(100), flat(100), flat(100), flat(100), [104, 104, 102, 102], [101, 101, 91, 95]]);
    const candles = candlesOf([flat(100), [100, 104, 91, 95]], '3m');
    const margin = contractOf(TERMS, [{ at: minute(4.5), rate: ratio('0.01') }]);
    const exchange = new Exchange(GRID, candles, { inside: candleTape(inside), margin });
    const booked = new Booked(new PositionBook(GRID, candles));
    exchange.listen(booked);
    exchange.match(0);
    const order = orderOf(LONG);
    order.submitted();
    exchange.accept(order, 0);
    exchange.match(1);
    expect(booked.fills).toEqual([BOUGHT, '#2 at 1: liquidation -1 @ 90 taker']);
    expect(booked.book.carries.map(({ mark, amount }) => [formatDecimal(mark), formatDecimal(amount)])).toEqual([
      ['104', '-1.04'],
    ]);
  });

  test('where no row is left inside a candle, an event of it is paid by its close', () => {
    const inside = candlesOf([flat(100), flat(100), flat(100), flat(100), flat(102), undefined, flat(103)]);
    const candles = candlesOf([flat(100), [100, 102, 100, 102]], '3m');
    const margin = contractOf(TERMS, [{ at: minute(5.5), rate: ratio('0.01') }]);
    const exchange = new Exchange(GRID, firstOf(candles, 1), { inside: candleTape(inside), margin });
    const booked = new Booked(new PositionBook(GRID, candles));
    exchange.listen(booked);
    exchange.match(0);
    const order = orderOf(LONG);
    order.submitted();
    exchange.accept(order, 0);
    exchange.matchUntil(minute(5));
    expect(booked.book.carries).toEqual([]);
    exchange.matchUntil(minute(6));
    expect(booked.book.carries.map(({ mark, amount }) => [formatDecimal(mark), formatDecimal(amount)])).toEqual([
      ['102', '-1.02'],
    ]);
  });

  test('an event of a missing candle is paid at the next one', () => {
    const candles = candlesOf([flat(100), flat(100), undefined, flat(103)]);
    const margin = contractOf(TERMS, [{ at: minute(2), rate: ratio('0.01') }]);
    const exchange = new Exchange(GRID, candles, { margin });
    exchange.match(0);
    const order = orderOf(LONG);
    order.submitted();
    exchange.accept(order, 0);
    exchange.match(1);
    expect(exchange.quietUntil(2, 3)).toBe(2);
    exchange.match(2);
    expect(formatDecimal(margin.account.funding)).toBe('-1.03');
  });
});

const anyStep = fc.record({
  row: anyOhlc,
  side: fc.constantFrom('buy' as const, 'sell' as const),
  act: fc.constantFrom('enter' as const, 'exit' as const, 'none' as const),
  quantity: fc.integer({ min: 1, max: 30 }),
  stop: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
});

test('our book and the account at the venue agree to the last unit, and no wallet falls below 0', {
  timeout: 600_000,
}, () => {
  const models = fc.constantFrom('worst-case-first' as const, 'target-first' as const, 'ohlc-adaptive' as const);
  const rates = fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 20 });
  const terms = fc.record({
    leverage: fc.constantFrom('1', '5', '20', '50'),
    marginMode: fc.constantFrom('isolated' as const, 'cross' as const),
    model: fc.constantFrom(undefined, genericModel()),
  });
  const steps = fc.array(anyStep, { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(steps, models, terms, rates, (history, intrabar, { model, ...others }, perMille) => {
      const events = perMille.map((rate, k) => ({ at: minute(k * 1.5), rate: (BigInt(rate) * 10n ** 9n) as Ratio }));
      const margin = contractOf({ ...TERMS, ...others, ...(model && { model }), wallet: '500' }, events);
      const candles = candlesOf(history.map(({ row }) => row));
      const exchange = new Exchange(GRID, candles, { model: modelOf({ intrabar }), margin });
      const book = new PositionBook(GRID, candles);
      exchange.listen(new Booked(book));
      for (const [i, { act, side, quantity, stop, row }] of history.entries()) {
        exchange.match(i);
        const { account } = margin;
        const close = GRID.priceOf(row[3]);
        expect(account.wallet).toBeGreaterThanOrEqual(0n);
        expect(account.position.quantity).toBe(GRID.exactQuantity(book.position));
        expect(500n * 10n ** 12n + book.exactWorth(close)).toBe(account.equity(GRID.exactPrice(close)));
        const { ledger } = book;
        expect(ledger.cash() + ledger.tradingCost() + ledger.fees() + ledger.funding() + ledger.kept()).toBe(0n);
        if (act === 'none') continue;
        const attached = stop === undefined ? undefined : distances(stop, stop);
        const order =
          act === 'enter'
            ? orderOf({ side, quantity, attached, occasion: i + 1 })
            : orderOf({ leg: 'exit', side, quantity, occasion: i + 1 });
        order.submitted();
        exchange.accept(order, i);
      }
    }),
    { numRuns: PROPERTY_RUNS },
  );
});
