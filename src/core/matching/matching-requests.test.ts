import { describe, expect, test } from 'vitest';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { modelOf, type SentOrder, WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';
import type { GridPrice, GridQuantity } from '../grid.ts';
import type { OrderChange } from '../orders.ts';
import type { ExecutionModel } from './execution-model.ts';

const MINUTE = 60_000;

/** An exchange over minutes, the first of them flat at 100, and an order that is sent at its close. */
function sentOver(candles: readonly Ohlc[], order: SentOrder, model: Partial<ExecutionModel> = {}) {
  const watched = new WatchedExchange(gridOf(), candlesOf([flat(100), ...candles]), { model: modelOf(model) });
  const sent = orderOf(order);
  watched.send(sent, 0);
  return {
    ...watched,
    sent,
    send: watched.send.bind(watched),
    match: (...rows: number[]) => {
      for (const i of rows) watched.exchange.match(i);
    },
  };
}
const change = (price?: number, quantity?: number): OrderChange => ({
  ...(price !== undefined && { price: price as GridPrice }),
  ...(quantity !== undefined && { quantity: quantity as GridQuantity }),
});
const LIMIT: SentOrder = { type: 'limit', price: 95, quantity: 5 };

describe('amend', () => {
  test.each([
    { name: 'the price', to: change(93), candles: [flat(94), flat(93)], fills: ['#1 at 2: entry +5 @ 93 maker'] },
    {
      name: 'the quantity',
      to: change(undefined, 2),
      candles: [flat(95), flat(95)],
      fills: ['#1 at 1: entry +2 @ 95 maker'],
    },
    { name: 'both', to: change(97, 6), candles: [flat(97)], fills: ['#1 at 1: entry +6 @ 97 maker'] },
    { name: 'to a price that takes', to: change(102), candles: [flat(101)], fills: ['#1 at 1: entry +5 @ 101 taker'] },
  ])('$name', ({ to, candles, fills }) => {
    const { exchange, journal, sent, match } = sentOver(candles, LIMIT);
    const { clientOrderId } = sent;
    expect(exchange.amend(sent, to, 0)).toEqual({ kind: 'accepted' });
    match(...candles.keys().map((k) => k + 1));
    expect(journal.fills).toEqual(fills);
    expect([sent.clientOrderId, sent.state.kind]).toEqual([clientOrderId, 'filled']);
  });

  test('the limit of a stop-limit', () => {
    const { exchange, journal, sent, match } = sentOver([flat(93)], {
      side: 'sell',
      type: 'stop',
      price: 95,
      limit: 94,
    });
    exchange.amend(sent, { limit: 92 as GridPrice }, 0);
    match(1);
    expect(journal.fills).toEqual(['#1 at 1: entry -1 @ 93 taker']);
  });

  test('loses the place in the queue', () => {
    const { exchange, journal, sent, send, match } = sentOver([flat(95)], LIMIT);
    send(orderOf({ ...LIMIT, occasion: 2, quantity: 7 }), 0);
    exchange.amend(sent, change(undefined, 6), 0);
    match(1);
    expect(journal.fills).toEqual(['#1 at 1: entry +7 @ 95 maker', '#2 at 1: entry +6 @ 95 maker']);
  });

  test('to what has filled, or less, ends the order', () => {
    const { exchange, sent, match } = sentOver([[95, 95, 95, 95, 6]], LIMIT, { volumeShare: 0.5 });
    match(1);
    exchange.amend(sent, change(undefined, 2), 1);
    expect(sent.state).toEqual({ kind: 'canceled', filled: 3, why: 'it was amended to no more than had filled' });
    expect(exchange.openOrders()).toEqual([]);
  });

  test('moves an attached stop, and it still cancels its target', () => {
    const { exchange, journal, match } = sentOver([flat(100), flat(98)], { attached: levels(95, 110) });
    match(1);
    const [stop] = exchange.openOrders();
    exchange.amend(stop!, change(98), 1);
    match(2);
    expect(journal.fills.at(-1)).toBe('#2 at 2: stop -1 @ 98 taker');
    expect(exchange.openOrders()).toEqual([]);
  });

  test.each([
    {
      name: 'a market order’s price',
      order: {},
      to: change(99),
      why: 'a market order has no price of its own to amend',
    },
    {
      name: 'a limit that is not there',
      order: LIMIT,
      to: { limit: 90 as GridPrice },
      why: 'it has no limit to amend',
    },
    {
      name: 'a post-only order so that it would take',
      order: { ...LIMIT, postOnly: true },
      to: change(100),
      why: 'it is post-only and would take',
    },
  ])('refuses $name', ({ order, to, why }) => {
    const { exchange, sent } = sentOver([], order);
    expect(exchange.amend(sent, to, 0)).toEqual({
      kind: 'rejected',
      why: `Cannot amend order ${sent.clientOrderId} as ${why}`,
    });
  });

  test('refuses what the filters do not allow, and what is over', () => {
    const { exchange, sent, match } = sentOver([flat(95)], LIMIT);
    expect(exchange.amend(sent, change(undefined, 0.5), 0)).toMatchObject({
      why: expect.stringContaining('quantity must be a multiple of 1'),
    });
    match(1);
    expect(exchange.amend(sent, change(90), 1)).toMatchObject({
      why: expect.stringContaining('it is not working any more: it is filled'),
    });
  });

  test('refuses another quantity for an attached stop: it follows its entry', () => {
    const { exchange, match } = sentOver([flat(100)], { attached: levels(95, 110) });
    match(1);
    const [stop] = exchange.openOrders();
    expect(exchange.amend(stop!, change(undefined, 3), 1)).toMatchObject({
      why: expect.stringContaining('is what filled of its entry'),
    });
  });
});

describe('latency', () => {
  test.each([
    { name: 'none', latencyMs: 0, fills: ['#1 at 1: entry +1 @ 101 taker'] },
    { name: 'a moment: the next candle has begun', latencyMs: 1, fills: ['#1 at 2: entry +1 @ 102 taker'] },
    { name: 'one candle to the moment', latencyMs: MINUTE, fills: ['#1 at 2: entry +1 @ 102 taker'] },
    { name: 'more than one', latencyMs: MINUTE + 1, fills: ['#1 at 3: entry +1 @ 103 taker'] },
  ])('of an order: $name', ({ latencyMs, fills }) => {
    const { journal, match, exchange } = sentOver([flat(101), flat(102), flat(103)], {}, { latencyMs });
    expect(exchange.openOrders()).toHaveLength(1);
    match(1, 2, 3);
    expect(journal.fills).toEqual(fills);
  });

  test('a limit takes what it meets when it comes', () => {
    const { journal, match } = sentOver([flat(96), flat(94)], LIMIT, { latencyMs: 1 });
    match(1, 2);
    expect(journal.fills).toEqual(['#1 at 2: entry +5 @ 94 taker']);
  });

  test('a cancel that comes after the fill is too late', () => {
    const { exchange, journal, sent, match } = sentOver([flat(100), flat(100), flat(95), flat(95)], LIMIT, {
      latencyMs: 1,
    });
    match(1, 2);
    expect(exchange.cancel(sent, 'asked to', 2)).toBe(true);
    match(3, 4);
    expect(journal.fills).toEqual(['#1 at 3: entry +5 @ 95 maker']);
    expect(sent.state.kind).toBe('filled');
    expect(exchange.cancel(sent, 'asked to', 4)).toBe(false);
  });

  test('a cancel that comes before it is not', () => {
    const { exchange, journal, sent, match } = sentOver([flat(100), flat(100), flat(100), flat(95)], LIMIT, {
      latencyMs: 1,
    });
    match(1, 2);
    exchange.cancel(sent, 'asked to', 2);
    match(3);
    expect(sent.state.kind).toBe('open');
    match(4);
    expect(sent.state).toEqual({ kind: 'canceled', filled: 0, why: 'asked to' });
    expect(journal.fills).toEqual([]);
  });

  test('an amend under what fills on its way ends the order there', () => {
    const volume = (n: number): Ohlc => [95, 95, 95, 95, n];
    const { exchange, sent, match } = sentOver([flat(100), flat(100), volume(8), volume(8)], LIMIT, {
      latencyMs: 1,
      volumeShare: 0.5,
    });
    match(1, 2);
    expect(exchange.amend(sent, change(undefined, 3), 2)).toEqual({ kind: 'accepted' });
    match(3);
    expect(sent.filled).toBe(4);
    match(4);
    expect(sent.state).toEqual({ kind: 'canceled', filled: 4, why: 'it was amended to no more than had filled' });
  });

  test('an exit that finds the position closed ends there', () => {
    const { exchange, send, match } = sentOver(
      [flat(100), flat(100), flat(95), flat(95)],
      { attached: levels(95) },
      { latencyMs: 1 },
    );
    match(1, 2);
    const exit = orderOf({ leg: 'exit', side: 'sell', occasion: 9 });
    expect(send(exit, 2).kind).toBe('accepted');
    match(3, 4);
    expect(exit.state).toEqual({ kind: 'canceled', filled: 0, why: 'there is no position left to reduce' });
    expect(exchange.position).toBe(0);
  });
});
