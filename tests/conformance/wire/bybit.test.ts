import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '#adapters/clock/system.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { SimulatorOptions } from '#simulator/simulator.ts';
import { openBybit, type Row, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { describeFacts, type WireFact } from './facts.ts';

/** Prices at which the orders of the facts make sense. */
const PRICES: Readonly<Record<string, number>> = {
  'BTC/USDT': 35_000,
  'ETH/USDT': 4_100,
  'LTC/USDT': 65,
  'ADA/USDT': 0.3,
  'TRX/USDT': 0.3,
  'XRP/USDT': 0.6,
  'ZRX/USDT': 0.5,
};

type Market = Readonly<Record<string, readonly Row[]>>;

/** A machine whose wall clock stands where a signature was made. */
function clockAt(at: number): WallClock {
  return { ...systemClock, wall: () => at as EpochMs };
}

async function open(
  prices: Readonly<Record<string, number>> = PRICES,
  options: Partial<SimulatorOptions> = {},
  rows: Market = {},
) {
  const streams = Object.entries(prices).map(([symbol, price]) => scripted(symbol, rows[symbol] ?? still(price, 4)));
  const simulator = await openBybit(streams, { history: 1, ...options });
  return {
    simulator,
    ask: (request: WireRequest, at?: number) => ask(simulator.service('bybit').address, request, at),
  };
}

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery?: string;
  readonly rawBody?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly http: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each fact looks at other fields
  readonly json: any;
}

