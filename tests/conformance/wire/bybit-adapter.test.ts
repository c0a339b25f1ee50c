import { afterEach, beforeEach, expect, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { WireOrder } from '#adapters/venues/broker.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';
import { rowsOf } from '#adapters/venues/bybit/decode.ts';
import { balancesFrom } from '#adapters/venues/bybit/decode-account.ts';
import { executedFrom } from '#adapters/venues/bybit/decode-execution.ts';
import { tickersFrom, timeFrom } from '#adapters/venues/bybit/decode-market.ts';
import { orderFrom } from '#adapters/venues/bybit/decode-order.ts';
import { type BybitAccess, loadPrivateStream, loadRest } from '#adapters/venues/bybit/library.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, price, quantity, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { VenueRefused } from '#ports/venue.ts';
import { bybitCode } from '#protocols/bybit-return-codes.ts';
import { ORDER_ROW, POSITION_ROW } from '#tests/fixtures/bybit-messages.ts';
import { type BybitReply, type BybitRequest, KEY, ScriptedBybit, SECRET } from '#tests/venues/scripted-bybit.ts';
import { describeFacts, type WireFact } from './facts.ts';

/** The adapter's side of what crosses the wire to Bybit: what it sends, and what it makes of what comes. */

let bybit: ScriptedBybit;

beforeEach(async () => {
  bybit = await ScriptedBybit.open();
  onTestFinished(() => bybit.close());
  const flat = { ...POSITION_ROW, side: '', size: '0', avgPrice: '0' };
  bybit.on('/v5/position/list', { result: { list: [flat] } });
  for (const path of ['realtime', 'history']) bybit.on(`/v5/order/${path}`, { result: { list: [] } });
  for (const path of ['create', 'cancel', 'amend', 'cancel-all']) {
    bybit.on(`/v5/order/${path}`, { result: { orderId: 'v-1', orderLinkId: 'at-1' } });
  }
});
afterEach(() => vi.restoreAllMocks());

const access = (): BybitAccess => ({
  environment: 'testnet',
  credentials: { key: KEY, secret: SECRET },
  address: bybit.address,
});

async function open(): Promise<BybitBroker> {
  const clock = { ...systemClock, now: () => Date.now() as EpochMs };
  const options = { clock, random: systemRandom, retries: 1, firstPauseMs: 1, timeoutMs: 1000 };
  const broker = await BybitBroker.open(access(), options);
  onTestFinished(() => broker.close());
  return broker;
}

const ltc = 'LTC/USDT' as MarketSymbol;
const ID = { symbol: ltc, clientOrderId: 'at-1', venueOrderId: undefined };

function order(terms: Partial<WireOrder>): WireOrder {
  return {
    clientOrderId: 'at-1',
    symbol: 'BTC/USDT' as MarketSymbol,
    side: 'buy',
    type: 'limit',
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

/** The order that a recorded request asks for. */
function orderIn(body: Readonly<Record<string, string | number | boolean>>): WireOrder {
  const decimal = <Value>(name: string, read: (text: string) => Value) =>
    body[name] === undefined ? undefined : read(String(body[name]));
  const side = body.side === 'Buy' ? 'buy' : 'sell';
  const trigger = decimal('triggerPrice', price);
  const against = body.triggerDirection === (side === 'buy' ? 1 : 2);
  const resting = body.orderType === 'Market' ? 'market' : 'limit';
  return order({
    symbol: String(body.symbol).replace('USDT', '/USDT') as MarketSymbol,
    side,
    type: trigger === undefined ? resting : against ? 'stop' : 'take-profit',
    quantity: decimal('qty', quantity)!,
    price: trigger ?? decimal('price', price),
    limit: trigger === undefined ? undefined : decimal('price', price),
    postOnly: body.timeInForce === 'PostOnly',
    reduceOnly: body.reduceOnly === true,
    stop: decimal('stopLoss', price),
    target: decimal('takeProfit', price),
  });
}

/** The request has all that the recorded one has. What it has beside is the mode, our id, and how much of a list. */
function has(sent: BybitRequest, { request }: WireFact): void {
  expect(`${sent.method} ${sent.path}`).toBe(`${request.method} ${request.path}`);
  const given = sent.method === 'GET' ? Object.fromEntries(sent.query) : sent.body;
  expect(given).toMatchObject(request.query ?? request.body);
}

async function placed(fact: WireFact): Promise<void> {
  expect(await (await open()).place(orderIn(fact.request.body))).toMatchObject({ kind: 'accepted' });
  has(bybit.askedOf('/v5/order/create')[0]!, fact);
}

function asked(path: string, ask: (broker: BybitBroker) => Promise<unknown>) {
  return async (fact: WireFact) => {
    bybit.on('/v5/account/fee-rate', { result: { list: [] } });
    bybit.on('/v5/account/wallet-balance', { result: { list: [] } });
    bybit.on('/v5/user/query-api', { result: { readOnly: 0, permissions: { ContractTrade: ['Order', 'Position'] } } });
    bybit.on('/v5/account/info', { result: { marginMode: 'REGULAR_MARGIN', unifiedMarginStatus: 5 } });
    await ask(await open()).catch(() => undefined);
    has(bybit.askedOf(path)[0]!, fact);
  };
}

/** The library signs as recorded, with the time of the record. */
async function signed({ request, expect: { hmacSha256Hex } }: WireFact): Promise<void> {
  bybit.on(request.path, {});
  const abort = new AbortController();
  const rest = await loadRest(access(), { timeoutMs: 1000, abort: abort.signal, aheadMs: () => 0 });
  vi.spyOn(Date, 'now').mockReturnValue(Number(request.headers['X-BAPI-TIMESTAMP']));
  if (request.method === 'GET') {
    // The library encodes each value once more: a cursor is sent as it came.
    await rest.getPrivate(request.path, Object.fromEntries(new URLSearchParams(request.rawQuery)));
  } else {
    await rest.postPrivate(request.path, JSON.parse(request.rawBody));
  }
  const [sent] = bybit.askedOf(request.path);
  expect(sent!.raw).toBe(request.rawQuery ?? request.rawBody);
  expect(sent!.headers['x-bapi-sign']).toBe(hmacSha256Hex);
}

async function loggedIn(frame: { args: readonly [string, number, string] }): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void server.close());
  const { promise, resolve } = Promise.withResolvers<unknown>();
  server.on('connection', (socket) => socket.once('message', (message) => resolve(JSON.parse(String(message)))));
  await new Promise((listening) => void server.once('listening', listening));
  const { port } = server.address() as { port: number };
  vi.spyOn(Date, 'now').mockReturnValue(frame.args[1] - 5000);
  const stream = await loadPrivateStream({ ...access(), address: `http://127.0.0.1:${port}` }, 0);
  onTestFinished(() => stream.closeAll(true));
  for (const subscribed of stream.subscribeV5('order.linear', 'linear')) void subscribed.catch(() => undefined);
  expect(await promise).toEqual({ op: 'auth', req_id: 'v5Private-auth', args: frame.args });
}

function answered(reply: BybitReply, expected: object, terms: Partial<WireOrder> = { price: price('60') }) {
  return async ({ expect: { retCode } }: WireFact) => {
    bybit.on('/v5/order/create', typeof reply === 'object' ? { ...reply, retCode } : reply);
    expect(await (await open()).place(order(terms))).toMatchObject(expected);
  };
}

async function refused({ expect: { retCode } }: WireFact): Promise<void> {
  bybit.on('/v5/position/list', { retCode });
  const positions = (await open()).positions();
  await expect(positions).rejects.toThrow(VenueRefused);
  await expect(positions).rejects.not.toThrow(KEY);
}

const orderRow = ({ expect: { raw } }: WireFact) =>
  orderFrom({ ...ORDER_ROW, ...(rowsOf(raw.result, 'orders').rows[0] as object) })!;

const CHECKS: Readonly<Record<string, (fact: WireFact) => void | Promise<void>>> = {
  ...Object.fromEntries(['001', '002', '003', '006', '007', '009'].map((id) => [`bybit-${id}`, signed])),
  'bybit-004': ({ request }) => loggedIn(request.frame),
  'bybit-130': ({ request }) => loggedIn(request.send),
  'bybit-010': asked('/v5/market/time', (broker) => broker.serverTime()),
  'bybit-021': asked('/v5/order/realtime', (broker) => broker.openOrders(ltc)),
  'bybit-023': (fact) =>
    asked('/v5/order/realtime', (broker) => broker.order({ ...ID, venueOrderId: fact.request.query.orderId }))(fact),
  'bybit-030': asked('/v5/position/list', (broker) => broker.positions()),
  'bybit-031': asked('/v5/position/list', (broker) => broker.place(order({ symbol: ltc, price: price('60') }))),
  'bybit-035': asked('/v5/account/wallet-balance', (broker) => broker.account()),
  'bybit-037': asked('/v5/account/fee-rate', (broker) => broker.feeRates('BTC/USDT' as MarketSymbol)),
  ...Object.fromEntries(['040', '041', '043', '046', '047', '048', '049', '053'].map((id) => [`bybit-${id}`, placed])),
  'bybit-067': (fact) =>
    asked('/v5/order/cancel', (broker) => broker.cancel({ ...ID, venueOrderId: fact.request.body.orderId }))(fact),
  'bybit-069': asked('/v5/order/cancel-all', (broker) => broker.cancelAll('BTC/USDT' as MarketSymbol)),
  'bybit-086': async ({ expect: { raw } }) => {
    bybit.on('/v5/order/realtime', { result: { list: [{ ...ORDER_ROW, orderLinkId: 'at-1', symbol: 'LTCUSDT' }] } });
    bybit.on('/v5/order/amend', { result: raw.result });
    expect(await (await open()).amend(ID, { price: price('61') })).toEqual({ kind: 'accepted' });
  },
  'bybit-088': ({ expect: { raw, unified } }) => {
    const reports = rowsOf(raw.result, 'orders').rows.map(orderFrom);
    expect(reports).toHaveLength(unified.length);
    for (const { id, side, filled } of unified) {
      const report = reports.find((one) => one?.venueOrderId === id);
      expect(report).toMatchObject({ state: 'filled', side, type: 'market', clientOrderId: undefined });
      expect(Number(formatDecimal(report!.filled))).toBe(filled);
    }
  },
  'bybit-089': (fact) => {
    const { unified } = fact.expect;
    const { state, price: at, quantity: all, filled, clientOrderId } = orderRow(fact);
    expect([state, Number(formatDecimal(at!)), Number(formatDecimal(all)), Number(formatDecimal(filled))]).toEqual([
      unified.status,
      unified.price,
      unified.amount,
      unified.filled,
    ]);
    expect(clientOrderId ?? null).toBe(unified.clientOrderId);
  },
  'bybit-090': ({ expect: { raw, unified } }) => {
    const executed = executedFrom(rowsOf(raw.result, 'fills').rows[0]);
    if (executed?.kind !== 'fill') throw new Error('it is a trade');
    const { fill } = executed;
    expect(fill).toMatchObject({ venueTradeId: unified.id, venueOrderId: unified.order, side: unified.side });
    expect([fill.price, fill.quantity, fill.fee].map((one) => Number(formatDecimal(one)))).toEqual([
      unified.price,
      unified.amount,
      unified.fee.cost,
    ]);
    expect(fill.liquidity).toBe(unified.takerOrMaker);
  },
  'bybit-097': ({ expect: { raw, unified } }) => {
    const { available, equity } = balancesFrom(raw.result, 'isolated')!;
    expect(Number(formatDecimal(available))).toBe(unified['USDT.isolatedAvailable']);
    expect(formatDecimal(equity)).toBe('3304.29766609');
  },
  'bybit-098': async ({ expect: { raw } }) => {
    bybit.on('/v5/order/cancel-all', { result: raw.result });
    expect(await (await open()).cancelAll(ltc)).toEqual({ kind: 'canceled' });
  },
  'bybit-099': ({ expect: { raw, unified } }) => expect(timeFrom(raw.result)).toBe(unified.serverMs),
  'bybit-100': async (fact) => {
    bybit.on('/v5/order/history', { result: { list: [{ ...ORDER_ROW, orderId: 'v-7', orderLinkId: 'at-1' }] } });
    await answered({}, { kind: 'accepted', venueOrderId: 'v-7' })(fact);
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(1);
  },
  'bybit-102': async ({ expect: { retCode } }) => {
    const broker = await open();
    const probes = bybit.askedOf('/v5/market/time').length;
    bybit.on('/v5/order/create', { retCode }, { result: { orderId: 'v-2' } });
    expect(await broker.place(order({ price: price('60') }))).toMatchObject({ kind: 'accepted' });
    expect(bybit.askedOf('/v5/market/time').length).toBeGreaterThan(probes);
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(2);
  },
  'bybit-103': refused,
  'bybit-105': refused,
  'bybit-106': async ({ expect: { retCode } }) => {
    const broker = await open();
    let wholeAt = Number.POSITIVE_INFINITY;
    const usedUp = () => {
      wholeAt = Date.now() + 200;
      const headers = {
        'x-bapi-limit': '50',
        'x-bapi-limit-status': '0',
        'x-bapi-limit-reset-timestamp': String(wholeAt),
      };
      return { retCode, headers };
    };
    bybit.on('/v5/position/list', usedUp, { result: { list: [] } });
    expect(await broker.positions()).toEqual([]);
    // The clock was measured to a few ms.
    expect(Date.now()).toBeGreaterThan(wholeAt - 100);
  },
  'bybit-108': async () => {
    await (await open()).positions();
    const gets = bybit.requests.filter(({ method }) => method === 'GET');
    expect(gets.length).toBeGreaterThan(0);
    for (const { headers } of gets)
      expect([headers['content-length'], headers['transfer-encoding']]).toEqual([undefined, undefined]);
  },
  'bybit-112': async ({ expect: { retCode } }) => {
    bybit.on('/v5/order/cancel', { retCode });
    expect(await (await open()).cancel(ID)).toEqual({ kind: 'not-working' });
  },
  'bybit-114': answered({}, { kind: 'rejected', code: '110017' }, { type: 'market', reduceOnly: true }),
  'bybit-118': async (fact) => {
    await answered({}, { kind: 'rejected', code: '110007' })(fact);
    expect(bybit.askedOf('/v5/order/create')).toHaveLength(1);
  },
  'bybit-119': answered({}, { kind: 'rejected', code: '110094' }),
  'bybit-121': async ({ expect: { retCode } }) => {
    bybit.on('/v5/position/set-leverage', { retCode });
    expect(await (await open()).setLeverage(ltc, ratio('5'))).toEqual({ kind: 'accepted' });
  },
  'bybit-122': ({ expect: { retCode } }) => expect(bybitCode(retCode).meaning).toBe('not-modified'),
  'bybit-125': async () => {
    await (await open()).openOrders(ltc);
    expect(bybit.askedOf('/v5/order/realtime').map(({ query }) => query.get('symbol'))).toEqual(['LTCUSDT']);
  },
  'bybit-083': ({ expect: { raw, unified } }) => {
    const { bid, ask, last } = unified;
    expect([...tickersFrom(raw.result, raw.time).entries()]).toEqual([['BTC/USDT', { bid, ask, last, at: raw.time }]]);
  },
  'bybit-141': ({ expect: { then } }) => {
    const report = orderFrom({ ...ORDER_ROW, ...then });
    expect(report).toMatchObject({ state: 'canceled', why: then.rejectReason, filled: 0n });
  },
  'bybit-143': ({ expect: { children } }) => {
    expect(orderFrom({ ...ORDER_ROW, ...children })).toMatchObject({ state: 'canceled', why: children.cancelType });
  },
};

describeFacts('adapters', ['bybit'], CHECKS);
