import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { WireOrder } from '#adapters/venues/broker.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, price, quantity, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { type FillReport, VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import { type AccountSetup, DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { Simulator } from '#simulator/simulator.ts';
import { openBybit, type Row, START, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { Heard } from './heard.ts';

/** The whole adapter, with the unmodified library, on the twin. */

const BTC = 'BTC/USDT' as MarketSymbol;
const QUICK = { random: systemRandom, retries: 1, firstPauseMs: 1 };

interface Opened {
  readonly simulator: Simulator;
  readonly broker: BybitBroker;
  readonly since: string;
}

async function open(rows: readonly Row[], account: Partial<AccountSetup> = {}, key?: string): Promise<Opened> {
  const setup = { ...DEFAULT_ACCOUNT, ...account };
  const simulator = await openBybit([scripted('BTC/USDT', rows)], { history: 1, accounts: [setup] });
  const broker = await connect(simulator, key ?? setup.key, setup.secret);
  return { simulator, broker, since: broker.cursorAt(START) };
}

async function connect(simulator: Simulator, key: string, secret: string): Promise<BybitBroker> {
  const { address } = simulator.service('bybit');
  const clock = { ...systemClock, now: () => simulator.line.now };
  const access = { environment: 'testnet', credentials: { key, secret }, address } as const;
  const broker = await BybitBroker.open(access, { ...QUICK, clock });
  onTestFinished(() => broker.close());
  return broker;
}

let made = 0;

function order(terms: Partial<WireOrder>): WireOrder {
  made += 1;
  return {
    clientOrderId: `at-${made}`,
    symbol: BTC,
    side: 'buy',
    type: 'market',
    quantity: quantity('0.1'),
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

const idOf = ({ clientOrderId }: WireOrder) => ({ symbol: BTC, clientOrderId, venueOrderId: undefined });

const told = ({ side, price: at, quantity: size, fee, liquidity, kind }: FillReport) =>
  [side, formatDecimal(at), formatDecimal(size), formatDecimal(fee), liquidity, kind].join(' ');

describe('an entry with stop and target', () => {
  const rows: Row[] = [
    ...still(60_000, 2),
    [60_000, 60_100, 59_900, 60_000],
    [60_000, 60_000, 58_900, 59_000],
    ...still(59_000, 2),
  ];

  test('fills, has both of them at the venue, and the stop ends it', async () => {
    const { simulator, broker, since } = await open(rows);
    const heard = new Heard();
    await heard.listen(broker);
    expect(heard.gaps).toBe(1);
    const entry = order({ stop: price('59000'), target: price('62000') });
    const placed = await broker.place(entry);
    expect(placed).toMatchObject({ kind: 'accepted' });
    simulator.line.advance(1);
    await heard.until(() => heard.fills.length === 1);
    const attached = (leg: string) => ({ attachedTo: { clientOrderId: entry.clientOrderId, leg }, state: 'open' });
    await heard.until(() => heard.orders.filter(({ attachedTo }) => attachedTo !== undefined).length >= 2);
    const working = await broker.openOrders(BTC);
    expect(working).toHaveLength(2);
    expect(working).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...attached('stop'), type: 'stop', side: 'sell', price: price('59000') }),
        expect.objectContaining({ ...attached('target'), type: 'take-profit', side: 'sell', price: price('62000') }),
      ]),
    );
    expect(await broker.positions()).toMatchObject([
      { symbol: BTC, quantity: quantity('0.1'), entryPrice: price('60000'), leverage: ratio('10') },
    ]);
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'filled', filled: quantity('0.1') });

    simulator.line.advance(2);
    await heard.until(() => heard.fills.length === 2);
    expect(heard.fills.map(told)).toEqual(['buy 60000 0.1 3.3 taker trade', 'sell 59000 0.1 3.245 taker trade']);
    const [, exit] = heard.fills;
    const stop = working.find(({ attachedTo }) => attachedTo?.leg === 'stop')!;
    expect(exit).toMatchObject({ venueOrderId: stop.venueOrderId, clientOrderId: undefined });
    expect(await broker.positions()).toEqual([]);
    expect(await broker.openOrders(BTC)).toEqual([]);
    const target = working.find(({ attachedTo }) => attachedTo?.leg === 'target')!;
    const targetId = { symbol: BTC, clientOrderId: undefined, venueOrderId: target.venueOrderId };
    expect(await broker.order(targetId)).toMatchObject({ state: 'canceled', why: 'CancelByTpSlTsClear' });
    // What REST tells is what the stream told.
    const page = await broker.fillsSince(since);
    expect(page.fills).toEqual(heard.fills);
    expect((await broker.fillsSince(page.cursor)).fills).toEqual([]);
    expect(await broker.fillsSince(broker.cursorAt(exit!.executedAt))).toMatchObject({ fills: [exit] });
  });

  test('of a second entry stands beside that of the first', async () => {
    const { simulator, broker } = await open(rows);
    const first = order({ stop: price('59000') });
    const second = order({ stop: price('58000'), quantity: quantity('0.2') });
    await broker.place(first);
    simulator.line.advance(1);
    await broker.place(second);
    simulator.line.advance(1);
    const stops = await broker.openOrders(BTC);
    const shown = stops.map((one) => [
      one.attachedTo?.clientOrderId,
      formatDecimal(one.quantity),
      formatDecimal(one.price!),
    ]);
    expect(new Set(shown.map((one) => one.join(' ')))).toEqual(
      new Set([`${first.clientOrderId} 0.1 59000`, `${second.clientOrderId} 0.2 58000`]),
    );
  });

  test('has its stop moved, and never loses it', async () => {
    const { simulator, broker } = await open(rows);
    await broker.place(order({ stop: price('58000') }));
    simulator.line.advance(1);
    const [stop] = await broker.openOrders(BTC);
    const id = { symbol: BTC, clientOrderId: undefined, venueOrderId: stop!.venueOrderId };
    expect(await broker.amend(id, { price: price('59500') })).toEqual({ kind: 'accepted' });
    expect(await broker.openOrders(BTC)).toMatchObject([{ venueOrderId: stop!.venueOrderId, price: price('59500') }]);
    simulator.line.advance(2);
    expect(await broker.positions()).toEqual([]);
    expect(await broker.amend(id, { price: price('59600') })).toMatchObject({ kind: 'rejected' });
    expect(await broker.cancel(id)).toEqual({ kind: 'not-working' });
  });
});

