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

const STOP = { venueOrderId: 'v2', clientOrderId: undefined, side: 'sell', price: price('95') } as const;
const attachedTo = { clientOrderId: ENTRY.clientOrderId, leg: 'stop' } as const;

function opened(mono = () => 0) {
  const orders = new TrackedOrders(mono);
  const ears = new Ears();
  orders.trade({ symbol: SYMBOL, grid: gridOf(), candles, listener: ears, position: NONE, excess: NONE });
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
  expect(to.orders.lacksFills(to.tracked)).toBe(true);
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
  const funding = (dueAt: number, amount: string): FundingReport => {
    const terms = { rate: ratio('0.0001'), mark: price('100'), quantity: quantity('3') };
    return { id: `f${dueAt}`, symbol: SYMBOL, kind: 'funding', at: epochMs(dueAt), amount: money(amount), ...terms };
  };
  orders.passOver(SYMBOL, [], [epochMs(at)]);
  orders.onFunding(funding(at, '-1'));
  orders.onFunding(funding(at + 1, '-2'));
  orders.onFunding(funding(at + 1, '-2'));
  expect(told).toEqual([`funding ${money('-2')}`]);
});
