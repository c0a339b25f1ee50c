import { describe, expect, test } from 'vitest';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { type MatchingCase, type SentOrder, tradeOver, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';

const GRID = gridOf();

function fillsMatch(cases: readonly MatchingCase[]): void {
  test.each(cases)('$name', ({ candles, orders, fills }) => {
    expect(tradeOver(candles, orders).journal.fills).toEqual(fills);
  });
}

const BUY_LIMIT: SentOrder = { type: 'limit', price: 95 };
const SELL_LIMIT: SentOrder = { side: 'sell', type: 'limit', price: 105 };
const BUY_STOP: SentOrder = { type: 'stop', price: 105 };
const SELL_STOP: SentOrder = { side: 'sell', type: 'stop', price: 95 };

describe('a market order', () => {
  fillsMatch([
    {
      name: 'fills at the next open',
      candles: [[101, 109, 99, 105]],
      orders: [{}],
      fills: ['#1 at 1: entry +1 @ 101 taker'],
    },
    { name: 'sells', candles: [flat(99)], orders: [{ side: 'sell' }], fills: ['#1 at 1: entry -1 @ 99 taker'] },
    { name: 'never fills in the candle it was sent in', candles: [], orders: [{}], fills: [] },
    {
      name: 'closes before another one opens',
      candles: [flat(101), flat(102)],
      orders: [{}, { at: 1, leg: 'exit', side: 'sell' }, { at: 1, side: 'sell' }],
      fills: ['#1 at 1: entry +1 @ 101 taker', '#2 at 2: exit -1 @ 102 taker', '#3 at 2: entry -1 @ 102 taker'],
    },
  ]);
});

describe('a limit', () => {
  fillsMatch([
    { name: 'is not reached', candles: [[100, 104, 96, 100]], orders: [BUY_LIMIT, SELL_LIMIT], fills: [] },
    {
      name: 'buys at its level',
      candles: [[100, 100, 95, 97]],
      orders: [BUY_LIMIT],
      fills: ['#1 at 1: entry +1 @ 95 maker'],
    },
    {
      name: 'sells at its level',
      candles: [[100, 105, 99, 99]],
      orders: [SELL_LIMIT],
      fills: ['#1 at 1: entry -1 @ 105 maker'],
    },
    {
      name: 'buys at a better open',
      candles: [[93, 99, 92, 98]],
      orders: [BUY_LIMIT],
      fills: ['#1 at 1: entry +1 @ 93 maker'],
    },
    {
      name: 'sells at a better open',
      candles: [[107, 108, 99, 98]],
      orders: [SELL_LIMIT],
      fills: ['#1 at 1: entry -1 @ 107 maker'],
    },
    {
      name: 'waits',
      candles: [flat(100), flat(100), flat(94)],
      orders: [BUY_LIMIT],
      fills: ['#1 at 3: entry +1 @ 94 maker'],
    },
    { name: 'fills once', candles: [flat(95), flat(95)], orders: [BUY_LIMIT], fills: ['#1 at 1: entry +1 @ 95 maker'] },
  ]);
});

describe('a stop', () => {
  fillsMatch([
    { name: 'is not reached', candles: [[100, 104, 96, 100]], orders: [BUY_STOP, SELL_STOP], fills: [] },
    {
      name: 'buys at its trigger',
      candles: [[100, 105, 99, 100]],
      orders: [BUY_STOP],
      fills: ['#1 at 1: entry +1 @ 105 taker'],
    },
    {
      name: 'sells at its trigger',
      candles: [[100, 100, 95, 99]],
      orders: [SELL_STOP],
      fills: ['#1 at 1: entry -1 @ 95 taker'],
    },
    {
      name: 'buys at the open beyond it',
      candles: [[108, 109, 104, 104]],
      orders: [BUY_STOP],
      fills: ['#1 at 1: entry +1 @ 108 taker'],
    },
    {
      name: 'sells at the open beyond it',
      candles: [[92, 97, 91, 96]],
      orders: [SELL_STOP],
      fills: ['#1 at 1: entry -1 @ 92 taker'],
    },
    {
      name: 'comes before a limit',
      candles: [[100, 106, 94, 100]],
      orders: [SELL_LIMIT, SELL_STOP],
      fills: ['#1 at 1: entry -1 @ 95 taker', '#2 at 1: entry -1 @ 105 maker'],
    },
  ]);
});

describe('cancel', () => {
  function opened(order: SentOrder, ...candles: readonly Ohlc[]) {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), ...candles]));
    const sent = orderOf(order);
    watched.send(sent, 0);
    return { exchange: watched.exchange, journal: watched.journal, sent };
  }

  test.each([
    { name: 'a market order', order: {} },
    { name: 'a limit', order: BUY_LIMIT },
    { name: 'a stop', order: BUY_STOP },
  ])('takes back $name before it trades', ({ order }) => {
    const { exchange, journal, sent } = opened(order, flat(95), flat(105));
    expect(exchange.cancel(sent, 'asked to')).toBe(true);
    exchange.match(1);
    exchange.match(2);
    expect(journal.fills).toEqual([]);
    expect(sent.state).toEqual({ kind: 'canceled', filled: 0, why: 'asked to' });
    expect(exchange.openOrders()).toEqual([]);
  });

  test('comes too late after a fill, and twice', () => {
    const filled = opened({}, flat(100));
    filled.exchange.match(1);
    expect(filled.exchange.cancel(filled.sent, 'asked to')).toBe(false);
    const { exchange, sent } = opened(BUY_LIMIT);
    expect([exchange.cancel(sent, 'asked to'), exchange.cancel(sent, 'asked to')]).toEqual([true, false]);
  });

  test.each(['intended', 'submitted'] as const)('knows nothing of an order that it never took: %s', (kind) => {
    const { exchange } = opened({});
    const stranger = orderOf({ occasion: 2 });
    if (kind === 'submitted') stranger.submitted();
    expect(exchange.cancel(stranger, 'asked to')).toBe(false);
    expect(stranger.state.kind).toBe(kind);
  });

  test.each([
    { canceled: 'target', candle: flat(95), fill: '#2 at 2: stop -1 @ 95 taker' },
    { canceled: 'stop', candle: flat(110), fill: '#2 at 2: target -1 @ 110 maker' },
  ])('of the $canceled leaves the other one working', ({ canceled, candle, fill }) => {
    const { exchange, journal } = opened({ attached: levels(95, 110) }, flat(100), candle);
    exchange.match(1);
    const [order] = exchange.openOrders().filter(({ leg }) => leg === canceled);
    expect(exchange.cancel(order!, 'asked to')).toBe(true);
    exchange.match(2);
    expect(journal.fills.slice(1)).toEqual([fill]);
    expect(exchange.openOrders()).toEqual([]);
  });
});