describe('a limit order', () => {
  test('rests, is amended, fills in parts each with its stop, and what is left is canceled', async () => {
    const { simulator, broker, since } = await open([
      ...still(60_000, 2),
      [60_000, 60_000, 59_400, 59_600, 1],
      [59_600, 59_600, 59_400, 59_600, 1],
      ...still(59_600, 2),
    ]);
    simulator.service('bybit').conditions.volumeShare = 0.04;
    const entry = order({ type: 'limit', price: price('59000'), stop: price('58000') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    expect(await broker.amend(idOf(entry), { price: price('59500'), quantity: quantity('0.12') })).toEqual({
      kind: 'accepted',
    });
    expect(await broker.order(idOf(entry))).toMatchObject({
      type: 'limit',
      state: 'open',
      price: price('59500'),
      quantity: quantity('0.12'),
    });
    simulator.line.advance(3);
    const partly = await broker.order(idOf(entry));
    expect([partly!.state, formatDecimal(partly!.filled)]).toEqual(['open', '0.08']);
    const children = (await broker.openOrders(BTC)).filter(({ attachedTo }) => attachedTo !== undefined);
    expect(formatDecimal(children.reduce((sum, child) => sum + child.quantity, 0n))).toBe('0.08');
    for (const child of children) {
      expect(child).toMatchObject({ attachedTo: { clientOrderId: entry.clientOrderId, leg: 'stop' }, type: 'stop' });
    }
    expect(await broker.cancel(idOf(entry))).toEqual({ kind: 'canceled' });
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'canceled', filled: quantity('0.08') });
    expect((await broker.fillsSince(since)).fills.map(told)).toEqual([
      'buy 59500 0.04 0.476 maker trade',
      'buy 59500 0.04 0.476 maker trade',
    ]);
    expect(await broker.cancelAll(BTC)).toEqual({ kind: 'canceled' });
    expect(await broker.openOrders(BTC)).toEqual([]);
  });

  test('that may only make and would take is canceled with the reason', async () => {
    const { simulator, broker } = await open(still(60_000, 3));
    const entry = order({ type: 'limit', price: price('61000'), postOnly: true });
    expect(await broker.place(entry)).toMatchObject({ kind: 'accepted' });
    simulator.line.advance(1);
    expect(await broker.order(idOf(entry))).toMatchObject({ state: 'canceled', why: 'EC_PostOnlyWillTakeLiquidity' });
  });
});

