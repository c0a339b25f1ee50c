import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { AlpacaBroker } from '#adapters/venues/alpaca/broker.ts';
import type { WireOrder } from '#adapters/venues/broker.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, price, quantity } from '#core/money.ts';
import { type FillReport, VenueRefused } from '#ports/venue.ts';
import type { SimulatorOptions } from '#simulator/simulator.ts';
import {
  coins,
  type OpenAlpaca,
  openAlpaca,
  type Row,
  SHORT_DAY_CLOSE,
  SHORT_DAY_OPEN,
  shares,
} from '#tests/builders/alpaca-exchange.ts';
import { Heard } from './heard.ts';

/** The whole adapter, with the unmodified library, on the twin. */

const SPY = 'SPY/USD' as MarketSymbol;
const BTC = 'BTC/USD' as MarketSymbol;
const STILL: Row = [600, 600, 600, 600];

interface Opened extends OpenAlpaca {
  readonly broker: AlpacaBroker;
  readonly since: string;
}

async function open(rows: readonly Row[] = [], options: Partial<SimulatorOptions> = {}): Promise<Opened> {
  const twin = await openAlpaca([shares('SPY', 600, rows), coins('BTC/USD', 60_000)], options);
  twin.service.conditions.rateLimits = false;
  const broker = await connect(twin);
  return { ...twin, broker, since: broker.cursorAt(SHORT_DAY_OPEN) };
}

async function connect({ service }: OpenAlpaca, key = 'testkey'): Promise<AlpacaBroker> {
  const broker = await AlpacaBroker.open(
    { host: 'paper-api', credentials: { key, secret: 'testsecret' }, address: service.address },
    { clock: systemClock, random: systemRandom, retries: 1, firstPauseMs: 1 },
  );
  onTestFinished(() => broker.close());
  return broker;
}

let made = 0;

function order(terms: Partial<WireOrder> = {}): WireOrder {
  made += 1;
  return {
    clientOrderId: `at-${made}`,
    symbol: SPY,
    side: 'buy',
    type: 'market',
    quantity: quantity('10'),
    price: undefined,
    limit: undefined,
    timeInForce: 'gtc',
    postOnly: false,
    reduceOnly: false,
    stop: undefined,
    target: undefined,
    ...terms,
  };
}

const idOf = ({ clientOrderId, symbol }: WireOrder) => ({ symbol, clientOrderId, venueOrderId: undefined });

const told = ({ side, price: at, quantity: size, fee, kind }: FillReport) =>
  [side, formatDecimal(at), formatDecimal(size), formatDecimal(fee), kind].join(' ');

