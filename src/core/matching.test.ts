import { describe, expect, test } from 'vitest';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, levels, type OrderText, orderOf } from '#tests/builders/orders.ts';

const GRID = gridOf();

/** An order sent at the close of candle `at`, its occasion; candle 0 when left out. */
interface Sent extends OrderText {
  readonly at?: number;
}

interface Case {
  readonly name: string;
  /** Candles from 1 on; candle 0 is flat at 100. */
  readonly candles: readonly Ohlc[];
  readonly orders: readonly Sent[];
  readonly fills: readonly string[];
}

/** Runs every candle, sends each order at its close, and returns the exchange with what it told. */
function run(candles: readonly Ohlc[], orders: readonly Sent[]): WatchedExchange {
  const watched = new WatchedExchange(GRID, candlesOf([flat(100), ...candles]));
  for (let i = 0; i <= candles.length; i++) {
    watched.exchange.match(i);
    for (const [k, { at = 0, ...order }] of orders.entries()) {
      if (at === i) watched.send(orderOf({ occasion: i + 1, attempt: k + 1, ...order }), i);
    }
  }
  return watched;
}

function fillsMatch(cases: readonly Case[]): void {
  test.each(cases)('$name', ({ candles, orders, fills }) => {
    expect(run(candles, orders).journal.fills).toEqual(fills);
  });
}

const BUY_LIMIT: Sent = { type: 'limit', price: 95 };
const SELL_LIMIT: Sent = { side: 'sell', type: 'limit', price: 105 };
const BUY_STOP: Sent = { type: 'stop', price: 105 };
const SELL_STOP: Sent = { side: 'sell', type: 'stop', price: 95 };

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

