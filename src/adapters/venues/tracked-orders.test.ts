import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Execution } from '#core/fills.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import { money, price, quantity, ratio } from '#core/money.ts';
import type { Order } from '#core/orders.ts';
import { epochMs } from '#core/time.ts';
import type { FillReport, FundingReport, OrderReport } from '#ports/venue.ts';
import { candlesOf, flat } from '#tests/builders/candles.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';
import { TrackedOrders } from './tracked-orders.ts';

class Ears implements FillListener {
  readonly told: string[] = [];

  onOrder({ leg, state }: Order): void {
    this.told.push(`${leg} ${state.kind}`);
  }

  onFill({ order, quantity, price: at }: Execution): void {
    this.told.push(`${order.leg} ${quantity} @ ${at}`);
  }

  onCarry({ kind, amount }: CarryPayment): void {
    this.told.push(`${kind} ${amount}`);
  }
}

const NONE = 0 as GridQuantity;
const candles = candlesOf([flat(100)]);
const at = candles.closeTimeAt(0);
const ENTRY = orderOf({ quantity: 3, attached: levels(95, 110) });
const SYMBOL = ENTRY.intent.owner.symbol;

function reported(change: Partial<OrderReport>): OrderReport {
  return {
    venueOrderId: 'v1',
    clientOrderId: ENTRY.clientOrderId,
    attachedTo: undefined,
    symbol: SYMBOL,
    side: 'buy',
    type: 'market',
    quantity: quantity('3'),
    price: undefined,
    filled: quantity('0'),
    state: 'open',
    why: '',
    updatedAt: at,
    ...change,
  };
}

function filled(venueTradeId: string, size: string, change: Partial<FillReport> = {}): FillReport {
  return {
    venueTradeId,
    venueOrderId: 'v1',
    clientOrderId: undefined,
    symbol: SYMBOL,
    side: 'buy',
    price: price('100'),
    quantity: quantity(size),
    fee: money('0.1'),
    liquidity: 'taker',
    executedAt: at,
    kind: 'trade',
    ...change,
  };
}

function fundingAt(dueAt: number, amount: string): FundingReport {
  const terms = { rate: ratio('0.0001'), mark: price('100'), quantity: quantity('3') };
  return { id: `f${dueAt}`, symbol: SYMBOL, kind: 'funding', at: epochMs(dueAt), amount: money(amount), ...terms };
}

const STOP = { venueOrderId: 'v2', clientOrderId: undefined, side: 'sell', price: price('95') } as const;
const attachedTo = { clientOrderId: ENTRY.clientOrderId, leg: 'stop' } as const;

function keeping(mono = () => 0) {
  const orders = new TrackedOrders(mono);
  const ears = new Ears();
  orders.trade({ symbol: SYMBOL, grid: gridOf(), candles, listener: ears, position: NONE, excess: NONE });
  return { orders, ears };
}

function opened(mono = () => 0) {
  const { orders, ears } = keeping(mono);
  const entry = orderOf({ quantity: 3, attached: levels(95, 110) });
  entry.submitted();
  const tracked = orders.track(entry);
  return { orders, told: ears.told, entry, tracked };
}

type Opened = ReturnType<typeof opened>;

/** An entry that fills in two parts, and its stop that is hit. */
const NEWS: readonly ((to: Opened) => void)[] = [
  ({ orders, tracked }) => orders.accepted(tracked, 'v1'),
  ({ orders }) => orders.onOrder(reported({ filled: quantity('1'), updatedAt: epochMs(at + 1) })),
  ({ orders }) => orders.onOrder(reported({ filled: quantity('3'), state: 'filled', updatedAt: epochMs(at + 2) })),
  ({ orders }) => orders.onFill(filled('t1', '1')),
  ({ orders }) => orders.onFill(filled('t2', '2')),
  ({ orders }) => orders.onOrder(reported({ ...STOP, attachedTo, type: 'stop' })),
  ({ orders }) =>
    orders.onOrder(
      reported({
        ...STOP,
        attachedTo,
        type: 'stop',
        filled: quantity('3'),
        state: 'filled',
        updatedAt: epochMs(at + 3),
      }),
    ),
  ({ orders }) => orders.onFill(filled('t3', '3', STOP)),
];