describe('an entry with stop and target', () => {
  test('fills, has both of them at the venue, and the stop ends it', async () => {
    const { simulator, broker, since } = await open([STILL, [600, 600, 594, 594], STILL]);
    const heard = new Heard();
    await heard.listen(broker);
    expect(heard.gaps).toBe(1);
    const entry = order({ stop: price('595'), target: price('610') });
    expect(broker.attachedStop(entry)).toBe('whole-fill');
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    await heard.until(() => new Set(heard.orders.map(({ venueOrderId }) => venueOrderId)).size === 3);
    const attached = (leg: string) => ({ attachedTo: { clientOrderId: entry.clientOrderId, leg }, state: 'open' });
    const legs = heard.orders.filter(({ attachedTo }) => attachedTo !== undefined);
    expect(legs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...attached('stop'), type: 'stop', side: 'sell', price: price('595') }),
        expect.objectContaining({ ...attached('target'), type: 'limit', side: 'sell', price: price('610') }),
      ]),
    );
    expect(await broker.openOrders(SPY)).toEqual(expect.arrayContaining(legs.slice(0, 2)));
    expect(await broker.positions()).toEqual([
      {
        symbol: SPY,
        quantity: quantity('10'),
        entryPrice: price('600'),
        leverage: undefined,
        liquidationPrice: undefined,
      },
    ]);
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'filled', filled: quantity('10') });

    simulator.line.advance(2);
    await heard.until(() => heard.fills.length === 2 && heard.orders.some(({ state }) => state === 'canceled'));
    expect(heard.fills.map(told)).toEqual(['buy 600 10 0 trade', 'sell 595 10 0 trade']);
    expect(heard.orders.at(-1)).toMatchObject({ ...attached('target'), state: 'canceled' });
    expect(await broker.positions()).toEqual([]);
    expect(await broker.openOrders(SPY)).toEqual([]);
    // What REST tells is what the stream told, but for our id, which activities do not have.
    const page = await broker.fillsSince(since);
    expect(page.fills).toEqual(heard.fills.map((fill) => ({ ...fill, clientOrderId: undefined })));
    expect((await broker.fillsSince(page.cursor)).fills).toEqual([]);
    const [, exit] = page.fills;
    expect(await broker.fillsSince(broker.cursorAt(exit!.executedAt))).toMatchObject({ fills: [exit] });
  });

  test('has no live stop while its legs are held', async () => {
    const { broker } = await open();
    const entry = order({ type: 'limit', price: price('590'), stop: price('580'), target: price('610') });
    await broker.place(entry);
    expect((await broker.openOrders(SPY)).map(({ clientOrderId }) => clientOrderId)).toEqual([entry.clientOrderId]);
    expect(await broker.cancel(idOf(entry))).toEqual({ kind: 'canceled' });
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'canceled', why: 'canceled' });
    expect(await broker.cancel(idOf(entry))).toEqual({ kind: 'not-working' });
  });

  test('has its stop moved twice, and it stays the same order with us', async () => {
    const twin = await open([STILL, [600, 600, 597, 597], STILL]);
    const { simulator, broker } = twin;
    await broker.place(order({ stop: price('590') }));
    const [stop] = await broker.openOrders(SPY);
    const id = { symbol: SPY, clientOrderId: 'ours-s1', venueOrderId: stop!.venueOrderId };
    expect(await broker.amend(id, { price: price('595') })).toEqual({ kind: 'accepted' });
    expect(await broker.amend(id, { price: price('598') })).toEqual({ kind: 'accepted' });
    const shown = { clientOrderId: 'ours-s1', attachedTo: stop!.attachedTo, price: price('598'), state: 'open' };
    expect(await broker.openOrders(SPY)).toMatchObject([shown]);
    expect(await broker.order(id)).toMatchObject(shown);
    // Who has not seen it being changed finds it all the same.
    const after = await connect(twin);
    expect(await after.order(id)).toMatchObject({ price: price('598'), state: 'open' });
    expect(await after.openOrders(SPY)).toMatchObject([{ clientOrderId: 'ours-s1' }]);
    simulator.line.advance(2);
    expect(await broker.positions()).toEqual([]);
    expect(await broker.order(id)).toMatchObject({ clientOrderId: 'ours-s1', state: 'filled' });
    expect(await broker.amend(id, { price: price('599') })).toMatchObject({ kind: 'rejected' });
  });

  test('whose legs nobody here has seen being made has them found', async () => {
    const twin = await open([STILL, STILL]);
    const entry = order({ stop: price('590'), target: price('620') });
    await twin.broker.place(entry);
    const after = await connect(twin);
    const legs = (await after.openOrders(SPY)).map(({ attachedTo }) => attachedTo);
    expect(legs).toEqual(
      expect.arrayContaining([
        { clientOrderId: entry.clientOrderId, leg: 'stop' },
        { clientOrderId: entry.clientOrderId, leg: 'target' },
      ]),
    );
    const another = await connect(twin);
    const [stop] = await twin.broker.openOrders(SPY);
    const id = { symbol: SPY, clientOrderId: undefined, venueOrderId: stop!.venueOrderId };
    expect((await another.order(id))?.attachedTo).toEqual(stop!.attachedTo);
  });
});

describe('what goes out with which order', () => {
  test.each<{ name: string; terms: Partial<WireOrder>; carries: string }>([
    { name: 'whole shares at the market', terms: {}, carries: 'whole-fill' },
    {
      name: 'whole shares at a limit for the day',
      terms: { type: 'limit', timeInForce: 'day' },
      carries: 'whole-fill',
    },
    { name: 'a part of a share', terms: { quantity: quantity('0.5') }, carries: 'none' },
    { name: 'immediate or cancel', terms: { timeInForce: 'ioc' }, carries: 'none' },
    { name: 'an entry at a trigger', terms: { type: 'stop', price: price('610') }, carries: 'none' },
    { name: 'a coin', terms: { symbol: BTC }, carries: 'none' },
  ])('the stop of $name: $carries', async ({ terms, carries }) => {
    const { broker } = await open();
    expect(broker.attachedStop(order({ stop: price('500'), ...terms }))).toBe(carries);
  });

  test('a part of a share is bought without its stop, which is placed on its own for the day', async () => {
    const { broker, ask } = await open([STILL, [600, 600, 589, 589], STILL]);
    const half = quantity('0.5');
    await broker.place(order({ quantity: half, stop: price('590') }));
    const stop = order({ side: 'sell', type: 'stop', price: price('590'), quantity: half, reduceOnly: true });
    expect(await broker.place(stop)).toMatchObject({ kind: 'accepted' });
    const { json } = await ask('GET', '/v2/orders');
    expect(json).toMatchObject([{ time_in_force: 'day', order_class: '', position_intent: 'sell_to_close' }]);
  });
});

