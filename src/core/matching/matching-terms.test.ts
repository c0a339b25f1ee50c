import { describe, expect, test } from 'vitest';
import { candlesOf, flat, MONDAY } from '#tests/builders/candles.ts';
import { type MatchingCase, modelOf, type SentOrder, tradeOver, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';
import type { EpochMs } from '../time.ts';

/** Orders beyond market, limit and stop, and how long they live. */
function fillsMatch(cases: readonly MatchingCase[]): void {
  test.each(cases)('$name', ({ candles, orders, fills, model }) => {
    expect(tradeOver(candles, orders, model && { model }).journal.fills).toEqual(fills);
  });
}

describe('a stop-limit', () => {
  const sell: SentOrder = { side: 'sell', type: 'stop', price: 95, limit: 94 };
  const buy: SentOrder = { type: 'stop', price: 105, limit: 106 };
  fillsMatch([
    {
      name: 'trades at its trigger where the limit allows',
      candles: [[100, 101, 94, 96]],
      orders: [sell],
      fills: ['#1 at 1: entry -1 @ 95 taker'],
    },
    { name: 'buys so too', candles: [[100, 107, 99, 101]], orders: [buy], fills: ['#1 at 1: entry +1 @ 105 taker'] },
    { name: 'rests where a gap went beyond its limit', candles: [[92, 93, 90, 91]], orders: [sell], fills: [] },
    {
      name: 'and trades as a limit when the price comes back in that candle',
      candles: [[92, 95, 90, 91]],
      orders: [sell],
      fills: ['#1 at 1: entry -1 @ 94 maker'],
    },
    {
      name: 'or in a later one',
      candles: [flat(92), [93, 96, 93, 95]],
      orders: [sell],
      fills: ['#1 at 2: entry -1 @ 94 maker'],
    },
    {
      name: 'whose limit is better than its trigger waits for the next candle: the price may have been there before',
      candles: [
        [100, 101, 95, 95],
        [95, 97, 95, 96],
      ],
      orders: [{ ...sell, limit: 97 }],
      fills: ['#1 at 2: entry -1 @ 97 maker'],
    },
    {
      name: 'that may not rest is over',
      candles: [flat(92), flat(96)],
      orders: [{ ...sell, timeInForce: 'ioc' }],
      fills: [],
    },
  ]);
});

describe('a take-profit', () => {
  fillsMatch([
    {
      name: 'sells at the market when touched',
      candles: [[100, 110, 99, 105]],
      orders: [{ side: 'sell', type: 'take-profit', price: 110 }],
      fills: ['#1 at 1: entry -1 @ 110 taker'],
    },
    {
      name: 'sells at a better open',
      candles: [flat(112)],
      orders: [{ side: 'sell', type: 'take-profit', price: 110 }],
      fills: ['#1 at 1: entry -1 @ 112 taker'],
    },
    {
      name: 'buys when the price comes down',
      candles: [[100, 101, 90, 95]],
      orders: [{ type: 'take-profit', price: 90 }],
      fills: ['#1 at 1: entry +1 @ 90 taker'],
    },
    {
      name: 'with a limit sells no lower',
      candles: [[100, 110, 99, 105], flat(111), flat(112)],
      orders: [{ side: 'sell', type: 'take-profit', price: 110, limit: 112 }],
      fills: ['#1 at 3: entry -1 @ 112 maker'],
    },
    {
      name: 'comes after a stop',
      candles: [[100, 111, 94, 100]],
      orders: [
        { side: 'sell', type: 'take-profit', price: 110 },
        { side: 'sell', type: 'stop', price: 95 },
      ],
      fills: ['#1 at 1: entry -1 @ 95 taker', '#2 at 1: entry -1 @ 110 taker'],
    },
  ]);
});

describe('a limit that could take when it came', () => {
  fillsMatch([
    {
      name: 'takes at the next open',
      candles: [flat(101)],
      orders: [{ type: 'limit', price: 103 }],
      fills: ['#1 at 1: entry +1 @ 101 taker'],
    },
    {
      name: 'makes when the market has left it',
      candles: [[105, 106, 102, 104]],
      orders: [{ type: 'limit', price: 103 }],
      fills: ['#1 at 1: entry +1 @ 103 maker'],
    },
  ]);
});

describe('post-only', () => {
  const sent = (order: SentOrder, latencyMs = 0) => {
    const watched = new WatchedExchange(gridOf(), candlesOf([flat(100), flat(100), flat(97), flat(97)]), {
      model: modelOf({ latencyMs }),
    });
    const one = orderOf({ type: 'limit', postOnly: true, ...order });
    const answer = watched.send(one, 0);
    for (let i = 1; i < 4; i++) watched.exchange.match(i);
    return { answer, one, fills: watched.journal.fills };
  };

  test('is refused when it would take', () => {
    expect(sent({ price: 100 }).answer).toEqual({
      kind: 'rejected',
      why: 'Cannot place order on "BTC/USDT" as it is post-only and would take',
    });
    expect(sent({ side: 'sell', price: 100 }).answer.kind).toBe('rejected');
  });

  test('makes when it would not', () => {
    expect(sent({ price: 99 }).fills).toEqual(['#1 at 2: entry +1 @ 97 maker']);
  });

  test('is canceled when it would take by the time it comes', () => {
    const { answer, one, fills } = sent({ price: 99 }, 61_000);
    expect([answer.kind, fills]).toEqual(['accepted', []]);
    expect(one.state).toEqual({ kind: 'canceled', filled: 0, why: 'it is post-only and would take' });
  });

  test('is for limits alone', () => {
    expect(sent({ type: 'stop', price: 105 }).answer).toMatchObject({
      why: expect.stringContaining('post-only and must be a limit'),
    });
  });
});

describe('time in force', () => {
  fillsMatch([
    {
      name: 'ioc: a limit trades at the next open',
      candles: [flat(99), flat(90)],
      orders: [{ type: 'limit', price: 99, timeInForce: 'ioc' }],
      fills: ['#1 at 1: entry +1 @ 99 taker'],
    },
    {
      name: 'ioc: or not at all',
      candles: [[100, 101, 98, 99], flat(90)],
      orders: [{ type: 'limit', price: 99, timeInForce: 'ioc' }],
      fills: [],
    },
    {
      name: 'ioc: as much as there is',
      candles: [[100, 100, 100, 100, 4], flat(100)],
      orders: [{ quantity: 5, timeInForce: 'ioc' }],
      model: { volumeShare: 0.5 },
      fills: ['#1 at 1: entry +2 @ 100 taker'],
    },
    {
      name: 'fok: all of it',
      candles: [[100, 100, 100, 100, 10]],
      orders: [{ quantity: 5, timeInForce: 'fok' }],
      model: { volumeShare: 0.5 },
      fills: ['#1 at 1: entry +5 @ 100 taker'],
    },
    {
      name: 'fok: or nothing',
      candles: [[100, 100, 100, 100, 9], flat(100)],
      orders: [{ quantity: 5, timeInForce: 'fok' }],
      model: { volumeShare: 0.5 },
      fills: [],
    },
  ]);

  test('day: ends with the session, at the close of its last candle', () => {
    const candles = candlesOf(Array.from({ length: 6 }, () => flat(100)));
    const dayEndsAt = () => (MONDAY + 3 * 60_000) as EpochMs;
    const watched = new WatchedExchange(gridOf(), candles, { dayEndsAt });
    const order = orderOf({ type: 'limit', price: 90, timeInForce: 'day' });
    watched.send(order, 0);
    watched.exchange.match(1);
    expect(order.state.kind).toBe('open');
    expect(watched.exchange.quietUntil(2, 6)).toBe(2);
    watched.exchange.match(2);
    expect(order.state).toEqual({ kind: 'expired', filled: 0, why: 'its day ended' });
    expect(watched.exchange.openOrders()).toEqual([]);
  });

  test('day: with the UTC day when nothing else is said, over a gap too', () => {
    const candles = candlesOf([flat(100), undefined, flat(89)], '12h');
    const watched = new WatchedExchange(gridOf(), candles);
    const order = orderOf({ type: 'limit', price: 90, timeInForce: 'day' });
    watched.send(order, 0);
    watched.exchange.match(1);
    expect([order.state.kind, watched.journal.fills]).toEqual(['expired', []]);
  });
});

test.each([
  {
    name: 'a stop without a trigger',
    order: { type: 'stop' },
    why: 'its price must be given: it is the trigger of a stop',
  },
  { name: 'a limit without a price', order: { type: 'limit' }, why: 'its price must be given: it is a limit' },
  {
    name: 'a market order with one',
    order: { price: 100 },
    why: 'it is a market order and must have no price: give none, or make it a limit',
  },
  {
    name: 'a trailing stop that does not say how',
    order: { type: 'trailing-stop' },
    why: 'it is a trailing stop and must say how far it trails: give "trail"',
  },
  {
    name: 'one that trails by nothing',
    order: { type: 'trailing-stop', trail: { distance: { kind: 'absolute', distance: 0 }, activation: undefined } },
    why: 'its distance must be above 0: current value is 0',
  },
  {
    name: 'one that trails by everything',
    order: { type: 'trailing-stop', trail: { distance: { kind: 'percent', percent: 100 }, activation: undefined } },
    why: 'its distance must be above 0 % and below 100 %: current value is 100 %',
  },
] as const)('refuses $name', ({ order, why }) => {
  const answer = new WatchedExchange(gridOf(), candlesOf([flat(100)])).send(orderOf(order as SentOrder), 0);
  expect(answer).toEqual({ kind: 'rejected', why: `Cannot place order on "BTC/USDT" as ${why}` });
});

test('refuses a limit off the tick', () => {
  const watched = new WatchedExchange(gridOf({ tick: '0.5' }), candlesOf([flat(10)]));
  expect(watched.send(orderOf({ type: 'stop', price: 105, limit: 106 }), 0)).toEqual({
    kind: 'rejected',
    why: 'Cannot place order on "BTC/USDT" as its limit must be a multiple of 0.5: current value is 10.6',
  });
});

describe('partial fills', () => {
  const row = (volume: number, price = 100) => [price, price, price, price, volume] as const;
  const half = { volumeShare: 0.5 };
  fillsMatch([
    {
      name: 'a market order takes its share of each candle',
      candles: [row(4), row(0), row(2), row(100)],
      orders: [{ quantity: 5 }],
      model: half,
      fills: ['#1 at 1: entry +2 @ 100 taker', '#2 at 3: entry +1 @ 100 taker', '#3 at 4: entry +2 @ 100 taker'],
    },
    {
      name: 'a stop that fills the last of the position in part is over: it takes nothing of the next one',
      candles: [row(4), row(4), [100, 112, 100, 100, 2], row(10)],
      orders: [
        { side: 'sell', quantity: 4, attached: levels(110) },
        { at: 2, leg: 'exit', side: 'buy', quantity: 4, effect: 'reduce-only' },
        { at: 3, side: 'sell', quantity: 1 },
      ],
      model: { ...half, signalActs: 'this-close' },
      fills: [
        '#1 at 1: entry -2 @ 100 taker',
        '#2 at 2: entry -2 @ 100 taker',
        '#3 at 2: exit +2 @ 100 taker',
        '#4 at 3: exit +1 @ 100 taker',
        '#5 at 3: stop +1 @ 110 taker',
        '#6 at 3: entry -1 @ 100 taker',
      ],
    },
    {
      name: 'a limit goes on resting',
      candles: [row(4, 95), row(4, 96), row(10, 95)],
      orders: [{ type: 'limit', price: 95, quantity: 5 }],
      model: half,
      fills: ['#1 at 1: entry +2 @ 95 maker', '#2 at 3: entry +3 @ 95 maker'],
    },
    {
      name: 'a stop goes on at the market',
      candles: [row(4, 95), row(100, 97)],
      orders: [{ side: 'sell', type: 'stop', price: 95, quantity: 5 }],
      model: half,
      fills: ['#1 at 1: entry -2 @ 95 taker', '#2 at 2: entry -3 @ 97 taker'],
    },
    {
      name: 'a stop-limit goes on as a limit',
      candles: [row(4, 95), row(100, 93), row(100, 94)],
      orders: [{ side: 'sell', type: 'stop', price: 95, limit: 94, quantity: 5 }],
      model: half,
      fills: ['#1 at 1: entry -2 @ 95 taker', '#2 at 3: entry -3 @ 94 maker'],
    },
    {
      name: 'a share under one lot is nothing',
      candles: [row(1), row(2)],
      orders: [{}],
      model: half,
      fills: ['#1 at 2: entry +1 @ 100 taker'],
    },
  ]);

  const bracketed: SentOrder = { quantity: 5, attached: levels(95, 110) };

  test('stop and target are as large as what filled', () => {
    const { exchange, journal } = tradeOver([row(4), row(2)], [bracketed], { model: half });
    expect(exchange.openOrders().map(({ leg, quantity, remaining }) => [leg, quantity, remaining])).toEqual([
      ['entry', 5, 2],
      ['stop', 3, 3],
      ['target', 3, 3],
    ]);
    expect(journal.orders).toEqual(['entry open', 'stop open', 'target open', 'stop open', 'target open']);
  });

  test('a stop that is hit ends the rest of its entry, and goes on until everything is sold', () => {
    const { exchange, journal } = tradeOver([row(4), row(2, 95), row(8, 96)], [{ ...bracketed, quantity: 9 }], {
      model: half,
    });
    expect(journal.fills).toEqual([
      '#1 at 1: entry +2 @ 100 taker',
      '#2 at 2: entry +1 @ 95 taker',
      '#3 at 2: stop -1 @ 95 taker',
      '#4 at 3: stop -2 @ 96 taker',
    ]);
    expect(journal.orders).toContain('entry canceled: its position is being closed');
    expect([exchange.position, exchange.openOrders()]).toEqual([0, []]);
  });

  test('a target that fills in part leaves the stop the rest', () => {
    const { exchange } = tradeOver([row(10), row(4, 110)], [bracketed], { model: half });
    expect(exchange.openOrders().map(({ leg, remaining }) => [leg, remaining])).toEqual([
      ['stop', 3],
      ['target', 3],
    ]);
  });
});