test('whatever comes late, twice or first: each fill is told once, and after its order is open', () => {
  const every = NEWS.map((_, k) => k);
  fc.assert(
    fc.property(
      fc.array(fc.nat(NEWS.length - 1), { maxLength: 12 }),
      fc.shuffledSubarray(every, { minLength: every.length }),
      (first, all) => {
        const to = opened();
        for (const k of [...first, ...all]) NEWS[k]!(to);
        expect(to.entry.state.kind).toBe('filled');
        expect(to.orders.working()).toEqual([]);
        expect(to.orders.strangers).toEqual([]);
        expect(to.orders.traded(SYMBOL).position).toBe(0);
        expect(to.told.filter((line) => line.includes('@')).toSorted()).toEqual([
          'entry 1 @ 100',
          'entry 2 @ 100',
          'stop -3 @ 95',
        ]);
        for (const leg of ['entry', 'stop']) {
          const open = to.told.indexOf(`${leg} open`);
          expect(open).toBeGreaterThanOrEqual(0);
          expect(open).toBeLessThan(to.told.findIndex((line) => line.startsWith(`${leg} `) && line.includes('@')));
        }
      },
    ),
  );
});

test('an order ends when all that filled of it was told, not before', () => {
  const to = opened();
  to.tracked.canceledFor = 'the position is being closed';
  to.orders.onOrder(reported({ filled: quantity('1'), state: 'canceled', why: 'CancelByUser' }));
  expect(to.entry.state.kind).toBe('open');
  expect(to.tracked.lacksFills).toBe(true);
  to.orders.onFill(filled('t1', '1'));
  expect(to.entry.state).toEqual({ kind: 'canceled', filled: 1, why: 'the position is being closed' });
});

test('an older report changes nothing', () => {
  const to = opened();
  to.orders.onOrder(reported({ state: 'canceled', why: 'CancelByUser', updatedAt: epochMs(at + 2) }));
  to.orders.onOrder(reported({ updatedAt: epochMs(at + 1) }));
  expect(to.entry.state.kind).toBe('canceled');
});

test('a fill that comes after the cancel is booked', () => {
  const to = opened();
  to.orders.onOrder(reported({ state: 'canceled', why: 'CancelByUser' }));
  to.orders.onFill(filled('t1', '1'));
  expect(to.entry.state).toEqual({ kind: 'canceled', filled: 1, why: 'CancelByUser' });
  to.orders.onFill(filled('t2', '2'));
  expect(to.entry.state.kind).toBe('filled');
  expect(to.orders.traded(SYMBOL).position).toBe(3);
});

test('an order of somebody else is none of ours, and its fills are not booked', () => {
  const { orders, told } = opened();
  orders.onFill(filled('t9', '5', { venueOrderId: 'v9' }));
  expect(orders.strangers).toEqual([{ symbol: SYMBOL, clientOrderId: undefined, venueOrderId: 'v9' }]);
  expect(orders.onOrder(reported({ venueOrderId: 'v9', clientOrderId: undefined }))).toBe(false);
  orders.dropStranger('v9');
  expect(orders.strangers).toEqual([]);
  expect(told).toEqual([]);
  expect(orders.traded(SYMBOL).position).toBe(0);
});

test('the venue ends a position: what it sold is an order of the entry', () => {
  const to = opened();
  to.orders.accepted(to.tracked, 'v1');
  to.orders.onFill(filled('t1', '3'));
  to.orders.onFill(filled('t4', '3', { venueOrderId: 'liq', side: 'sell', price: price('90'), kind: 'liquidation' }));
  expect(to.told).toEqual(['entry open', 'entry 3 @ 100', 'liquidation open', 'liquidation -3 @ 90']);
});

test('a liquidation comes in parts, and in orders of its own', () => {
  const to = opened();
  to.orders.onFill(filled('t1', '3', { clientOrderId: ENTRY.clientOrderId }));
  const part = { side: 'sell', kind: 'liquidation' } as const;
  to.orders.onFill(filled('t2', '1', { ...part, venueOrderId: 'liq' }));
  to.orders.onFill(filled('t3', '1', { ...part, venueOrderId: 'liq' }));
  to.orders.onFill(filled('t4', '1', { ...part, venueOrderId: 'liq2' }));
  expect(to.orders.traded(SYMBOL).position).toBe(0);
  expect(to.told.filter((line) => line.includes('@'))).toHaveLength(4);
  expect(to.orders.nextAttempt(to.entry, 'liquidation')).toBe(3);
});