describe('a limit order', () => {
  test('rests, is amended, fills in parts, and what is left is canceled', async () => {
    const rows: Row[] = [[600, 600, 598, 598, 8], [598, 598, 598, 598, 8], STILL];
    const { simulator, service, broker, since } = await open(rows);
    service.conditions.volumeShare = 0.5;
    const heard = new Heard();
    await heard.listen(broker);
    const entry = order({ type: 'limit', price: price('590') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    expect(await broker.amend(idOf(entry), { price: price('598.5'), quantity: quantity('12') })).toEqual({
      kind: 'accepted',
    });
    expect(await broker.order(idOf(entry))).toMatchObject({
      clientOrderId: entry.clientOrderId,
      state: 'open',
      price: price('598.5'),
      quantity: quantity('12'),
    });
    simulator.line.advance(1);
    await heard.until(() => heard.fills.length === 1);
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'open', filled: quantity('4') });
    expect(await broker.amend(idOf(entry), { price: price('598.4') })).toEqual({ kind: 'accepted' });
    simulator.line.advance(1);
    await heard.until(() => heard.fills.length === 2);
    expect(await broker.cancel(idOf(entry))).toEqual({ kind: 'canceled' });
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'canceled', filled: quantity('8') });
    // The order that was replaced never ended with us, and all of it was ours.
    expect(heard.orders.every(({ clientOrderId }) => clientOrderId === entry.clientOrderId)).toBe(true);
    expect(new Set(heard.orders.map(({ venueOrderId }) => venueOrderId)).size).toBe(3);
    const { fills } = await broker.fillsSince(since);
    expect(fills.map(told)).toEqual(['buy 598.5 4 0 trade', 'buy 598 4 0 trade']);
    expect(fills.map(({ venueTradeId }) => venueTradeId)).toEqual(heard.fills.map(({ venueTradeId }) => venueTradeId));
  });

  test('all of a symbol are canceled, and those of others stay', async () => {
    const { broker } = await open();
    await broker.place(order({ type: 'limit', price: price('590') }));
    await broker.place(order({ type: 'limit', price: price('589'), stop: price('580') }));
    await broker.place(order({ symbol: BTC, type: 'limit', price: price('50000'), quantity: quantity('0.1') }));
    expect(await broker.cancelAll(SPY)).toEqual({ kind: 'canceled' });
    expect(await broker.openOrders(SPY)).toEqual([]);
    expect(await broker.openOrders(BTC)).toHaveLength(1);
    expect(await broker.cancelAll(SPY)).toEqual({ kind: 'not-working' });
  });
});

