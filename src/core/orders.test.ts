import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OrderText, type OwnerText, orderOf, ownerOf, requestOf } from '#tests/builders/orders.ts';
import type { GridQuantity } from './grid.ts';
import { hash53, type Leg, Order, type OrderState, type OrderStateKind, type VenueOrderId } from './orders.ts';
import { TIMEFRAMES } from './time.ts';

const FILLED = 2 as GridQuantity;
const STATES: Readonly<Record<OrderStateKind, OrderState>> = {
  intended: { kind: 'intended' },
  submitted: { kind: 'submitted' },
  unknown: { kind: 'unknown' },
  open: { kind: 'open', venueOrderId: 7 as VenueOrderId, filled: FILLED },
  filled: { kind: 'filled', venueOrderId: 7 as VenueOrderId },
  canceled: { kind: 'canceled', filled: FILLED, why: 'asked to' },
  expired: { kind: 'expired', filled: FILLED, why: 'too old' },
  rejected: { kind: 'rejected', why: 'no money' },
};
const KINDS = Object.keys(STATES) as OrderStateKind[];

/** What may follow what, written down a second time: the code's own table is not asked. */
const ALLOWED = new Set([
  ...['submitted', 'expired'].map((next) => `intended > ${next}`),
  ...['open', 'filled', 'rejected', 'canceled', 'expired', 'unknown'].map((next) => `submitted > ${next}`),
  ...['open', 'filled', 'rejected', 'canceled', 'expired'].map((next) => `unknown > ${next}`),
  ...['open', 'filled', 'canceled', 'expired'].map((next) => `open > ${next}`),
  'canceled > filled',
  'canceled > canceled',
  'expired > filled',
  'expired > expired',
]);

const restored = (kind: OrderStateKind) => {
  const { intent } = orderOf();
  return new Order(intent, requestOf({ quantity: 5 }), 1, STATES[kind]);
};
const PAIRS = KINDS.flatMap((from) => KINDS.map((to) => ({ from, to, allowed: ALLOWED.has(`${from} > ${to}`) })));

test.each(PAIRS.filter(({ allowed }) => allowed))('an order that is $from may become $to', ({ from, to }) => {
  const order = restored(from);
  order.become(STATES[to]);
  expect(order.state).toBe(STATES[to]);
});

test.each(PAIRS.filter(({ allowed }) => !allowed))('an order that is $from never becomes $to', ({ from, to }) => {
  const order = restored(from);
  expect(() => order.become(STATES[to])).toThrow(
    new Error(`Order ${order.clientOrderId} cannot become "${to}" as it is "${from}"`),
  );
  expect(order.state).toBe(STATES[from]);
});

test.each([
  { kind: 'intended', isWorking: true, filled: 0 },
  { kind: 'submitted', isWorking: true, filled: 0 },
  { kind: 'unknown', isWorking: true, filled: 0 },
  { kind: 'open', isWorking: true, filled: 2 },
  { kind: 'filled', isWorking: false, filled: 5 },
  { kind: 'canceled', isWorking: false, filled: 2 },
  { kind: 'expired', isWorking: false, filled: 2 },
  { kind: 'rejected', isWorking: false, filled: 0 },
] as const)('an order that is $kind: working $isWorking, filled $filled of 5', ({ kind, isWorking, filled }) => {
  const order = restored(kind);
  expect(order).toMatchObject({ isWorking, filled });
});

test('a new order is intended, and submitted once', () => {
  const order = orderOf();
  expect(order.state.kind).toBe('intended');
  order.submitted();
  expect(order.state.kind).toBe('submitted');
  expect(() => order.submitted()).toThrow('cannot become "submitted" as it is "submitted"');
});

/** Everything that makes an id. */
interface Identity extends Required<OwnerText>, Required<Pick<OrderText, 'leg' | 'occasion' | 'attempt'>> {}

function idOf({ leg, occasion, attempt, ...owner }: Identity): string {
  return orderOf({ owner: ownerOf(owner), leg, occasion, attempt }).clientOrderId;
}

const LEGS: readonly Leg[] = ['entry', 'exit', 'stop', 'target'];
const anyIdentity: fc.Arbitrary<Identity> = fc.record({
  account: fc.string(),
  bot: fc.string(),
  symbol: fc.string(),
  timeframe: fc.constantFrom(...TIMEFRAMES),
  leg: fc.constantFrom(...LEGS),
  occasion: fc.nat(4_102_444_800_000),
  attempt: fc.integer({ min: 1, max: 99 }),
});

test('a client order id never changes: stored orders are found by it again', () => {
  const identity: Identity = {
    account: 'paper',
    bot: 'sma-cross',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    leg: 'stop',
    occasion: 1_767_225_600_000,
    attempt: 1,
  };
  expect(idOf(identity)).toBe('2dvf1yckos6-mjuohs00-s1');
});

test('a client order id is short and plain, whatever it is made of', () => {
  fc.assert(
    fc.property(anyIdentity, (identity) => {
      expect(idOf(identity)).toMatch(/^[0-9a-z-]{1,36}$/);
      expect(idOf({ ...identity })).toBe(idOf(identity));
    }),
  );
});

test.each(['account', 'bot', 'symbol', 'timeframe', 'leg', 'occasion', 'attempt'] as const)(
  'orders that differ only in their %s have different ids',
  (part) => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (one, other) => {
        fc.pre(one[part] !== other[part]);
        expect(idOf({ ...one, [part]: other[part] })).not.toBe(idOf(one));
      }),
    );
  },
);

test('where one part ends and the next begins counts', () => {
  const ids = [
    ownerOf({ account: 'ab', bot: 'c' }),
    ownerOf({ account: 'a', bot: 'bc' }),
    ownerOf({ account: 'a","b', bot: 'c' }),
    ownerOf({ account: 'a', bot: 'b","c' }),
  ].map(({ prefix }) => prefix);
  expect(new Set(ids).size).toBe(ids.length);
});

test('hash53 keeps like texts apart', () => {
  const hashes = Array.from({ length: 100_000 }, (_, k) => hash53(`bot-${k}`));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
});