/** Sends a request exactly as the fact has it, signed unless it is. */
async function ask(address: string, request: WireRequest, at = Date.now()): Promise<Answer> {
  const { method, path } = request;
  const query = request.rawQuery ?? new URLSearchParams(request.query).toString();
  const body = request.rawBody ?? (method === 'POST' ? JSON.stringify(request.body ?? {}) : undefined);
  const response = await fetch(`${address}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: { 'content-type': 'application/json', ...(request.headers ?? signed(body ?? query, at)) },
    ...(method === 'POST' && { body: body ?? '' }),
  });
  const text = await response.text();
  return { http: response.status, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : text };
}

function signed(payload: string, at: number, window = '5000', secret = 'testsecret'): Record<string, string> {
  const sign = createHmac('sha256', secret).update(`${at}testkey${window}${payload}`).digest('hex');
  return {
    'X-BAPI-API-KEY': 'testkey',
    'X-BAPI-TIMESTAMP': String(at),
    'X-BAPI-RECV-WINDOW': window,
    'X-BAPI-SIGN': sign,
  };
}

/** The signature of the fact is taken, and refused with one character changed. */
async function checkSignature({ request, expect: expected }: WireFact): Promise<void> {
  const at = Number(request.headers['X-BAPI-TIMESTAMP']);
  // Nobody signs for what anybody may ask: the same text is held against a route that wants it.
  const isPublic = request.path.startsWith('/v5/market/');
  const path = isPublic ? '/v5/position/list' : request.path;
  const { ask: send } = await open(PRICES, { clock: clockAt(at) });
  const sent = (sign: string) => send({ ...request, path, headers: { ...request.headers, 'X-BAPI-SIGN': sign } });
  const right = await sent(expected.hmacSha256Hex);
  // It may be refused for what it asks, and not for how it is signed.
  expect(right.json.retCode).not.toBe(10004);
  expect([0, 10001, 110017, 110003]).toContain(right.json.retCode);
  const wrong = await sent(expected.hmacSha256Hex.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0')));
  expect(wrong.json.retCode).toBe(10004);
  expect(wrong.json.retMsg).toBe(`error sign! origin_string[${expected.stringToSign}]`);
}

const RISING: readonly Row[] = [...still(35_000, 2), [35_000, 35_001, 35_000, 35_001], ...still(35_001, 2)];

/** Opens a stream with its wall clock where the fact's is. */
async function connect(path: string, at?: number, topic?: string) {
  const { simulator } = await open({ 'BTC/USDT': 35_000 }, at === undefined ? {} : { clock: clockAt(at) }, {
    'BTC/USDT': RISING,
  });
  const socket = new WebSocket(`${simulator.service('bybit').address.replace('http', 'ws')}${path}`);
  const waiting: ((text: string) => void)[] = [];
  const came: string[] = [];
  socket.on('message', (data) => {
    const hear = waiting.shift();
    if (hear) hear(String(data));
    else came.push(String(data));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  /** The messages one after another. */
  const next = async () => came.shift() ?? new Promise<string>((resolve) => waiting.push(resolve));
  const send = async (frame: unknown) => {
    socket.send(JSON.stringify(frame));
    return JSON.parse(await next());
  };
  if (topic !== undefined) socket.send(JSON.stringify({ op: 'subscribe', args: [topic], req_id: 'a' }));
  return { simulator, send, next };
}

const PLACEHOLDER = /^<.*>$/;

/** Every field that is expected is there; placeholders stand for any text. */
function expectLike(got: unknown, expected: unknown): void {
  if (typeof expected === 'string' && PLACEHOLDER.test(expected)) {
    expect(typeof got).toBe('string');
  } else if (typeof expected === 'object' && expected !== null) {
    const fields = Object(got);
    for (const [name, value] of Object.entries(expected)) expectLike(fields[name], value);
  } else {
    expect(got).toEqual(expected);
  }
}

/** What is asked is taken. */
async function accepted({ request, expect: expected }: WireFact): Promise<void> {
  const { ask: send } = await open();
  const { http, json } = await send(request);
  expect({ http, retCode: json.retCode, retMsg: json.retMsg }).toEqual({ http: 200, retCode: 0, retMsg: 'OK' });
  if (Array.isArray(expected.result)) expect(Object.keys(json.result)).toEqual(expected.result);
}

/** An order is taken and stands as it should; `first` is done before. */
function order(first: readonly object[] = [], prices = PRICES) {
  return async ({ request, expect: expected }: WireFact) => {
    const { ask: send } = await open(prices);
    for (const body of first) await place(send, body);
    const { json } = await send(request);
    expect({ retCode: json.retCode, retMsg: json.retMsg }).toEqual({ retCode: 0, retMsg: 'OK' });
    expect(Object.keys(json.result)).toEqual(['orderId', 'orderLinkId']);
    const { symbol } = request.body;
    const rawQuery = `category=linear&symbol=${symbol}&orderId=${json.result.orderId}`;
    const shown = (await send({ method: 'GET', path: '/v5/order/realtime', rawQuery })).json.result.list[0];
    const status = String(expected.initialStatus ?? '').split(' ')[0];
    if (status !== '') expect(shown.orderStatus).toBe(status);
    if (expected.timeInForce !== undefined) expect(shown.timeInForce).toBe(expected.timeInForce);
    return;
  };
}

type Send = (request: WireRequest) => Promise<Answer>;

async function place(send: Send, body: object): Promise<Answer> {
  const path = '/v5/order/create';
  const answer = await send({
    method: 'POST',
    path,
    rawBody: JSON.stringify({ category: 'linear', orderType: 'Market', ...body }),
  });
  expect(answer.json.retMsg).toBe('OK');
  return answer;
}

/** What is canceled, amended or looked at must be there: ids of the fact stand for those that the twin gave. */
async function withOrder(
  prices: number,
  body: object,
): Promise<{ send: Send; ids: { orderId: string; orderLinkId: string } }> {
  const { ask: send } = await open({ ...PRICES, 'LTC/USDT': prices });
  const { json } = await place(send, { orderType: 'Limit', side: 'Buy', qty: '0.1', price: '60', ...body });
  return { send, ids: json.result };
}

/** Both have the same fields, whatever their values; `extra` ones of the twin are newer. */
function expectSameFields(got: Record<string, unknown>, expected: Record<string, unknown>): void {
  const kinds = (row: Record<string, unknown>) =>
    Object.fromEntries(
      Object.keys(expected).map((name) => [name, row[name] === undefined ? 'missing' : typeof row[name]]),
    );
  expect(kinds(got)).toEqual(kinds(expected));
}

const BUY_BTC = { symbol: 'BTCUSDT', side: 'Buy', qty: '0.01' };

async function firstRow(send: Send, path: string, rawQuery: string): Promise<Record<string, unknown>> {
  const { json } = await send({ method: 'GET', path, rawQuery });
  expect(json.retMsg).toBe('OK');
  return json.result.list[0];
}

const create = (body: object) => ({
  method: 'POST',
  path: '/v5/order/create',
  rawBody: JSON.stringify({
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price: '30000',
    ...body,
  }),
});

describeFacts('simulator', ['bybit', 'ccxt-bybit'], {
  'bybit-001': checkSignature,
  'bybit-002': checkSignature,
  'bybit-003': checkSignature,
  'bybit-006': checkSignature,
  'bybit-007': checkSignature,
  'bybit-009': checkSignature,
  'bybit-004': async ({ request }) => {
    const { send } = await connect(request.ws, 1_700_000_000_000);
    expect(await send(request.frame)).toMatchObject({ success: true, op: 'auth' });
    const [key, expires, signature] = request.frame.args;
    const { send: other } = await connect(request.ws, 1_700_000_000_000);
    const wrong = { op: 'auth', args: [key, expires, String(signature).replace(/^2/, '3')] };
    expect(await other(wrong)).toMatchObject({ success: false, op: 'auth' });
  },
  'bybit-010': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    const { http, json } = await send(request);
    expect([http, json.retCode]).toEqual([expected.http, expected.retCode]);
    expect(json.result).toEqual({ timeSecond: expect.any(String), timeNano: expect.any(String) });
  },
  'bybit-015': accepted,
  'bybit-016': accepted,
  'bybit-017': accepted,
  'bybit-019': accepted,
  'bybit-021': accepted,
  'bybit-023': accepted,
  'bybit-024': accepted,
  'bybit-026': accepted,
  'bybit-030': async (fact) => {
    const { ask: send } = await open();
    await send({ method: 'GET', path: '/v5/position/list', rawQuery: 'category=linear&symbol=ETHUSDT' });
    await place(send, BUY_BTC);
    const { json } = await send(fact.request);
    expect(json.result.list.map((row: { symbol: string }) => row.symbol)).toEqual(['BTCUSDT']);
  },
  'bybit-031': async ({ request }) => {
    const { ask: send } = await open();
    const { json } = await send(request);
    expect(json.result.list).toMatchObject([{ symbol: 'LTCUSDT', side: '', size: '0', liqPrice: '' }]);
  },
  'bybit-034': accepted,
  'bybit-035': async ({ request }) => {
    const { ask: send } = await open();
    expect((await send(request)).json.result.list).toHaveLength(1);
  },
  'bybit-037': accepted,
  'bybit-039': accepted,
  'bybit-040': order([], { ...PRICES, 'ADA/USDT': 0.3 }),
  'bybit-041': order([{ symbol: 'LTCUSDT', side: 'Buy', qty: '0.1' }], { ...PRICES, 'LTC/USDT': 96 }),
  'bybit-043': async (fact) => {
    await order()(fact);
    const { ask: send } = await open();
    await send(fact.request);
    const { json } = await send({
      method: 'GET',
      path: '/v5/order/realtime',
      rawQuery: 'category=linear&symbol=TRXUSDT',
    });
    expect(json.result.list).toHaveLength(2);
    for (const child of json.result.list) {
      expect(child).toMatchObject({
        orderStatus: 'Untriggered',
        reduceOnly: true,
        orderType: 'Market',
        tpslMode: 'Full',
      });
    }
  },
  'bybit-044': async ({ request }) => {
    const { simulator, ask: send } = await open(
      { 'LTC/USDT': 52 },
      {},
      { 'LTC/USDT': [...still(52, 2), [52, 52, 49.5, 51], ...still(51, 2)] },
    );
    expect((await send(request)).json.retMsg).toBe('OK');
    // The candle that fills the entry at 50 goes on to 49.5: the children rest from the next one on.
    simulator.line.advance(2);
    const { json } = await send({
      method: 'GET',
      path: '/v5/order/realtime',
      rawQuery: 'category=linear&symbol=LTCUSDT',
    });
    expect(json.result.list).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          stopOrderType: 'PartialTakeProfit',
          orderType: 'Limit',
          price: '90',
          triggerPrice: '100',
        }),
        expect.objectContaining({
          stopOrderType: 'PartialStopLoss',
          orderType: 'Limit',
          price: '49',
          triggerPrice: '50',
        }),
      ]),
    );
  },
  'bybit-046': order(),
  'bybit-047': order([{ symbol: 'ETHUSDT', side: 'Buy', qty: '0.1' }]),
  'bybit-048': order([{ symbol: 'ETHUSDT', side: 'Buy', qty: '0.1' }]),
  'bybit-049': order([{ symbol: 'ETHUSDT', side: 'Buy', qty: '0.1' }]),
  'bybit-051': async ({ request }) => {
    const { ask: send } = await open();
    const mode = { category: 'linear', symbol: 'ADAUSDT', mode: 3 };
    await send({ method: 'POST', path: '/v5/position/switch-mode', body: mode });
    expect((await send(request)).json.retMsg).toBe('OK');
    const { json } = await send({
      method: 'GET',
      path: '/v5/position/list',
      rawQuery: 'category=linear&symbol=ADAUSDT',
    });
    expect(json.result.list).toMatchObject([
      { positionIdx: 1, size: '0' },
      { positionIdx: 2, side: 'Sell', size: '10' },
    ]);
  },
  'bybit-053': order([], { ...PRICES, 'ADA/USDT': 60 }),
  'bybit-065': async ({ request }) => {
    const { ask: send } = await open();
    const { json, headers } = await send(request);
    expect(json.retCode).toBe(0);
    expect(json.retExtInfo.list).toEqual([
      { code: 0, msg: 'OK' },
      { code: 0, msg: 'OK' },
    ]);
    expect(Number(headers.get('X-Bapi-Limit')) - Number(headers.get('X-Bapi-Limit-Status'))).toBe(2);
  },
  'bybit-067': async ({ request }) => {
    const { send, ids } = await withOrder(65, { symbol: 'LTCUSDT' });
    const { json } = await send({ ...request, rawBody: JSON.stringify({ ...request.body, orderId: ids.orderId }) });
    expect(json).toMatchObject({ retCode: 0, result: ids });
  },
  'bybit-069': async ({ request }) => {
    const { ask: send } = await open();
    const placed = await place(send, { ...BUY_BTC, orderType: 'Limit', price: '30000' });
    const { json } = await send(request);
    expect(json.result).toEqual({ list: [placed.json.result], success: '1' });
  },
  'bybit-070': async ({ request }) => {
    const { ask: send } = await open();
    await place(send, { ...BUY_BTC, orderType: 'Limit', price: '30000' });
    const waits = await place(send, { ...BUY_BTC, triggerPrice: '36000', triggerDirection: 1 });
    const { json } = await send(request);
    expect(json.result.list).toEqual([waits.json.result]);
  },
  'bybit-071': async ({ request }) => {
    const { send, ids } = await withOrder(65, { symbol: 'LTCUSDT' });
    const asked = {
      ...request.body,
      request: [{ symbol: 'LTCUSDT', orderId: ids.orderId }, ...request.body.request],
    };
    const { json } = await send({ ...request, rawBody: JSON.stringify(asked) });
    expect(json.retExtInfo.list.map(({ code }: { code: number }) => code)).toEqual([0, 110001]);
  },
  'bybit-072': async ({ request }) => {
    const { send } = await withOrder(65, { symbol: 'LTCUSDT', orderLinkId: 'test123' });
    expect((await send(request)).json.retExtInfo.list).toEqual([{ code: 0, msg: 'OK' }]);
  },
  'bybit-076': async ({ request }) => {
    const { ask: send } = await open();
    await place(send, BUY_BTC);
    expect((await send(request)).json.retMsg).toBe('OK');
    const row = await firstRow(send, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT');
    expect(row).toMatchObject({ stopOrderType: 'TrailingStop', triggerPrice: '34000', qty: '0.01' });
  },
  'bybit-078': accepted,
  'bybit-081': async ({ request }) => {
    const { ask: send } = await open();
    expect((await send(request)).json).toMatchObject({ retCode: 0, result: { reasons: [] } });
    const info = await send({ method: 'GET', path: '/v5/account/info', rawQuery: '' });
    expect(info.json.result.marginMode).toBe('REGULAR_MARGIN');
  },
  'bybit-083': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    expectSameFields(await firstRow(send, request.path, 'category=linear&symbol=BTCUSDT'), raw.result.list[0]);
  },
  'bybit-086': async ({ request, expect: { raw } }) => {
    const { send, ids } = await withOrder(65, { symbol: 'LTCUSDT' });
    const body = { category: 'linear', symbol: 'LTCUSDT', orderId: ids.orderId, price: '61' };
    const { json } = await send({ ...request, rawBody: JSON.stringify(body) });
    expectSameFields(json, raw);
    expectSameFields(json.result, raw.result);
  },
  'bybit-088': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    await place(send, BUY_BTC);
    const row = await firstRow(send, request.path, 'category=linear&symbol=BTCUSDT&orderStatus=Filled');
    expectSameFields(row, raw.result.list[1]);
    // A market order shows the worst price that it takes, and that it does not rest.
    expect(row).toMatchObject({ timeInForce: 'IOC', price: '36750', avgPrice: '35000', rejectReason: 'EC_NoError' });
  },
  'bybit-089': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    await place(send, { ...BUY_BTC, orderType: 'Limit', price: '30000' });
    const row = await firstRow(send, request.path, 'category=linear&symbol=BTCUSDT');
    const { subset: _, ...fields } = raw.result.list[0];
    expectSameFields(row, fields);
    expect(row).toMatchObject({ avgPrice: '', cumFeeDetail: {}, orderStatus: 'New', takeProfit: '' });
  },
  'bybit-090': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    await place(send, BUY_BTC);
    expectSameFields(
      await firstRow(send, request.path, 'category=linear&symbol=BTCUSDT&execType=Trade'),
      raw.result.list[0],
    );
  },
  'bybit-094': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    await place(send, BUY_BTC);
    await place(send, { symbol: 'BTCUSDT', side: 'Sell', qty: '0.01', reduceOnly: true });
    const row = await firstRow(send, request.path, 'category=linear&symbol=BTCUSDT');
    expectSameFields(row, raw.result.list[0]);
    // Net of the fees of both sides: nothing but 2 x 350 x 0.055 % went.
    expect(row).toMatchObject({ side: 'Sell', closedPnl: '-0.385', fillCount: '1', leverage: '10' });
  },
  'bybit-097': async ({ request, expect: { raw, unified } }) => {
    const { ask: send } = await open();
    await place(send, BUY_BTC);
    const { json } = await send({ ...request, rawQuery: 'accountType=UNIFIED' });
    const [row] = json.result.list;
    expectSameFields(row, raw.result.list[0]);
    expectSameFields(row.coin[0], raw.result.list[0].coin[0]);
    expect(unified.availableToWithdrawIsEmptyString && row.coin[0].availableToWithdraw).toBe('');
    const [coin] = row.coin;
    expect(Number(coin.equity)).toBeCloseTo(Number(coin.walletBalance) + Number(coin.unrealisedPnl), 9);
  },
  'bybit-099': async ({ request, expect: { raw } }) => {
    const { ask: send } = await open();
    const { json } = await send(request);
    expectSameFields(json, raw);
    expectSameFields(json.result, raw.result);
  },
  'bybit-100': async ({ expect: expected }) => {
    const { ask: send } = await open();
    await send(create({ orderLinkId: 'at-1' }));
    const { json } = await send(create({ orderLinkId: 'at-1' }));
    expect(json).toMatchObject({ retCode: expected.retCode, retMsg: expected.retMsg });
  },
  'bybit-102': async ({ expect: expected }) => {
    const [, at, now] = /req_timestamp\[(\d+)\],server_timestamp\[(\d+)\]/.exec(expected.retMsg)!;
    const { ask: send } = await open(PRICES, { clock: clockAt(Number(now)) });
    const request = create({});
    const { http, json } = await send({ ...request, headers: signed(request.rawBody, Number(at), '15000') });
    expect({ http, retCode: json.retCode, retMsg: json.retMsg }).toEqual({
      http: 200,
      retCode: 10002,
      retMsg: expected.retMsg,
    });
  },
  'bybit-103': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    const rawQuery = 'category=linear&symbol=BTCUSDT';
    const { json } = await send({ ...request, rawQuery, headers: signed(rawQuery, Date.now(), '5000', 'wrong') });
    expect(json.retCode).toBe(expected.retCode);
    expect(json.retMsg).toMatch(/^error sign! origin_string\[\d+testkey5000category=linear&symbol=BTCUSDT\]$/);
  },
  'bybit-105': async ({ request, expect: expected }) => {
    const permissions = { read: false, trade: false, withdraw: false };
    const account = {
      name: 'shut',
      key: 'testkey',
      secret: 'testsecret',
      permissions,
      balance: '1',
      leverage: '1',
      marginMode: 'cross',
    } as const;
    const { ask: send } = await open(PRICES, { accounts: [account] });
    const { json } = await send({ ...request, rawQuery: 'category=linear&symbol=BTCUSDT' });
    expect(json).toMatchObject({ retCode: expected.retCode, retMsg: expected.retMsg });
  },
  'bybit-106': async ({ request, expect: expected }) => {
    // The second of the limit does not pass, however long the requests take.
    const now = 1_700_000_000_000;
    const { ask: send } = await open(PRICES, { clock: clockAt(now) });
    const all = { ...request, rawQuery: 'category=linear&symbol=BTCUSDT' };
    const answers = await Promise.all(Array.from({ length: 51 }, () => send(all, now)));
    const refused = answers.filter(({ json }) => json.retCode !== 0);
    expect(refused).toHaveLength(1);
    const [{ http, json, headers }] = refused as [Answer];
    expect({ http, retCode: json.retCode, retMsg: json.retMsg }).toEqual({
      http: 200,
      retCode: expected.retCode,
      retMsg: expected.retMsg,
    });
    expect(headers.get('X-Bapi-Limit')).toBe('50');
    expect(headers.get('X-Bapi-Limit-Status')).toBe('0');
    expect(headers.get('X-Bapi-Limit-Reset-Timestamp')).toBe(String(now + 1000));
  },
  'bybit-108': async ({ expect: expected }) => {
    const { simulator } = await open();
    const { request: get } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const asked = get(
        `${simulator.service('bybit').address}/v5/market/time`,
        { headers: { 'content-length': 2 } },
        (answer) => resolve(answer.statusCode),
      );
      asked.on('error', reject);
      asked.end('{}');
    });
    expect(status).toBe(expected.http);
  },
  'bybit-112': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    const body = { category: 'linear', symbol: 'BTCUSDT', orderId: 'gone' };
    expect((await send({ ...request, body })).json).toMatchObject({
      retCode: expected.retCode,
      retMsg: expected.retMsg,
    });
  },
  'bybit-114': async ({ expect: expected }) => {
    const { ask: send } = await open();
    const { json } = await send(create({ side: 'Sell', reduceOnly: true }));
    expect(json).toMatchObject({ retCode: expected.retCode, retMsg: expected.retMsg });
  },
  'bybit-118': async ({ expect: expected }) => {
    const { ask: send } = await open();
    const { json } = await send(create({ qty: '10' }));
    expect(json).toMatchObject({ retCode: expected.retCode, retMsg: expected.retMsg });
  },
  'bybit-119': async ({ expect: expected }) => {
    const { ask: send } = await open({ 'BTC/USDT': 4_000 });
    const { json } = await send(create({ qty: '0.001', price: '4000' }));
    expect(json).toMatchObject({ retCode: expected.retCode, retMsg: expected.retMsg });
  },
  'bybit-121': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    const body = { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '10', sellLeverage: '10' };
    expect((await send({ ...request, body })).json).toMatchObject({
      retCode: expected.retCode,
      retMsg: expected.retMsg,
    });
  },
  'bybit-122': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    const body = { category: 'linear', symbol: 'BTCUSDT', mode: 0 };
    expect((await send({ ...request, body })).json).toMatchObject({
      retCode: expected.retCode,
      retMsg: expected.retMsg,
    });
  },
  'bybit-124': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    expect((await send(request)).json.retCode).toBe(expected.retCode);
  },
  'bybit-125': async ({ request, expect: expected }) => {
    const { ask: send } = await open();
    expect((await send(request)).json.retCode).toBe(expected.retCode);
  },
  'bybit-129': async ({ request, expect: expected }) => {
    const { send } = await connect(request.ws);
    const { args, ...rest } = await send(request.send);
    expectLike(rest, { op: expected.receive.op, conn_id: expected.receive.conn_id });
    expect(args).toEqual([expect.stringMatching(/^\d{13}$/)]);
  },
  'bybit-130': async ({ request, expect: expected }) => {
    const { send } = await connect(request.ws, Number(request.send.args[1]) - 5000);
    expectLike(await send(request.send), expected.receive);
  },
  'bybit-131': async ({ request, expect: expected }) => {
    const { send } = await connect(request.ws, Number(request.send.args[1]) - 10_000);
    expectLike(await send(request.send), expected.receive);
  },
  'bybit-134': async ({ request, expect: expected }) => {
    const at = Number(request.send.header['X-BAPI-TIMESTAMP']);
    const { send } = await connect(request.ws, at);
    await send(streamAuth(at + 5000));
    expectLike(await send(request.send), expected.receive);
  },
  'bybit-135': async ({ expect: expected }) => {
    const { send } = await connect('/v5/trade');
    await send(streamAuth(Date.now() + 5000));
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()), 'X-BAPI-RECV-WINDOW': '5000' };
    const args = [JSON.parse(create({}).rawBody)];
    expect(await send({ reqId: '1', op: 'order.create', header, args })).toMatchObject({ retCode: 0 });
    expect(await send({ reqId: '1', op: 'order.create', header, args })).toMatchObject(expected.receive);
  },
  'bybit-137': async ({ expect: expected }) => {
    expect(expected.delta).toContain('only changed fields');
    const { simulator, next } = await connect('/v5/public/linear', undefined, 'tickers.BTCUSDT');
    await next();
    const snapshot = JSON.parse(await next());
    expect(snapshot.type).toBe('snapshot');
    simulator.line.advance();
    const delta = JSON.parse(await next());
    expect(delta.type).toBe('delta');
    for (const [name, value] of Object.entries(delta.data)) {
      if (name !== 'symbol') expect(value).not.toBe(snapshot.data[name]);
    }
  },
  'bybit-138': async () => {
    const { simulator, next } = await connect('/v5/public/linear', undefined, 'orderbook.50.BTCUSDT');
    await next();
    const merged = new Map<string, string>();
    const merge = ({ data }: { data: { b: [string, string][] } }) => {
      for (const [price, size] of data.b) size === '0' ? merged.delete(price) : merged.set(price, size);
    };
    const snapshot = JSON.parse(await next());
    expect(snapshot).toMatchObject({ type: 'snapshot', data: { u: 1 } });
    merge(snapshot);
    simulator.line.advance(2);
    for (let k = 0; k < 2; k++) {
      const delta = JSON.parse(await next());
      expect(delta.type).toBe('delta');
      merge(delta);
    }
    const prices = [...merged.keys()].map(Number);
    expect([prices.length, Math.max(...prices), Math.min(...prices)]).toEqual([50, 35_001, 34_996.1]);
  },
  'bybit-141': async ({ expect: expected }) => {
    const { ask: send } = await open();
    const { json } = await send(create({ timeInForce: 'PostOnly', price: '35500' }));
    expect(json.retCode).toBe(expected.ack.retCode);
    const row = await firstRow(
      send,
      '/v5/order/realtime',
      `category=linear&symbol=BTCUSDT&orderId=${json.result.orderId}`,
    );
    expect(row).toMatchObject({ orderStatus: expected.then.orderStatus, rejectReason: expected.then.rejectReason });
    expect([Number(row.cumExecQty), Number(row.leavesQty)]).toEqual([0, 0]);
  },
  'bybit-143': async ({ expect: expected }) => {
    const { ask: send } = await open();
    await place(send, { ...BUY_BTC, stopLoss: '34000', takeProfit: '36000' });
    await place(send, { symbol: 'BTCUSDT', side: 'Sell', qty: '0.01', reduceOnly: true });
    const { json } = await send({
      method: 'GET',
      path: '/v5/order/history',
      rawQuery: 'category=linear&symbol=BTCUSDT&orderStatus=Cancelled',
    });
    expect(json.result.list).toHaveLength(2);
    for (const child of json.result.list) expect(child).toMatchObject(expected.children);
  },
  'ccxt-bybit-001': async () => {
    const { ask: send } = await open();
    const paths = [
      ['/v5/asset/coin/query-info', ''],
      ...['spot', 'linear&limit=1000', 'linear&limit=1000&status=PreLaunch', 'inverse&limit=1000'].map((rest) => [
        '/v5/market/instruments-info',
        `category=${rest}`,
      ]),
      ...['BTC', 'DOGE'].map((base) => ['/v5/market/instruments-info', `category=option&baseCoin=${base}`]),
    ] as const;
    for (const [path, rawQuery] of paths)
      expect((await send({ method: 'GET', path: path!, rawQuery: rawQuery! })).json.retMsg).toBe('OK');
  },
  'ccxt-bybit-002': async () => {
    const { ask: send } = await open();
    const key = await send({ method: 'GET', path: '/v5/user/query-api', rawQuery: '' });
    expect(key.json.result).toMatchObject({ unified: 0, uta: 1 });
    const info = await send({ method: 'GET', path: '/v5/account/info', rawQuery: '' });
    expect(info.json.result.unifiedMarginStatus).toBe(5);
  },
  'ccxt-bybit-003': async ({ request }) => {
    const { ask: send } = await open({ 'BTC/USDT': 30_000 });
    const { json } = await send(
      request.rawBody === undefined
        ? request
        : { method: request.method, path: request.path, rawBody: request.rawBody },
    );
    expect(json).toMatchObject({ retCode: 0, result: { orderLinkId: 'at-3' } });
  },
  'ccxt-bybit-004': async ({ request }) => {
    const { ask: send } = await open();
    expect((await send({ method: request.method, path: request.path, rawQuery: request.rawQuery })).http).toBe(200);
  },
});

function streamAuth(expires: number) {
  const sign = createHmac('sha256', 'testsecret').update(`GET/realtime${expires}`).digest('hex');
  return { op: 'auth', args: ['testkey', expires, sign] };
}