describe('one client order id makes one order', () => {
  test.each([
    { name: 'while it works', order: BUY_LIMIT, fills: [] },
    { name: 'after it filled', order: {}, fills: ['#1 at 1: entry +1 @ 100 taker'] },
  ])('$name', ({ order, fills }) => {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(100), flat(100)]));
    watched.send(orderOf(order), 0);
    watched.exchange.match(1);
    expect(watched.send(orderOf(order), 1)).toEqual({ kind: 'accepted' });
    watched.exchange.match(2);
    expect(watched.journal.fills).toEqual(fills);
    expect(watched.exchange.position).toBe(fills.length);
  });

  test('one that was forgotten is refused, never traded again', () => {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(100)]));
    for (let occasion = 1; occasion <= 2_000; occasion++) {
      const order = orderOf({ ...BUY_LIMIT, occasion });
      watched.send(order, 0);
      watched.exchange.cancel(order, 'asked to');
    }
    const again = orderOf({ occasion: 1 });
    expect(watched.send(again, 0)).toEqual({
      kind: 'rejected',
      why: `Cannot place order ${again.clientOrderId} as its client order id was used before; use a new one`,
    });
    expect(again.state.kind).toBe('rejected');
    expect(watched.exchange.openOrders()).toEqual([]);
  });

  test('an order is found by it, working or ended', () => {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(99)]));
    const { exchange } = watched;
    const [market, limit] = [orderOf(), orderOf({ ...BUY_LIMIT, occasion: 2 })];
    for (const order of [market, limit]) watched.send(order, 0);
    exchange.match(1);
    expect(exchange.orderById(market.clientOrderId)).toBe(market);
    expect(exchange.orderById(limit.clientOrderId)).toBe(limit);
    expect(exchange.orderById('never-seen')).toBeUndefined();
  });
});

describe('refuses', () => {
  const why = (order: SentOrder) => new WatchedExchange(GRID, candlesOf([flat(100)])).send(orderOf(order), 0);
  const cannot = 'Cannot place order on "BTC/USDT" as';

  test.each([
    {
      name: 'half a lot',
      order: { quantity: 0.5 },
      sentence: `${cannot} its quantity must be a multiple of 1 and at least 1: current value is 0.5`,
    },
    {
      name: 'an exit from nothing',
      order: { leg: 'exit', side: 'sell' },
      sentence: `${cannot} it is reduce-only and there is no position to reduce`,
    },
  ] as const)('$name', ({ order, sentence }) => {
    expect(why(order)).toEqual({ kind: 'rejected', why: sentence });
  });

  test('an exit on the side of the position', () => {
    const order = orderOf({ leg: 'exit', side: 'buy', occasion: 9 });
    expect(tradeOver([flat(100)], [{}]).send(order, 1)).toEqual({
      kind: 'rejected',
      why: `${cannot} it is reduce-only and there is no position to reduce`,
    });
    expect(order.state.kind).toBe('rejected');
  });

  test('by the last close where an order has no price of its own', () => {
    const grid = gridOf({ minNotional: '150' });
    const watched = new WatchedExchange(grid, candlesOf([flat(100), flat(150)]));
    expect(watched.send(orderOf(), 0)).toEqual({
      kind: 'rejected',
      why: `${cannot} its notional must be >= 150 USDT: current value is 100 USDT`,
    });
    expect(watched.send(orderOf({ occasion: 2 }), 1)).toEqual({ kind: 'accepted' });
  });
});