test('of one moment, the end of an order holds, whatever comes last', () => {
  const to = opened();
  to.orders.onOrder(reported({}));
  to.orders.onOrder(reported({ state: 'canceled', why: 'CancelByUser', filled: quantity('1') }));
  to.orders.onOrder(reported({}));
  to.orders.onFill(filled('t1', '1'));
  expect(to.entry.state).toMatchObject({ kind: 'canceled', filled: 1 });
});

test('an order that fills as less than it was told of is over', () => {
  const to = opened();
  to.orders.onOrder(reported({ updatedAt: epochMs(at + 1) }));
  to.orders.onFill(filled('t1', '2'));
  to.orders.onOrder(reported({ state: 'filled', filled: quantity('2'), updatedAt: epochMs(at + 2) }));
  expect(to.entry.state.kind).toBe('filled');
  expect(to.entry.quantity).toBe(2);
});

test('a stop that closes what is not in the books yet waits for it, and not for ever', () => {
  let now = 0;
  const to = opened(() => now);
  to.orders.onFill(filled('t1', '1', { clientOrderId: ENTRY.clientOrderId }));
  to.orders.onOrder(reported({ ...STOP, attachedTo, type: 'stop' }));
  to.orders.onFill(filled('t3', '3', STOP));
  expect(to.orders.traded(SYMBOL).position).toBe(1);
  expect(to.orders.strangers).toEqual([]);
  now = 60_000;
  to.orders.tellHeld();
  expect(to.orders.traded(SYMBOL).position).toBe(-2);
});

test('what somebody else closed of a position is an exit of it, where it comes to what is missing', () => {
  const { orders, told, tracked } = opened();
  const traded = orders.traded(SYMBOL);
  orders.accepted(tracked, 'v1');
  orders.onFill(filled('t1', '3'));
  const theirs = { venueOrderId: 'v9', side: 'sell' } as const;
  orders.onFill(filled('t8', '2', theirs));
  orders.onFill(filled('t9', '1', theirs));
  orders.dropStranger('v9');
  expect(orders.adoptExit(traded, -2 as GridQuantity)).toBe(false);
  expect(orders.adoptExit(traded, -3 as GridQuantity)).toBe(true);
  expect(traded.position).toBe(0);
  expect(told.slice(2)).toEqual(['exit open', 'exit -2 @ 100', 'exit -1 @ 100']);
  expect(orders.working()).toEqual([]);
});

test('no client order id is tried twice', () => {
  const { orders, entry } = opened();
  expect(orders.nextAttempt(entry, 'stop')).toBe(2);
  orders.track(orderOf({ leg: 'stop', side: 'sell', attempt: 2 }));
  expect(orders.nextAttempt(entry, 'stop')).toBe(3);
});

test('funding is told once, and not what is in the books already', () => {
  const { orders, told } = opened();
  orders.passOverFunding(SYMBOL, epochMs(at));
  orders.onFunding(fundingAt(at, '-1'));
  orders.onFunding(fundingAt(at + 1, '-2'));
  orders.onFunding(fundingAt(at + 1, '-2'));
  expect(told).toEqual([`funding ${money('-2')}`]);
});

const MINUTE = 60_000;