describe('an attached stop and target', () => {
  const long: Sent = { attached: levels(95, 110) };
  const short: Sent = { side: 'sell', attached: levels(105, 90) };
  const [bought, sold] = ['#1 at 1: entry +1 @ 100 taker', '#1 at 1: entry -1 @ 100 taker'];
  fillsMatch([
    {
      name: 'wait',
      candles: [
        [100, 109, 96, 100],
        [100, 109, 96, 100],
      ],
      orders: [long],
      fills: [bought],
    },
    {
      name: 'the stop of a long',
      candles: [flat(100), [100, 101, 95, 96]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'the target of a long',
      candles: [flat(100), [100, 110, 99, 99]],
      orders: [long],
      fills: [bought, '#2 at 2: target -1 @ 110 maker'],
    },
    {
      name: 'the stop of a short',
      candles: [flat(100), [100, 105, 99, 99]],
      orders: [short],
      fills: [sold, '#2 at 2: stop +1 @ 105 taker'],
    },
    {
      name: 'the target of a short',
      candles: [flat(100), [100, 101, 90, 95]],
      orders: [short],
      fills: [sold, '#2 at 2: target +1 @ 90 maker'],
    },
    {
      name: 'a gap through the stop fills at the open',
      candles: [flat(100), [91, 99, 90, 98]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 91 taker'],
    },
    {
      name: 'a gap through the target fills at the open',
      candles: [flat(100), [115, 116, 99, 99]],
      orders: [long],
      fills: [bought, '#2 at 2: target -1 @ 115 maker'],
    },
    {
      name: 'the worst comes first when a candle touches both',
      candles: [flat(100), [100, 111, 94, 105]],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'for a short as well',
      candles: [flat(100), [100, 106, 89, 95]],
      orders: [short],
      fills: [sold, '#2 at 2: stop +1 @ 105 taker'],
    },
    {
      name: 'one cancels the other',
      candles: [flat(100), flat(95), flat(110)],
      orders: [long],
      fills: [bought, '#2 at 2: stop -1 @ 95 taker'],
    },
    {
      name: 'distances count from the fill',
      candles: [flat(102), [102, 102, 97, 99]],
      orders: [{ attached: distances(5, 10) }],
      fills: ['#1 at 1: entry +1 @ 102 taker', '#2 at 2: stop -1 @ 97 taker'],
    },
    {
      name: 'a stop alone',
      candles: [flat(100), flat(120), flat(94)],
      orders: [{ attached: levels(95) }],
      fills: [bought, '#2 at 3: stop -1 @ 94 taker'],
    },
  ]);

  test('tell what becomes of them', () => {
    const { journal } = run([flat(100), flat(110)], [long]);
    expect(journal.orders).toEqual([
      'entry open',
      'stop open',
      'target open',
      'stop canceled: the other one of the pair filled',
    ]);
  });
});

describe('in the candle of an entry', () => {
  const long = { attached: levels(90, 110) };
  fillsMatch([
    {
      name: 'at the open, the stop is live',
      candles: [[100, 101, 90, 95]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 1: stop -1 @ 90 taker'],
    },
    {
      name: 'at the open, the target is live',
      candles: [[100, 110, 99, 99]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 1: target -1 @ 110 maker'],
    },
    {
      name: 'at an open beyond the stop, both are at the open',
      candles: [[88, 89, 87, 88]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 88 taker', '#2 at 1: stop -1 @ 88 taker'],
    },
    {
      name: 'at an open beyond the target, both are at the open',
      candles: [[112, 113, 111, 112]],
      orders: [long],
      fills: ['#1 at 1: entry +1 @ 112 taker', '#2 at 1: target -1 @ 112 maker'],
    },
    {
      name: 'inside, the stop is live',
      candles: [[100, 101, 89, 95]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 1: stop -1 @ 90 taker'],
    },
    {
      name: 'inside, the target is not: its price may have come before',
      candles: [[100, 111, 95, 99]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker'],
    },
    {
      name: 'inside, the target waits one candle',
      candles: [
        [100, 111, 95, 99],
        [99, 110, 99, 99],
      ],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 95 maker', '#2 at 2: target -1 @ 110 maker'],
    },
    {
      name: 'a limit at a better open counts as at the open',
      candles: [[93, 110, 92, 98]],
      orders: [{ ...BUY_LIMIT, ...long }],
      fills: ['#1 at 1: entry +1 @ 93 maker', '#2 at 1: target -1 @ 110 maker'],
    },
    {
      name: 'after a stop entry, its stop fills at its level: the open lies before the entry',
      candles: [[100, 106, 99, 104]],
      orders: [{ ...BUY_STOP, attached: levels(102, 120) }],
      fills: ['#1 at 1: entry +1 @ 105 taker', '#2 at 1: stop -1 @ 102 taker'],
    },
    {
      name: 'and mirrored',
      candles: [[100, 101, 94, 96]],
      orders: [{ ...SELL_STOP, attached: levels(98, 80) }],
      fills: ['#1 at 1: entry -1 @ 95 taker', '#2 at 1: stop +1 @ 98 taker'],
    },
    {
      name: 'but in the next candle at an open beyond it',
      candles: [
        [103, 106, 103, 104],
        [100, 101, 99, 100],
      ],
      orders: [{ ...BUY_STOP, attached: levels(102, 120) }],
      fills: ['#1 at 1: entry +1 @ 105 taker', '#2 at 2: stop -1 @ 100 taker'],
    },
  ]);
});

describe('reduce-only', () => {
  const exit: Sent = { leg: 'exit', side: 'sell' };
  fillsMatch([
    {
      name: 'never flips the position',
      candles: [flat(100), flat(101)],
      orders: [{}, { ...exit, at: 1, quantity: 5 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'the second of two finds nothing left',
      candles: [flat(100), flat(101)],
      orders: [{}, { ...exit, at: 1 }, { ...exit, at: 1 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'an exit ends the stop and target',
      candles: [flat(100), flat(101), flat(90)],
      orders: [{ attached: levels(95, 110) }, { ...exit, at: 1 }],
      fills: ['#1 at 1: entry +1 @ 100 taker', '#2 at 2: exit -1 @ 101 taker'],
    },
    {
      name: 'the first stop out of two entries leaves the second',
      candles: [flat(100), flat(100), flat(95), flat(90)],
      orders: [{ attached: levels(95) }, { at: 1, attached: levels(90) }],
      fills: [
        '#1 at 1: entry +1 @ 100 taker',
        '#2 at 2: entry +1 @ 100 taker',
        '#3 at 3: stop -1 @ 95 taker',
        '#4 at 4: stop -1 @ 90 taker',
      ],
    },
  ]);

  test('says why what is left of it ends', () => {
    const { journal } = run([flat(100), flat(101)], [{ attached: levels(95, 110) }, { ...exit, at: 1, quantity: 5 }]);
    expect(journal.orders.slice(-2)).toEqual([
      'stop canceled: the position is closed',
      'target canceled: the position is closed',
    ]);
  });

  test('keeps what it filled of a larger quantity', () => {
    const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(100), flat(101)]));
    watched.send(orderOf(), 0);
    watched.exchange.match(1);
    const order = orderOf({ ...exit, occasion: 2, quantity: 5 });
    watched.send(order, 1);
    watched.exchange.match(2);
    expect(order.state).toEqual({ kind: 'canceled', filled: 1, why: 'the position was smaller than the order' });
    expect(watched.exchange.position).toBe(0);
  });
});

describe('cancel', () => {
  function opened(order: Sent, ...candles: readonly Ohlc[]) {
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
  const why = (order: Sent) => new WatchedExchange(GRID, candlesOf([flat(100)])).send(orderOf(order), 0);
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
    expect(run([flat(100)], [{}]).send(order, 1)).toEqual({
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