describe('what went wrong on the way', () => {
  const unheard = { service: 'bybit', route: 'POST /v5/order/create', count: 1 } as const;

  test('an order whose answer was lost is unknown, and found; sent again it is the same one', async () => {
    const { simulator, broker } = await open(still(60_000, 5));
    simulator.faults.set({ ...unheard, fault: { kind: 'drop-reply' } });
    const entry = order({ type: 'limit', price: price('59000') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'unknown' });
    const there = await broker.order(idOf(entry));
    expect(there).toMatchObject({ clientOrderId: entry.clientOrderId, state: 'open' });
    expect(await broker.place(entry)).toEqual({ kind: 'accepted', venueOrderId: there!.venueOrderId });
    expect(await broker.openOrders(BTC)).toHaveLength(1);
  });

  test('an order that never arrived is unknown, and is not found', async () => {
    const { simulator, broker } = await open(still(60_000, 5));
    simulator.faults.set({ ...unheard, fault: { kind: 'drop-request' } });
    const entry = order({ type: 'limit', price: price('59000') });
    expect(await broker.place(entry)).toMatchObject({ kind: 'unknown' });
    expect(await broker.order(idOf(entry))).toBeUndefined();
  });

  test.each([600_000, -600_000])('a clock that is %i ms off is measured', async (skewMs) => {
    const { simulator, broker } = await open(still(60_000, 3));
    simulator.service('bybit').conditions.skewMs = skewMs;
    expect(await broker.place(order({ type: 'limit', price: price('59000') }))).toMatchObject({ kind: 'accepted' });
    const [off] = [(await broker.serverTime()) - Date.now() - skewMs];
    expect(Math.abs(off)).toBeLessThan(5_000);
  });

  test('a stream that is cut comes back and says that something was missed', async () => {
    const { simulator, broker, since } = await open(still(60_000, 6));
    const heard = new Heard();
    await heard.listen(broker);
    simulator.faults.set({
      service: 'bybit',
      route: 'STREAM /v5/private *',
      count: 1,
      fault: { kind: 'disconnect' },
    });
    await broker.place(order({}));
    simulator.line.advance(1);
    await heard.until(() => heard.gaps === 2);
    expect(heard.fills.length).toBeLessThan(1);
    expect((await broker.fillsSince(since)).fills).toHaveLength(1);
    await broker.place(order({ side: 'sell', reduceOnly: true }));
    simulator.line.advance(1);
    await heard.until(() => heard.fills.length === 1);
    expect(await broker.positions()).toEqual([]);
  });

  test('a stream to where nobody listens is told of', async () => {
    const { simulator, broker } = await open(still(60_000, 3));
    await simulator.close();
    await expect(new Heard().listen(broker)).rejects.toThrow(VenueUnavailable);
    await expect(broker.positions()).rejects.toThrow(VenueUnavailable);
  });

  test('news that come twice are no gap', async () => {
    const { simulator, broker } = await open(still(60_000, 6));
    const heard = new Heard();
    await heard.listen(broker);
    simulator.faults.set({
      service: 'bybit',
      route: 'STREAM /v5/private order*',
      fault: { kind: 'duplicate' },
      count: 3,
    });
    await broker.place(order({}));
    simulator.line.advance(1);
    await heard.until(() => heard.fills.length === 1);
    expect(heard.gaps).toBe(1);
  });
});