describe('what went wrong on the way', () => {
  const unheard = { service: 'alpaca', route: 'POST /v2/orders', count: 1 } as const;

  test('an order whose answer was lost is unknown, and found; sent again it is the same one', async () => {
    const { simulator, broker } = await open();
    simulator.faults.set({ ...unheard, fault: { kind: 'drop-reply' } });
    const entry = order({ type: 'limit', price: price('590') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'unknown' });
    const there = await broker.order(idOf(entry));
    expect(there).toMatchObject({ clientOrderId: entry.clientOrderId, state: 'open' });
    expect(await broker.place(entry)).toEqual({ kind: 'accepted', venueOrderId: there!.venueOrderId });
    expect(await broker.openOrders(SPY)).toHaveLength(1);
  });

  test('an order that was taken and filled is found when its id is used again', async () => {
    const { broker } = await open();
    const entry = order();
    const first = await broker.place(entry);
    expect(await broker.place(entry)).toEqual(first);
    expect(await broker.positions()).toMatchObject([{ quantity: quantity('10') }]);
  });

  test.each([
    { name: 'never arrived', fault: { kind: 'drop-request' } as const },
    { name: 'came to a server in trouble', fault: { kind: 'answer', status: 503, body: '<html>' } as const },
  ])('an order that $name is unknown, and is not found', async ({ fault }) => {
    const { simulator, broker } = await open();
    simulator.faults.set({ ...unheard, fault });
    const entry = order({ type: 'limit', price: price('590') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'unknown' });
    expect(await broker.order(idOf(entry))).toBeUndefined();
  });

  test('an order that was asked for too often is looked for, and sent once more', async () => {
    const { simulator, broker } = await open();
    const fault = { kind: 'answer', status: 429, body: '{}', headers: { 'retry-after': '0' } } as const;
    simulator.faults.set({ ...unheard, fault });
    const entry = order({ type: 'limit', price: price('590') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    expect(await broker.openOrders(SPY)).toHaveLength(1);
  });

  test.each([
    { name: 'an error', fault: { kind: 'answer', status: 500, body: '' } as const },
    { name: 'an answer that is no list', fault: { kind: 'answer', status: 200, body: '{}' } as const },
    { name: 'an empty answer', fault: { kind: 'answer', status: 200, body: '' } as const },
    { name: 'a cut answer', fault: { kind: 'truncate', bytes: 1 } as const },
  ])('$name is never flat, nothing open or no fill', async ({ fault }) => {
    const { simulator, broker, since } = await open();
    simulator.faults.set({ service: 'alpaca', route: 'GET /v2/*', fault });
    await expect(broker.positions()).rejects.toThrow(/^Cannot read positions of Alpaca/);
    await expect(broker.openOrders(SPY)).rejects.toThrow(/^Cannot read open orders/);
    await expect(broker.fillsSince(since)).rejects.toThrow(/^Cannot read fills/);
    await expect(broker.order(idOf(order()))).rejects.toThrow(/^Cannot read an order/);
  });

  test('a stream that is cut comes back and says that something was missed', async () => {
    const { simulator, broker, since } = await open([STILL, STILL]);
    const heard = new Heard();
    await heard.listen(broker);
    simulator.faults.set({ service: 'alpaca', route: 'STREAM /stream *', count: 1, fault: { kind: 'disconnect' } });
    await broker.place(order());
    await heard.until(() => heard.gaps === 2);
    expect(heard.fills).toEqual([]);
    expect((await broker.fillsSince(since)).fills).toHaveLength(1);
    await broker.place(order({ side: 'sell', reduceOnly: true }));
    await heard.until(() => heard.fills.length === 1);
    expect(await broker.positions()).toEqual([]);
  });

  test.each([true, false])('frames are read, binary: %s', async (binary) => {
    const { service, broker } = await open();
    service.command('frames', { binary });
    const heard = new Heard();
    await heard.listen(broker);
    await broker.place(order());
    await heard.until(() => heard.fills.length === 1);
  });
});

test('fills are read to the last page, each once', async () => {
  const { service, broker, since } = await open();
  const place = { symbol: 'SPY', side: 'buy', type: 'market', time_in_force: 'day', qty: '0.01' };
  for (let k = 0; k < 130; k++) service.command('place-order', { order: place });
  const page = await broker.fillsSince(since);
  expect(page.fills).toHaveLength(130);
  expect(new Set(page.fills.map(({ venueTradeId }) => venueTradeId)).size).toBe(130);
  const times = page.fills.map(({ executedAt }) => executedAt);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect((await broker.fillsSince(page.cursor)).fills).toEqual([]);
  for (let k = 0; k < 3; k++) service.command('place-order', { order: place });
  expect((await broker.fillsSince(page.cursor)).fills).toHaveLength(3);
});

describe('what the table of times does not allow', () => {
  const closing: Partial<SimulatorOptions> = { history: 600 };

  test('an entry at the market while it is closed is refused, an exit waits for the session', async () => {
    const { simulator, broker } = await open([], closing);
    expect(simulator.line.now).toBeGreaterThanOrEqual(SHORT_DAY_CLOSE);
    expect(await broker.place(order())).toEqual({
      kind: 'rejected',
      why: expect.stringContaining('its market must be open for an order at the market: it is closed'),
    });
    expect(await broker.place(order({ type: 'limit', price: price('590') }))).toMatchObject({ kind: 'accepted' });
    expect(await broker.place(order({ symbol: BTC, quantity: quantity('0.1') }))).toMatchObject({ kind: 'accepted' });
  });

  test.each<{ name: string; terms: Partial<WireOrder>; says: string }>([
    {
      name: 'a part of a share until canceled',
      terms: { type: 'limit', price: price('590'), quantity: quantity('0.5') },
      says: 'parts of a share must be asked for by the day',
    },
    {
      name: 'a part of a share sold short',
      terms: { side: 'sell', quantity: quantity('0.5') },
      says: 'only whole shares can be sold short',
    },
    {
      name: 'a target of a part of a share',
      terms: { quantity: quantity('0.5'), stop: price('590'), target: price('610') },
      says: 'leave the target out, or ask for whole shares',
    },
    { name: 'a coin sold short', terms: { symbol: BTC, side: 'sell' }, says: 'coins cannot be sold short' },
    { name: 'a coin for the day', terms: { symbol: BTC, timeInForce: 'day' }, says: 'must be "gtc" or "ioc"' },
    {
      name: 'one that may only make',
      terms: { type: 'limit', price: price('590'), postOnly: true },
      says: 'none that only makes',
    },
    { name: 'a take-profit', terms: { type: 'take-profit', price: price('610') }, says: 'use a limit' },
    { name: 'a trailing stop', terms: { type: 'trailing-stop', reduceOnly: true }, says: 'use a stop' },
    {
      name: 'a stop that is immediate',
      terms: { type: 'stop', price: price('610'), timeInForce: 'ioc' },
      says: 'until canceled',
    },
    { name: 'another currency', terms: { symbol: 'SPY/EUR' as MarketSymbol }, says: 'for USD' },
  ])('$name is refused with what to do', async ({ terms, says }) => {
    const { simulator, broker } = await open();
    const before = simulator.journal.list().length;
    expect(await broker.place(order(terms))).toMatchObject({ kind: 'rejected', why: expect.stringContaining(says) });
    expect(simulator.journal.list().length).toBe(before);
  });
});

describe('what Alpaca refuses is said by its cause', () => {
  test.each<{ name: string; terms: Partial<WireOrder>; says: string }>([
    {
      name: 'more than the money',
      terms: { quantity: quantity('100000') },
      says: 'must have the money for it: 400000 USD may be used',
    },
    { name: 'an exit of nothing', terms: { side: 'sell', reduceOnly: true }, says: 'there is no such position' },
    { name: 'a price between ticks', terms: { type: 'limit', price: price('590.123') }, says: 'must lie on the tick' },
    {
      name: 'an unknown symbol',
      terms: { symbol: 'NOSUCH/USD' as MarketSymbol },
      says: 'Alpaca must have it: it has not',
    },
  ])('$name', async ({ terms, says }) => {
    const { broker } = await open();
    expect(await broker.place(order(terms))).toMatchObject({
      kind: 'rejected',
      why: expect.stringContaining(says),
      code: expect.stringMatching(/^4\d{7}$/),
    });
  });

  test('an exit that resting exits hold', async () => {
    const { broker } = await open();
    await broker.place(order({ stop: price('590') }));
    const exit = { side: 'sell', reduceOnly: true } as const;
    expect(await broker.place(order(exit))).toMatchObject({
      kind: 'rejected',
      why: expect.stringContaining('as much must be held and not tied by open orders: 0 is free'),
      code: '40310000',
    });
    await broker.cancelAll(SPY);
    expect(await broker.place(order(exit))).toMatchObject({ kind: 'accepted' });
  });

  test('a share that is not lent and one that comes in whole', async () => {
    const { service, broker } = await open();
    service.command('asset', { symbol: 'SPY/USD', easy_to_borrow: false, fractionable: false });
    const why = (says: string) => ({ kind: 'rejected', why: expect.stringContaining(says) });
    expect(await broker.place(order({ side: 'sell' }))).toMatchObject(why('can be sold short now: it is not'));
    expect(await broker.place(order({ quantity: quantity('0.5') }))).toMatchObject(why('whole ones alone'));
    expect(await broker.instrument(SPY)).toMatchObject({ isShortable: false, lot: quantity('1') });
  });
});

describe('the account', () => {
  test('is told in dollars, with and without what is open', async () => {
    const { simulator, broker } = await open([
      [600, 601, 600, 601],
      [601, 601, 601, 601],
      [601, 601, 601, 601],
    ]);
    expect(await broker.account()).toMatchObject({
      currency: 'USD',
      equity: 100_000n * 10n ** 12n,
      marginMode: undefined,
      permissions: { trade: true, withdraw: false },
    });
    await broker.place(order());
    simulator.line.advance(2);
    const { balance, available, equity } = await broker.account();
    expect([balance, available, equity].map(formatDecimal)).toEqual(['100000', '94000', '100010']);
    expect(await broker.feeRates(SPY)).toEqual({ maker: 0n, taker: 0n });
    expect(await broker.feeRates(BTC)).toEqual({ maker: quantity('0.0015'), taker: quantity('0.0025') });
    expect(await broker.setLeverage(SPY)).toMatchObject({ kind: 'rejected' });
    expect(await broker.serverTime()).toBe(simulator.line.now);
  });

  test('a short is a negative position', async () => {
    const { broker } = await open();
    await broker.place(order({ side: 'sell', quantity: quantity('3') }));
    expect(await broker.positions()).toMatchObject([{ symbol: SPY, quantity: quantity('-3') }]);
  });

  test('coins come without the slash in positions', async () => {
    const { broker } = await open();
    await broker.place(order({ symbol: BTC, quantity: quantity('0.25') }));
    expect(await broker.positions()).toMatchObject([{ symbol: BTC, quantity: quantity('0.25') }]);
    expect((await broker.fillsSince(broker.cursorAt(SHORT_DAY_OPEN))).fills.map(told)).toEqual([
      'buy 60000 0.25 37.5 trade',
    ]);
    const stop = order({
      symbol: BTC,
      side: 'sell',
      type: 'stop',
      price: price('59000'),
      quantity: quantity('0.25'),
      reduceOnly: true,
    });
    expect(await broker.place(stop)).toMatchObject({ kind: 'accepted' });
    expect(await broker.openOrders(BTC)).toMatchObject([{ type: 'stop', price: price('59000') }]);
  });

  test('that may not trade, and a wrong key, are refused with what to do', async () => {
    const twin = await openAlpaca([shares('SPY', 600)]);
    await expect(connect(twin, 'nobody')).rejects.toThrow(VenueRefused);
    await expect(connect(twin, 'nobody')).rejects.toThrow('its key and secret must be right');
    const blocked = await openAlpaca([shares('SPY', 600)], {
      accounts: [{ permissions: { read: true, trade: false, withdraw: false } } as never],
    });
    await expect(connect(blocked)).rejects.toThrow('the account must be allowed to trade: it is not now');
  });

  test.each([
    { field: 'account_blocked', says: 'the account must not be blocked' },
    { field: 'trade_suspended_by_user', says: 'the account must not be suspended by its owner' },
  ])('with $field is refused with what to do', async ({ field, says }) => {
    const { ask, simulator, broker } = await open();
    const { json } = await ask('GET', '/v2/account');
    const body = JSON.stringify({ ...json, [field]: true });
    simulator.faults.set({ service: 'alpaca', route: 'GET /v2/account', fault: { kind: 'answer', status: 200, body } });
    await expect(broker.account()).rejects.toThrow(VenueRefused);
    await expect(broker.account()).rejects.toThrow(says);
  });

  test('has the instruments that Alpaca lists', async () => {
    const { broker } = await open();
    expect(await broker.instrument('NOSUCH/USD' as MarketSymbol)).toBeUndefined();
    expect(await broker.instrument(SPY)).toEqual({
      symbol: SPY,
      base: 'SPY',
      quote: 'USD',
      tick: price('0.01'),
      lot: quantity('0.000000001'),
      minQuantity: quantity('0.000000001'),
      minNotional: price('1'),
      calendar: 'us-stocks',
      venueSymbol: 'SPY',
      isTradable: true,
      isShortable: true,
      maxLeverage: undefined,
    });
    expect(await broker.instrument(BTC)).toMatchObject({
      tick: price('0.001'),
      calendar: 'always',
      isShortable: false,
    });
    expect((await broker.instruments()).map(({ symbol }) => symbol)).toEqual([SPY, BTC]);
    const penny = await openAlpaca([shares('PNY', 0.5)]);
    expect(await (await connect(penny)).instrument('PNY/USD' as MarketSymbol)).toMatchObject({ tick: price('0.0001') });
  });
});
