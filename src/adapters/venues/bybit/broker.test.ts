import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { price, quantity, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import {
  ACCOUNT_INFO,
  API_KEY,
  EXECUTION_ROW,
  INSTRUMENT_ROW,
  ORDER_ROW,
  POSITION_ROW,
  WALLET,
} from '#tests/fixtures/bybit-messages.ts';
import { type BybitReply, KEY, ScriptedBybit, SECRET } from '#tests/venues/scripted-bybit.ts';
import type { WireOrder } from '../broker.ts';
import { BybitBroker } from './broker.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const FLAT = { ...POSITION_ROW, side: '', size: '0', avgPrice: '0', liqPrice: '' };
const ID = { symbol: BTC, clientOrderId: 'at-1', venueOrderId: undefined };
const QUICK = { timeoutMs: 400, retries: 1, firstPauseMs: 1, random: systemRandom };
const clock = { ...systemClock, now: () => Date.now() as EpochMs };

const ENTRY: WireOrder = {
  clientOrderId: 'at-1',
  symbol: BTC,
  side: 'buy',
  type: 'limit',
  quantity: quantity('0.12'),
  price: price('41250.5'),
  limit: undefined,
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  stop: price('40000'),
  target: price('43000.1'),
};

let bybit: ScriptedBybit;

beforeEach(async () => {
  bybit = await ScriptedBybit.open();
  onTestFinished(() => bybit.close());
  bybit.on('/v5/position/list', { result: { list: [FLAT] } });
  bybit.on('/v5/order/realtime', { result: { list: [] } });
  bybit.on('/v5/order/history', { result: { list: [] } });
  bybit.on('/v5/order/create', { result: { orderId: 'v-1', orderLinkId: 'at-1' } });
});

async function open(): Promise<BybitBroker> {
  const access = { environment: 'testnet', credentials: { key: KEY, secret: SECRET }, address: bybit.address } as const;
  const broker = await BybitBroker.open(access, { ...QUICK, clock });
  onTestFinished(() => broker.close());
  return broker;
}

const found = { result: { list: [{ ...ORDER_ROW, orderId: 'v-7', orderLinkId: 'at-1' }] } };

/** The limit is used up, and whole again after so long. */
const limited = (waitMs: number): BybitReply => ({
  retCode: 10006,
  headers: {
    'x-bapi-limit': '10',
    'x-bapi-limit-status': '0',
    'x-bapi-limit-reset-timestamp': String(Date.now() + waitMs),
  },
});

describe('an order that is placed', () => {
  test('goes out with its stop and target, each entry with its own', async () => {
    expect(await (await open()).place(ENTRY)).toEqual({ kind: 'accepted', venueOrderId: 'v-1' });
    const [asked] = bybit.askedOf('/v5/order/create');
    expect(asked!.body).toEqual({
      category: 'linear',
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.12',
      price: '41250.5',
      timeInForce: 'GTC',
      positionIdx: 0,
      orderLinkId: 'at-1',
      stopLoss: '40000',
      slOrderType: 'Market',
      takeProfit: '43000.1',
      tpOrderType: 'Market',
      tpslMode: 'Partial',
    });
    expect(asked!.headers['x-bapi-recv-window']).toBe('5000');
  });

  test.each<{ name: string; order: Partial<WireOrder>; body: object }>([
    { name: 'market', order: { type: 'market', price: undefined }, body: { orderType: 'Market', timeInForce: 'IOC' } },
    { name: 'post-only', order: { postOnly: true }, body: { orderType: 'Limit', timeInForce: 'PostOnly' } },
    {
      name: 'a stop of a long',
      order: { type: 'stop', side: 'sell', reduceOnly: true, price: price('40000') },
      body: { orderType: 'Market', triggerPrice: '40000', triggerDirection: 2, reduceOnly: true },
    },
    {
      name: 'a stop-limit of a short',
      order: { type: 'stop', side: 'buy', reduceOnly: true, price: price('43000'), limit: price('43100') },
      body: { orderType: 'Limit', price: '43100', triggerPrice: '43000', triggerDirection: 1 },
    },
    {
      name: 'a target of a long',
      order: { type: 'take-profit', side: 'sell', reduceOnly: true, price: price('43000') },
      body: { orderType: 'Market', triggerPrice: '43000', triggerDirection: 1 },
    },
  ])('is spelled: $name', async ({ order, body }) => {
    await (await open()).place({ ...ENTRY, stop: undefined, target: undefined, ...order });
    expect(bybit.askedOf('/v5/order/create')[0]!.body).toMatchObject(body);
  });

  test.each<{ name: string; reply: BybitReply; answer: object }>([
    { name: 'a refusal', reply: { retCode: 110007 }, answer: { kind: 'rejected', code: '110007' } },
    { name: 'a wrong key', reply: { retCode: 10003 }, answer: { kind: 'rejected', code: '10003' } },
    { name: 'a quantity under the minimum', reply: { retCode: 10001 }, answer: { kind: 'rejected', code: '10001' } },
    { name: 'a time-out at Bybit', reply: { retCode: 10000 }, answer: { kind: 'unknown' } },
    { name: 'an error at Bybit', reply: { retCode: 10016 }, answer: { kind: 'unknown' } },
    { name: 'a code that nobody knows', reply: { retCode: 987654 }, answer: { kind: 'unknown' } },
    { name: 'a cut connection', reply: 'cut', answer: { kind: 'unknown' } },
    { name: 'a truncated answer', reply: 'truncated', answer: { kind: 'unknown' } },
    { name: 'silence', reply: 'silence', answer: { kind: 'unknown' } },
    { name: 'an answer by drops', reply: 'drip', answer: { kind: 'unknown' } },
    { name: 'a page of HTML', reply: { status: 200, page: '<html>maintenance' }, answer: { kind: 'unknown' } },
    { name: 'an error of a gateway', reply: { status: 502, page: 'bad' }, answer: { kind: 'unknown' } },
    { name: 'an answer without an id', reply: { result: {} }, answer: { kind: 'unknown' } },
  ])('and answered by $name is $answer.kind', async ({ reply, answer }) => {
    bybit.on('/v5/order/create', reply);
    expect(await (await open()).place(ENTRY)).toMatchObject(answer);
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(1);
  });

  test('under an id that was used is the one that is there', async () => {
    bybit.on('/v5/order/create', { retCode: 110072 });
    bybit.on('/v5/order/history', found);
    expect(await (await open()).place(ENTRY)).toEqual({ kind: 'accepted', venueOrderId: 'v-7' });
    bybit.on('/v5/order/history', { result: { list: [] } });
    expect(await (await open()).place(ENTRY)).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    { name: 'for its time', reply: { retCode: 10002 } },
    { name: 'for asking too often', reply: limited(20) },
  ])('and refused $name goes out once more, after it is proven absent', async ({ reply }) => {
    bybit.on('/v5/order/create', reply, { result: { orderId: 'v-2', orderLinkId: 'at-1' } });
    expect(await (await open()).place(ENTRY)).toEqual({ kind: 'accepted', venueOrderId: 'v-2' });
    const paths = bybit.requests.map(({ path }) => path).filter((path) => path.startsWith('/v5/order'));
    expect(paths).toEqual(['/v5/order/create', '/v5/order/realtime', '/v5/order/history', '/v5/order/create']);
    expect(new Set(bybit.askedOf('/v5/order/create').map(({ body }) => body.orderLinkId))).toEqual(new Set(['at-1']));
  });

  test('and refused for its time is not sent again when it is there, or when nobody can say', async () => {
    bybit.on('/v5/order/create', { retCode: 10002 });
    bybit.on('/v5/order/realtime', found);
    expect(await (await open()).place(ENTRY)).toEqual({ kind: 'accepted', venueOrderId: 'v-7' });
    bybit.on('/v5/order/realtime', { status: 503, page: '' });
    expect(await (await open()).place(ENTRY)).toMatchObject({ kind: 'unknown' });
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(2);
  });

  test('goes out where the one page of its position names a next one', async () => {
    bybit.on('/v5/position/list', ({ query }) => ({
      result: { list: query.get('cursor') === null ? [FLAT] : [], nextPageCursor: 'BTCUSDT%2C1' },
    }));
    expect(await (await open()).place(ENTRY)).toMatchObject({ kind: 'accepted' });
  });

  test('is refused in hedge mode before it is sent, and a stop goes out all the same', async () => {
    bybit.on('/v5/position/list', { result: { list: [{ ...FLAT, positionIdx: 1 }] } });
    const broker = await open();
    expect(await broker.place(ENTRY)).toMatchObject({ kind: 'rejected', why: expect.stringContaining('one-way') });
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(0);
    const stop: WireOrder = {
      ...ENTRY,
      type: 'stop',
      side: 'sell',
      reduceOnly: true,
      stop: undefined,
      target: undefined,
    };
    expect(await broker.place(stop)).toMatchObject({ kind: 'accepted' });
  });

  test.each<{ name: string; order: Partial<WireOrder>; says: string }>([
    {
      name: 'another market',
      order: { symbol: 'BTC/EUR' as MarketSymbol },
      says: 'Bybit must have it as a perpetual in USDT',
    },
    { name: 'a trailing stop', order: { type: 'trailing-stop' }, says: 'use a stop' },
    { name: 'a day order', order: { timeInForce: 'day' }, says: 'use "gtc"' },
  ])('is refused with what to do: $name', async ({ order, says }) => {
    expect(await (await open()).place({ ...ENTRY, ...order })).toMatchObject({
      kind: 'rejected',
      why: expect.stringContaining(says),
    });
  });
});

describe('the clock', () => {
  test.each([600_000, -600_000])("is Bybit's, though ours is %i ms off", async (aheadMs) => {
    bybit.aheadMs = aheadMs;
    const broker = await open();
    expect(await broker.place(ENTRY)).toMatchObject({ kind: 'accepted' });
    // It steps while we run.
    bybit.aheadMs = 0;
    expect(await broker.place({ ...ENTRY, clientOrderId: 'at-2' })).toMatchObject({ kind: 'accepted' });
    expect(await broker.positions()).toEqual([]);
  });
});

describe('a working order', () => {
  const working = (row: object) => ({ result: { list: [{ ...ORDER_ROW, orderId: 'v-1', ...row }] } });
  const known = { ...ID, venueOrderId: 'v-1' };

  test.each([
    { name: 'a limit', row: {}, change: { price: price('41000') }, body: { price: '41000' } },
    {
      name: 'a stop',
      row: { side: 'Sell', triggerPrice: '40000', triggerDirection: 2 },
      change: { price: price('40500'), quantity: quantity('0.1') },
      body: { triggerPrice: '40500', qty: '0.1' },
    },
  ])('is changed by what it is: $name', async ({ row, change, body }) => {
    bybit.on('/v5/order/realtime', working(row));
    bybit.on('/v5/order/amend', { result: { orderId: 'v-1' } });
    expect(await (await open()).amend(known, change)).toEqual({ kind: 'accepted' });
    expect(bybit.askedOf('/v5/order/amend')[0]!.body).toEqual({
      category: 'linear',
      symbol: 'BTCUSDT',
      orderId: 'v-1',
      ...body,
    });
  });

  test.each<{ reply: BybitReply; answer: object }>([
    { reply: {}, answer: { kind: 'canceled' } },
    { reply: { retCode: 110001 }, answer: { kind: 'not-working' } },
    { reply: { retCode: 10016 }, answer: { kind: 'unknown' } },
    { reply: 'cut', answer: { kind: 'unknown' } },
  ])('that is canceled and answered by $reply is $answer.kind', async ({ reply, answer }) => {
    bybit.on('/v5/order/cancel', reply);
    expect(await (await open()).cancel(known)).toMatchObject(answer);
  });

  test.each<{ name: string; reply: BybitReply }>([
    { name: 'an error', reply: { retCode: 10016 } },
    { name: 'no list', reply: { result: {} } },
    { name: 'a cut connection', reply: 'cut' },
    { name: 'a page of HTML', reply: { status: 200, page: '<html>' } },
  ])('is never absent for $name', async ({ reply }) => {
    bybit.on('/v5/order/history', reply);
    const broker = await open();
    await expect(broker.order(ID)).rejects.toThrow(VenueUnavailable);
    bybit.on('/v5/order/history', { result: { list: [] } });
    expect(await broker.order(ID)).toBeUndefined();
  });
});

describe('what is there already', () => {
  test('is a success', async () => {
    bybit.on('/v5/position/set-leverage', { retCode: 110043 });
    expect(await (await open()).setLeverage(BTC, ratio('5'))).toEqual({ kind: 'accepted' });
    expect(bybit.askedOf('/v5/position/set-leverage')[0]!.body).toMatchObject({ buyLeverage: '5', sellLeverage: '5' });
  });
});

describe('lists', () => {
  const page = (rows: readonly unknown[], nextPageCursor: string) => ({ result: { list: rows, nextPageCursor } });

  test('are read to their last page', async () => {
    bybit.on('/v5/position/list', ({ query }) => {
      const cursor = query.get('cursor');
      if (cursor === null) return page([POSITION_ROW], 'a%3D1');
      return cursor === 'a%3D1' ? page([{ ...POSITION_ROW, symbol: 'ETHUSDT' }], 'b%3D2') : page([], 'b%3D2');
    });
    expect((await (await open()).positions()).map(({ symbol }) => symbol)).toEqual([BTC, 'ETH/USDT']);
  });

  test.each<{ name: string; last: BybitReply }>([
    { name: 'a page fails', last: { retCode: 10016 } },
    { name: 'a page has no list', last: { result: { nextPageCursor: '' } } },
    { name: 'the pages go round', last: page([POSITION_ROW], 'a%3D1') },
  ])('are nothing at all when $name', async ({ last }) => {
    bybit.on('/v5/position/list', ({ query }) => (query.get('cursor') === null ? page([POSITION_ROW], 'a%3D1') : last));
    await expect((await open()).positions()).rejects.toThrow(VenueUnavailable);
  });

  test('of fills go on where they ended, and tell nothing twice', async () => {
    const start = Date.now() - 3_600_000;
    const rows = Array.from({ length: 5 }, (_, k) => ({
      ...EXECUTION_ROW,
      execId: `x-${k}`,
      execTime: String(start + k * 1000),
    }));
    const listed = (all: readonly { execTime: string }[], query: URLSearchParams) => {
      const within = all.filter(
        ({ execTime }) =>
          Number(execTime) >= Number(query.get('startTime')) && Number(execTime) <= Number(query.get('endTime')),
      );
      const from = Number(query.get('cursor') ?? 0);
      const newestFirst = within.toReversed();
      return page(newestFirst.slice(from, from + 2), from + 2 < newestFirst.length ? String(from + 2) : '');
    };
    bybit.on('/v5/execution/list', ({ query }) => listed(rows, query));
    const broker = await open();
    const first = await broker.fillsSince(broker.cursorAt((start - 8 * 86_400_000) as EpochMs));
    expect(first.fills.map(({ venueTradeId }) => venueTradeId)).toEqual(['x-0', 'x-1', 'x-2', 'x-3', 'x-4']);
    const second = await broker.fillsSince(first.cursor);
    expect(second.fills).toEqual([]);
    // One that was listed late, older than the newest.
    const late = { ...EXECUTION_ROW, execId: 'x-late', execTime: String(start + 2500) };
    bybit.on('/v5/execution/list', ({ query }) => listed([...rows.slice(0, 3), late, ...rows.slice(3)], query));
    const third = await broker.fillsSince(second.cursor);
    expect(third.fills.map(({ venueTradeId }) => venueTradeId)).toEqual(['x-late']);
    expect((await broker.fillsSince(third.cursor)).fills).toEqual([]);
  });
});

describe('an account', () => {
  beforeEach(() => {
    bybit.on('/v5/user/query-api', { result: API_KEY });
    bybit.on('/v5/account/info', { result: ACCOUNT_INFO });
    bybit.on('/v5/account/wallet-balance', { result: WALLET });
  });

  test('is read', async () => {
    expect(await (await open()).account()).toMatchObject({
      currency: 'USDT',
      marginMode: 'isolated',
      permissions: { trade: true, withdraw: false },
    });
  });

  const wallet = WALLET.list[0]!;
  test.each<{ name: string; path: string; reply: BybitReply; says: string }>([
    {
      name: 'a wrong key',
      path: '/v5/user/query-api',
      reply: { retCode: 10003 },
      says: 'must be one of this environment',
    },
    { name: 'a wrong secret', path: '/v5/user/query-api', reply: { retCode: 10004 }, says: 'the secret must be' },
    { name: 'an expired key', path: '/v5/user/query-api', reply: { retCode: 33004 }, says: 'it has expired' },
    {
      name: 'a key that reads only',
      path: '/v5/user/query-api',
      reply: { result: { ...API_KEY, readOnly: 1 } },
      says: 'must be allowed to trade: it is not',
    },
    {
      name: 'a key that withdraws',
      path: '/v5/user/query-api',
      reply: { result: { ...API_KEY, permissions: { ...API_KEY.permissions, Wallet: ['Withdraw'] } } },
      says: 'must not be able to move money away',
    },
    {
      name: 'a classic account',
      path: '/v5/account/info',
      reply: { result: { ...ACCOUNT_INFO, unifiedMarginStatus: 1 } },
      says: 'must be a unified one',
    },
    {
      name: 'no USDT',
      path: '/v5/account/wallet-balance',
      reply: { result: { list: [{ ...wallet, coin: [] }] } },
      says: 'must hold USDT',
    },
  ])('is refused with what to do: $name', async ({ path, reply, says }) => {
    bybit.on(path, reply);
    const account = (await open()).account();
    await expect(account).rejects.toThrow(VenueRefused);
    await expect(account).rejects.toThrow(says);
    await expect(account).rejects.not.toThrow(KEY);
  });

  test('is not empty for an error', async () => {
    bybit.on('/v5/account/wallet-balance', { result: { list: [] } });
    await expect((await open()).account()).rejects.toThrow(VenueUnavailable);
  });
});

test('an unknown symbol is none', async () => {
  bybit.on('/v5/market/instruments-info', { retCode: 10001 });
  const broker = await open();
  expect(await broker.instrument('NOSUCH/USDT' as MarketSymbol)).toBeUndefined();
  expect(await broker.instrument('BTC/EUR' as MarketSymbol)).toBeUndefined();
  bybit.on('/v5/market/instruments-info', { result: { list: [INSTRUMENT_ROW] } });
  expect(await broker.instrument(BTC)).toMatchObject({ symbol: BTC, isTradable: true });
});

test('with less than half of a limit left, usual calls wait for the next second', async () => {
  const headers = { 'x-bapi-limit': '50', 'x-bapi-limit-status': '20', 'x-bapi-limit-reset-timestamp': '0' };
  bybit.on('/v5/position/list', { result: { list: [] }, headers }, { result: { list: [] } });
  const waits: number[] = [];
  const watched = {
    ...clock,
    sleep: (ms: number, abort: AbortSignal) => {
      // Time limits of calls are sleeps too.
      if (ms === QUICK.timeoutMs) return clock.sleep(ms, abort);
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const access = { environment: 'testnet', credentials: { key: KEY, secret: SECRET }, address: bybit.address } as const;
  const broker = await BybitBroker.open(access, { ...QUICK, clock: watched });
  onTestFinished(() => broker.close());
  await broker.positions();
  expect(waits).toEqual([]);
  await broker.positions();
  expect(waits).toHaveLength(1);
});

test('a ban of the address ends every call until it is over', async () => {
  bybit.on('/v5/position/list', { status: 403, page: 'access too frequent' });
  const broker = await open();
  await expect(broker.positions()).rejects.toThrow('bans who asks too often');
  const asked = bybit.requests.length;
  await expect(broker.openOrders(BTC)).rejects.toThrow(VenueUnavailable);
  expect(await broker.place({ ...ENTRY, reduceOnly: true, stop: undefined, target: undefined })).toMatchObject({
    kind: 'rejected',
  });
  expect(bybit.requests).toHaveLength(asked);
});