test('fills are read to the last page, across weeks, each once', async () => {
  const { simulator, broker, since } = await open(still(60_000, 300));
  simulator.service('bybit').conditions.rateLimits = false;
  simulator.service('bybit').command('place-order', market('0.001'));
  for (let k = 0; k < 129; k++) {
    simulator.service('bybit').command('place-order', market('0.001'));
    simulator.line.advance(1);
  }
  simulator.line.advance(1);
  const page = await broker.fillsSince(since);
  expect(page.fills).toHaveLength(130);
  expect(new Set(page.fills.map(({ venueTradeId }) => venueTradeId)).size).toBe(130);
  const times = page.fills.map(({ executedAt }) => executedAt);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const long = await broker.fillsSince(broker.cursorAt((START - 20 * 86_400_000) as EpochMs));
  expect(long.fills).toEqual(page.fills);
  expect((await broker.fillsSince(page.cursor)).fills).toEqual([]);
  const orders = Array.from({ length: 60 }, (_, k) => ({
    ...market('0.001'),
    orderType: 'Limit',
    price: `${50_000 + k}`,
  }));
  for (const one of orders) simulator.service('bybit').command('place-order', one);
  expect(await broker.openOrders(BTC)).toHaveLength(60);
});

function market(qty: string) {
  return { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty };
}

describe('the account', () => {
  test('is told in its own currency', async () => {
    const { simulator, broker } = await open(still(60_000, 4));
    expect(await broker.account()).toMatchObject({
      currency: 'USDT',
      equity: 10_000n * 10n ** 12n,
      marginMode: 'isolated',
      permissions: { trade: true, withdraw: false },
    });
    await broker.place(order({}));
    simulator.line.advance(1);
    const { balance, available, equity } = await broker.account();
    expect(formatDecimal(balance)).toBe('9996.7');
    expect(formatDecimal(equity)).toBe('9996.7');
    // 6,000 at ten times, and what closing costs.
    expect(Number(formatDecimal(available))).toBeCloseTo(9996.7 - 600 - 2.97, 1);
    expect(await broker.feeRates(BTC)).toEqual({ maker: quantity('0.0002'), taker: quantity('0.00055') });
    expect(await broker.setLeverage(BTC, ratio('5'))).toEqual({ kind: 'accepted' });
    expect(await broker.setLeverage(BTC, ratio('5'))).toEqual({ kind: 'accepted' });
    expect(await broker.positions()).toMatchObject([{ leverage: ratio('5') }]);
  });

  test.each<{ name: string; account: Partial<AccountSetup>; key?: string; says: string }>([
    { name: 'a wrong key', account: {}, key: 'nobody', says: 'Bybit does not know it' },
    {
      name: 'a key without trade permission',
      account: { permissions: { read: true, trade: false, withdraw: false } },
      says: 'must be allowed to trade: it is not',
    },
    {
      name: 'a key that withdraws',
      account: { permissions: { read: true, trade: true, withdraw: true } },
      says: 'must not be able to move money away',
    },
  ])('is refused with what to do: $name', async ({ account, key, says }) => {
    const { broker } = await open(still(60_000, 3), account, key);
    const answer = broker.account();
    await expect(answer).rejects.toThrow(VenueRefused);
    await expect(answer).rejects.toThrow(says);
  });

  test('a wrong key opens no stream, and places nothing', async () => {
    const { broker } = await open(still(60_000, 3), {}, 'nobody');
    await expect(new Heard().listen(broker)).rejects.toThrow(VenueRefused);
    expect(await broker.place(order({}))).toMatchObject({ kind: 'rejected' });
  });

  test('an order that is too small, and a symbol that is not there, are refused with what to do', async () => {
    const { broker } = await open(still(60_000, 3));
    expect(await broker.place(order({ quantity: quantity('0.0001') }))).toMatchObject({
      kind: 'rejected',
      why: expect.stringContaining('check the quantity against the minimum'),
    });
    expect(await broker.place(order({ symbol: 'NOSUCH/USDT' as MarketSymbol }))).toMatchObject({ kind: 'rejected' });
    expect(await broker.instrument('NOSUCH/USDT' as MarketSymbol)).toBeUndefined();
    expect(await broker.instrument(BTC)).toMatchObject({ symbol: BTC, tick: price('0.1'), lot: quantity('0.001') });
    expect((await broker.instruments()).map(({ symbol }) => symbol)).toContain(BTC);
  });
});
