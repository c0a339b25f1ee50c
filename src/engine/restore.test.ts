import { expect, test } from 'vitest';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import { Order, type Progress, type VenueOrderId } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { OrderRow } from '#ports/store.ts';
import { IndicatorRules } from '#strategies/indicator-rules/strategy.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat } from '#tests/builders/candles.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { distances, type OrderText, ownerOf, requestOf } from '#tests/builders/orders.ts';
import { restoreRuns } from './restore.ts';
import { orderRow } from './rows.ts';
import { SymbolRun } from './symbol-run.ts';

/** What an exchange gets back of an order is what the store was given of it: every kind, with all that it carries. */
const AT = 60_000 as EpochMs;
const trail = { distance: { kind: 'percent', percent: 1.5 }, activation: 1_100 as GridPrice } as const;

function runOf(): SymbolRun {
  const candles = candlesOf([flat(100), flat(100)]);
  const bot = botOf({ entry: { long: ['close', '>', 1] }, exit: { long: ['close', '<', 1] } });
  const series = { candles, quotation: () => undefined };
  return new SymbolRun(ownerOf(), bot, gridOf({ tick: '0.5', lot: '0.01' }), series, new IndicatorRules(bot, candles));
}

function openOrder(text: OrderText, progress?: Progress, filled = 0): Order {
  const state = { kind: 'open', venueOrderId: '7' as VenueOrderId, filled: filled as GridQuantity } as const;
  return new Order({ owner: ownerOf(), occasion: AT }, requestOf({ quantity: 500, ...text }), 1, state, progress);
}

function storedAndRestored(order: Order) {
  const run = runOf();
  const row: OrderRow = JSON.parse(JSON.stringify(orderRow(run, order, AT, AT, 1)));
  const stored = {
    orders: new Map([[row.clientOrderId, row]]),
    fills: [],
    carries: [],
    lastCycles: new Map(),
    reached: undefined,
    revisions: new Map(),
    reversals: new Map(),
  };
  return restoreRuns(stored, [run]).runs[0]!;
}

const fieldsOf = ({
  clientOrderId,
  side,
  type,
  quantity,
  price,
  limit,
  trail,
  postOnly,
  timeInForce,
  effect,
  attached,
  state,
  progress,
}: Order) => ({
  clientOrderId,
  side,
  type,
  quantity,
  price,
  limit,
  trail,
  postOnly,
  timeInForce,
  effect,
  attached,
  state,
  progress,
});

test.each([
  { name: 'a market order that filled in part', order: openOrder({}, undefined, 200) },
  {
    name: 'a post-only limit of the day',
    order: openOrder(
      { type: 'limit', price: 955, postOnly: true, timeInForce: 'day' },
      { expiresAt: 86_400_000 as EpochMs },
    ),
  },
  { name: 'a limit that takes what it meets', order: openOrder({ type: 'limit', price: 955 }, { takesFrom: AT }) },
  {
    name: 'a stop-limit that was triggered',
    order: openOrder({ type: 'stop', price: 955, limit: 950 }, { triggered: true, queuedAs: 12 }, 100),
  },
  { name: 'a take-profit', order: openOrder({ type: 'take-profit', price: 1_050 }) },
  { name: 'a trailing stop as it stands', order: openOrder({ type: 'trailing-stop', price: 1_085, trail }) },
  { name: 'a trailing stop that is not active', order: openOrder({ type: 'trailing-stop', trail }) },
  {
    name: 'an entry whose stop will trail',
    order: openOrder({ attached: { ...distances(2, 4), trail: { distance: trail.distance, activation: 3 } } }),
  },
  { name: 'an order on its way', order: openOrder({}, { actsFrom: 60_250 as EpochMs }) },
  {
    name: 'an order with a cancel and an amend on their way',
    order: openOrder(
      { type: 'limit', price: 955 },
      {
        pending: [
          { at: 60_250 as EpochMs, kind: 'amend', change: { price: 950 as GridPrice, quantity: 300 as GridQuantity } },
          { at: 60_500 as EpochMs, kind: 'cancel', why: 'asked to' },
        ],
      },
    ),
  },
])('comes back as it was: $name', ({ order }) => {
  const { venue } = storedAndRestored(order);
  expect(venue.open.map(fieldsOf)).toEqual([fieldsOf(order)]);
});

test.each([
  { name: 'a day order that ended was the venue’s', progress: { expiresAt: 86_400_000 as EpochMs }, taken: 1 },
  { name: 'one that was never sent was not', progress: undefined, taken: 0 },
])('of expired orders $name', ({ progress, taken }) => {
  const state = { kind: 'expired', filled: 0 as GridQuantity, why: 'its day ended' } as const;
  const order = new Order({ owner: ownerOf(), occasion: AT }, requestOf({ quantity: 500 }), 1, state, progress);
  expect([storedAndRestored(order).venue.newest].filter((newest) => newest !== undefined)).toHaveLength(taken);
});

test('an order that ended keeps the number that the exchange gave it, and numbers go on from there', () => {
  const order = openOrder({});
  order.become({ kind: 'canceled', filled: 0 as GridQuantity, why: 'of a test' });
  expect(storedAndRestored(order).venue.lastNumber).toBe(7);
  expect(storedAndRestored(openOrder({}, { queuedAs: 12 })).venue.lastNumber).toBe(12);
});
