import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOhlc, candlesOf, flat } from '#tests/builders/candles.ts';
import { WatchedExchange } from '#tests/builders/exchanges.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, type OrderText, orderOf, requestOf } from '#tests/builders/orders.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { Candles } from '../candles.ts';
import { Order } from '../orders.ts';
import type { EpochMs } from '../time.ts';

const GRID = gridOf();

/** What is sent at the close of one candle: nothing, orders of one occasion, or a cancellation of what rests. */
type Step = readonly OrderText[] | 'cancel the oldest';

const anyPrice = fc.integer({ min: 88, max: 112 });
const anyBracket = fc.oneof(
  fc.constant(undefined),
  fc.tuple(fc.integer({ min: 1, max: 8 }), fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined })),
);
const anyEntry: fc.Arbitrary<OrderText> = fc
  .record({
    side: fc.constantFrom('buy', 'sell'),
    type: fc.constantFrom('market', 'limit', 'stop'),
    price: anyPrice,
    quantity: fc.integer({ min: 1, max: 3 }),
    bracket: anyBracket,
  })
  .map(({ side, type, price, quantity, bracket }) => ({
    side,
    type,
    quantity,
    ...(type === 'market' ? {} : { price }),
    attached: bracket && distances(...bracket),
  }));
const anyExit: fc.Arbitrary<OrderText> = fc.record({
  leg: fc.constant('exit'),
  side: fc.constantFrom('buy', 'sell'),
  quantity: fc.integer({ min: 1, max: 3 }),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: anyEntry.map((entry) => [entry]) },
  { weight: 2, arbitrary: anyExit.map((exit) => [exit]) },
  { weight: 1, arbitrary: fc.tuple(anyExit, anyEntry) },
  { weight: 1, arbitrary: fc.constant('cancel the oldest') },
);
/** Candles, each with what is sent at its close. */
const anyHistory = fc
  .array(fc.tuple(anyOhlc, anyStep), { minLength: 2, maxLength: 30 })
  .map((rows) => ({ candles: candlesOf(rows.map(([row]) => row)), steps: rows.map(([, step]) => step) }));

function take(watched: WatchedExchange, step: Step, i: number): void {
  const { exchange } = watched;
  if (step === 'cancel the oldest') {
    const [oldest] = exchange.openOrders();
    if (oldest) exchange.cancel(oldest, 'asked to');
  } else {
    for (const order of step) watched.send(orderOf({ ...order, occasion: i + 1 }), i);
  }
}

/** Candle for candle over [from, to). */
function runOver(watched: WatchedExchange, steps: readonly Step[], from: number, to: number): void {
  for (let i = from; i < to; i++) {
    watched.exchange.match(i);
    take(watched, steps[i]!, i);
  }
}

/** A new exchange with what a store would have kept of an old one: the orders as rows, the position and how many fills. */
function restoredFrom(old: WatchedExchange, candles: Candles): WatchedExchange {
  const orders = old.exchange
    .openOrders()
    .map((order) => new Order(order.intent, requestOf(order as OrderText), order.attempt, order.state, order.progress));
  const watched = new WatchedExchange(GRID, candles);
  watched.exchange.restore({
    matchedUntil: 0 as EpochMs,
    position: old.exchange.position,
    executions: old.journal.fills.length,
    lastNumber: 0,
    newest: orders.at(-1),
    open: orders,
  });
  return watched;
}

test('a restored exchange has the future of one that never stopped', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), ({ candles, steps }, where) => {
      const cut = where % candles.length;
      const whole = new WatchedExchange(GRID, candles);
      runOver(whole, steps, 0, cut);
      const before = { fills: whole.journal.fills.length, orders: whole.journal.orders.length };
      const restored = restoredFrom(whole, candles);
      runOver(whole, steps, cut, candles.length);
      runOver(restored, steps, cut, candles.length);
      expect(restored.journal.fills).toEqual(whole.journal.fills.slice(before.fills));
      expect(restored.journal.orders).toEqual(whole.journal.orders.slice(before.orders));
      expect(restored.exchange.position).toBe(whole.exchange.position);
      const ids = ({ exchange }: WatchedExchange) => exchange.openOrders().map((order) => order.clientOrderId);
      expect(ids(restored)).toEqual(ids(whole));
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

test('a restored exchange knows the orders that rest by their ids: sent again, they stay one order', () => {
  const candles = candlesOf([flat(100), flat(100), flat(95), flat(95)]);
  const limit: OrderText = { type: 'limit', price: 95 };
  const old = new WatchedExchange(GRID, candles);
  old.send(orderOf(limit), 0);
  const restored = restoredFrom(old, candles);
  expect(restored.send(orderOf(limit), 1)).toEqual({ kind: 'accepted' });
  runOver(restored, [[], [], [], []], 1, 4);
  expect(restored.journal.fills).toEqual(['#1 at 2: entry +1 @ 95 maker']);
});

test('a restored exchange takes no id again that it took before, and counts its own on', () => {
  const candles = candlesOf([flat(100), flat(100), flat(100), flat(100)]);
  const filled = orderOf({ leg: 'entry', occasion: 5 });
  const watched = new WatchedExchange(GRID, candles);
  watched.exchange.restore({
    matchedUntil: 0 as EpochMs,
    position: gridOf().toLot(1),
    executions: 3,
    lastNumber: 7,
    newest: filled,
    open: [],
  });
  expect(watched.send(orderOf({ leg: 'entry', occasion: 5 }), 1)).toMatchObject({ kind: 'rejected' });
  const next = orderOf({ leg: 'entry', occasion: 6 });
  expect(watched.send(next, 1)).toEqual({ kind: 'accepted' });
  expect(next.state).toMatchObject({ kind: 'open', venueOrderId: 8 });
});

test('quietUntil names the first candle in which anything happens, and passing over the others changes nothing', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), ({ candles, steps }, where) => {
      const last = where % candles.length;
      const [oneByOne, passing] = [new WatchedExchange(GRID, candles), new WatchedExchange(GRID, candles)];
      for (const watched of [oneByOne, passing]) runOver(watched, steps, 0, last + 1);
      const { journal } = oneByOne;
      const told = () => journal.fills.length + journal.orders.length;
      const before = told();
      let first = last + 1;
      for (; first < candles.length; first++) {
        oneByOne.exchange.match(first);
        if (told() > before) break;
      }
      expect(passing.exchange.quietUntil(last + 1, candles.length)).toBe(first);
      if (first < candles.length) passing.exchange.match(first);
      expect(passing.journal).toEqual(journal);
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

test('quietUntil stays in its range', () => {
  const watched = new WatchedExchange(GRID, candlesOf([flat(100), flat(100), flat(95), flat(95)]));
  watched.send(orderOf({ type: 'limit', price: 95 }), 0);
  expect([watched.exchange.quietUntil(1, 4), watched.exchange.quietUntil(1, 2)]).toEqual([2, 2]);
  watched.send(orderOf({ occasion: 2 }), 0);
  expect(watched.exchange.quietUntil(1, 4)).toBe(1);
});