/** All that is said of one trade, which begins in a minute of its own: an entry, its stop, and funding between. */
function tradeOf(minute: number) {
  const entry = orderOf({ occasion: minute, quantity: 3, attached: levels(95) });
  const [v1, v2] = [`v1-${minute}`, `v2-${minute}`];
  const when = (ms: number) => ({ updatedAt: epochMs(at + minute * MINUTE + ms) });
  const executed = (ms: number) => ({ executedAt: epochMs(at + minute * MINUTE + ms) });
  const ofEntry = { venueOrderId: v1, clientOrderId: entry.clientOrderId };
  const ofStop = { ...STOP, venueOrderId: v2, type: 'stop' } as const;
  const toEntry = { clientOrderId: entry.clientOrderId, leg: 'stop' } as const;
  const three = quantity('3');
  const news: readonly ((orders: TrackedOrders) => void)[] = [
    (orders) => orders.onOrder(reported({ ...ofEntry, ...when(1) })),
    (orders) => orders.onFill(filled(`t1-${minute}`, '3', { venueOrderId: v1, ...executed(2) })),
    (orders) => orders.onOrder(reported({ ...ofEntry, filled: three, state: 'filled', ...when(2) })),
    (orders) => orders.onOrder(reported({ ...ofStop, attachedTo: toEntry, ...when(3) })),
    (orders) => orders.onFunding(fundingAt(at + minute * MINUTE + 4, '-1')),
    (orders) => orders.onFill(filled(`t2-${minute}`, '3', { ...STOP, venueOrderId: v2, ...executed(5) })),
    (orders) =>
      orders.onOrder(reported({ ...ofStop, attachedTo: toEntry, filled: three, state: 'filled', ...when(5) })),
  ];
  return { entry, news };
}

/** How many things can be reached from a value, but for what belongs to the market. */
function held(value: unknown, seen = new Set<unknown>([candles, gridOf()])): number {
  if (typeof value !== 'object' || value === null || seen.has(value) || value instanceof Ears) return 0;
  seen.add(value);
  const inside = value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value);
  return inside.reduce<number>((sum, one) => sum + 1 + held(one, seen), 0);
}

/** A life of so many trades, one a minute, of which all is said twice. */
function lived(minutes: number) {
  let mono = 0;
  const { orders, ears } = keeping(() => mono);
  for (let minute = 1; minute <= minutes; minute++) {
    mono += MINUTE;
    const { entry, news } = tradeOf(minute);
    entry.submitted();
    orders.track(entry);
    for (const tell of [...news, ...news]) tell(orders);
    orders.settle();
  }
  return { orders, told: ears.told };
}

test('what ended long ago is forgotten: a life of thousands of trades is kept as one of a hundred', () => {
  const few = lived(150);
  const many = lived(3_000);
  expect(many.told).toHaveLength(20 * few.told.length);
  expect(held(many.orders)).toBe(held(few.orders));
});

test('what is said again of an order that was forgotten, or late, is known for old', () => {
  const minutes = 300;
  const { orders, told } = lived(minutes);
  const all = [...told];
  // Of the oldest, of one that is just forgotten, and of those that are remembered.
  for (const minute of [1, 2, minutes - 61, minutes - 60, minutes - 59, minutes - 1, minutes]) {
    const { news } = tradeOf(minute);
    for (const tell of [...news, ...news.toReversed()]) tell(orders);
  }
  expect(told).toEqual(all);
  expect(orders.strangers).toEqual([]);
  expect(orders.working()).toEqual([]);
  expect(orders.traded(SYMBOL).position).toBe(0);
});

test('what may still do something is never forgotten, nor what belongs to it', () => {
  let mono = 0;
  const { orders, ears } = keeping(() => mono);
  const { entry, news } = tradeOf(1);
  entry.submitted();
  orders.track(entry);
  // The stop waits for days, and another entry is the newest.
  for (const tell of news.slice(0, 4)) tell(orders);
  const later = orderOf({ occasion: 5_000, type: 'limit', price: 90 });
  later.submitted();
  orders.track(later);
  mono += 100 * 60 * MINUTE;
  orders.settle();
  expect(orders.known(entry)).toBeDefined();
  for (const tell of news.slice(4)) tell(orders);
  expect(ears.told.at(-1)).toBe('stop -3 @ 95');
  mono += 100 * 60 * MINUTE;
  orders.settle();
  expect([orders.known(entry), orders.known(later)?.order]).toEqual([undefined, later]);
});

test('a fill of what was forgotten is never taken for somebody else’s', () => {
  const { orders } = lived(200);
  const traded = orders.traded(SYMBOL);
  for (const minute of [1, 50]) for (const tell of tradeOf(minute).news) tell(orders);
  // Nothing that is said anew of old trades may stand for what the owner closed.
  for (const { venueOrderId } of orders.strangers) orders.dropStranger(venueOrderId);
  expect(orders.adoptExit(traded, -3 as GridQuantity)).toBe(false);
});
