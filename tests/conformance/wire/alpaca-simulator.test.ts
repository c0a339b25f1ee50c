import { Alpaca } from '@alpacahq/alpaca-trade-api';
import ccxt from 'ccxt';
import { expect } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { SimulatorOptions } from '#simulator/simulator.ts';
import {
  type Answered,
  coins,
  type OpenAlpaca,
  openAlpaca,
  type Row,
  shares,
} from '#tests/builders/alpaca-exchange.ts';
import { openSocket } from '#tests/builders/alpaca-socket.ts';
import { describeFacts, type WireFact } from './facts.ts';

/** The short day's second minute; the recorded account has 100,000 USD and four times that to buy with. */
function openWith(
  price = 86.878,
  rows: readonly Row[] = [],
  options: Partial<SimulatorOptions> = {},
): Promise<OpenAlpaca> {
  const prices = [shares('KO', price, rows), shares('OCGN', 1.2), shares('AAPL', 155), coins('BTC/USD', 60_000)];
  return openAlpaca(prices, options);
}

/** What differs from call to call. */
const VOLATILE = /_at$|^(id|asset_id|order_id|client_order_id|transaction_time|account_number)$/;

/** Each field of the fact is there and of its kind; those that do not change from call to call are the same. */
function expectLike(actual: unknown, recorded: Readonly<Record<string, unknown>>, own: readonly string[] = []): void {
  const given = actual as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(recorded)) {
    expect(given, name).toHaveProperty(name);
    if (VOLATILE.test(name) || own.includes(name)) expect(typeof given[name], name).toBe(typeof value);
    else expect(given[name], name).toEqual(value);
  }
}

/** Sends exactly what the fact says. */
async function send({ service }: OpenAlpaca, { request }: WireFact): Promise<Answered> {
  const { method, path, rawQuery, rawBody, body, headers = {} } = request;
  const keys = {
    'apca-api-key-id': 'testkey',
    'apca-api-secret-key': 'testsecret',
    'content-type': 'application/json',
  };
  const shown = Object.entries<string>(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = Object.fromEntries(shown.filter(([, value]) => !value.startsWith('<')));
  const answer = await fetch(`${service.address}${path}${rawQuery ? `?${rawQuery}` : ''}`, {
    method,
    headers: { ...keys, ...own },
    ...(method === 'GET' ? {} : { body: rawBody ?? JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, json: await answer.json() };
}

const KO = { symbol: 'KO', side: 'buy', type: 'market', time_in_force: 'day' } as const;

describeFacts('simulator', ['alpaca'], {
  'alpaca-001': async (fact) => {
    const { status, json } = await send(await openWith(), fact);
    expect(status).toBe(fact.expect.http);
    expect(Object.keys(json)).toEqual(Object.keys(fact.expect.raw));
    expectLike(json, fact.expect.raw);
  },
  'alpaca-002': async (fact) => {
    const twin = await openWith();
    const { id } = await twin.place({ ...KO, notional: '5' });
    const json = await twin.order(id);
    expect(Object.keys(json)).toEqual(Object.keys(fact.expect.raw));
    expectLike(json, fact.expect.raw);
    expect(Number(json.filled_qty) * Number(json.filled_avg_price)).toBeCloseTo(fact.expect.notionalSpent, 4);
  },
  'alpaca-003': async (fact) => {
    const { service, place } = await openWith();
    const stream = await openSocket(service, '/stream');
    stream.send({ action: 'auth', key: 'testkey', secret: 'testsecret' });
    stream.send({ action: 'listen', data: { streams: ['trade_updates'] } });
    await stream.json();
    await stream.json();
    const placed = await place({ ...KO, symbol: 'OCGN', qty: '1' });
    const told = [await stream.json(), await stream.json(), await stream.json()];
    expect(placed.status).toBe(fact.expect.statusSequence[0]);
    expect(told.map(({ data }) => data.order.status)).toEqual(fact.expect.statusSequence);
  },
  'alpaca-004': async ({ expect: { http, thenOrder } }) => {
    const { ask, place, order } = await openWith();
    const { id } = await place({ ...KO, qty: '1', type: 'limit', limit_price: '78.19' });
    expect((await ask('DELETE', `/v2/orders/${id}`)).status).toBe(http);
    expectLike(await order(id), thenOrder);
  },
  'alpaca-005': async ({ expect: { http, body } }) => {
    const { ask, place, order } = await openWith();
    const { id } = await place({ ...KO, qty: '1', client_order_id: 'once' });
    expect((await order(id)).status).toBe('filled');
    const again = await ask('POST', '/v2/orders', { ...KO, qty: '1', client_order_id: 'once' });
    expect([again.status, again.json]).toEqual([http, body]);
  },
  'alpaca-006': async (fact) => {
    const twin = await openWith();
    await twin.place({ ...KO, qty: '0.557436865' });
    const answer = await send(twin, fact);
    expect([answer.status, answer.json]).toEqual([fact.expect.http, fact.expect.body]);
  },
  'alpaca-008': async ({ expect: { http, body } }) => {
    const { ask } = await openWith();
    const answer = await ask('POST', '/v2/orders', { ...KO, qty: '1000000' });
    expect(answer.status).toBe(http);
    expect(Object.keys(answer.json)).toEqual(Object.keys(body));
    expectLike(answer.json, body, ['buying_power', 'cost_basis']);
  },
  'alpaca-010': async ({ expect: { raw } }) => {
    const { ask, place, simulator } = await openWith(86.88, [[86.88, 86.88, 86.88, 86.88]]);
    await place({ ...KO, qty: '0.557436865' });
    simulator.line.advance(1);
    const [position] = (await ask('GET', '/v2/positions')).json;
    expect(Object.keys(position)).toEqual(Object.keys(raw[0]));
    // Bought at another price, and after another day.
    const own = Object.keys(raw[0]).filter((name) => /price|change|basis|value|_pl/.test(name));
    expectLike(position, raw[0], own);
    expect(position.current_price).toBe(raw[0].current_price);
    expect(position.market_value).toBe(raw[0].market_value);
  },
  'alpaca-011': async ({ expect: { raw, absentKeys } }) => {
    const { ask } = await openWith(86.878, [], { accounts: [{ balance: '100005.82' } as never] });
    const { json } = await ask('GET', '/v2/account');
    // The day before, and what had not settled of it, are not those of the record.
    expectLike(json, raw, ['last_equity', 'non_marginable_buying_power']);
    for (const name of absentKeys) expect(json).not.toHaveProperty(name);
  },
  'alpaca-012': async ({ expect: { raw } }) => {
    const { ask, place } = await openWith();
    await place({ ...KO, notional: '5' });
    const [row] = (await ask('GET', '/v2/account/activities/FILL')).json;
    expect(Object.keys(row)).toEqual(Object.keys(raw[0]));
    expectLike(row, raw[0]);
    // 13:31 UTC.
    expect(row.id).toMatch(/^20250703093100000::[0-9a-f-]{36}$/);
    expect(row.transaction_time).toMatch(/^2025-07-03T13:31:00(\.\d{1,6})?Z$/);
  },
  'alpaca-013': async ({ expect: { raw } }) => {
    const { ask, service, simulator } = await openWith();
    const { json } = await ask('GET', '/v2/clock');
    expect(json.timestamp).toHaveLength(raw.timestamp.length);
    expect(json).toMatchObject({ is_open: true, next_open: expect.any(String), next_close: expect.any(String) });
    const exchange = new ccxt.alpaca({ apiKey: 'testkey', secret: 'testsecret' });
    exchange.urls.api = { broker: service.address, trader: service.address, market: service.address };
    expect(await exchange.fetchTime()).toBe(simulator.line.now);
  },
  'alpaca-014': sellsCoins,
  'alpaca-015': sellsCoins,
  'alpaca-017': async (fact) => {
    const answer = await send(await openWith(), fact);
    expect([answer.status, answer.json]).toEqual([200, { trades: {} }]);
  },
  'alpaca-018': accepted,
  'alpaca-019': async (fact) => {
    const answer = await send(await openWith(), fact);
    expect(answer.status).toBe(200);
    const { legs } = answer.json;
    expect(legs.map(({ status }: { status: string }) => status)).toEqual(
      Array(fact.expect.legs).fill(fact.expect.legsStatus),
    );
  },
  'alpaca-021': accepted,
  'alpaca-023': async (fact) => {
    const answer = await send(await openWith(), fact);
    expect(answer.status).toBe(200);
    const { symbol, bars, next_page_token } = answer.json;
    expect([symbol, bars.length]).toEqual(['AAPL', 2]);
    expect(Object.keys(bars[0])).toEqual(Object.keys(fact.expect.body.bars[0]));
    expect(next_page_token).toBe(null);
  },
  'alpaca-024': async ({ expect: { http, headers } }) => {
    const { service, simulator } = await openWith();
    const fault = { kind: 'answer', status: http, body: '{}', headers: { ...headers, 'retry-after': '0' } } as const;
    simulator.faults.set({ service: 'alpaca', route: 'GET /v2/account', fault, count: 1 });
    const { trading } = new Alpaca({
      keyId: 'testkey',
      secret: 'testsecret',
      retry: { retryDelayMs: 1 },
      fetchApi: (url, init) => fetch(`${service.address}${new URL(String(url)).pathname}`, init),
    });
    expect((await trading.account.getAccount()).status).toBe('ACTIVE');
    expect(simulator.faults.list()).toMatchObject([{ struck: 1 }]);
  },
  'alpaca-025': async ({ request, expect: { receive } }) => {
    const { service } = await openWith(86.878, [], { accounts: [{ key: 'K', secret: 'S' } as never] });
    const socket = await openSocket(service, request.ws);
    socket.send(request.send);
    const { isBinary, bytes } = await socket.frames.next();
    expect([isBinary, JSON.parse(bytes.toString())]).toEqual([true, receive]);
  },
  'alpaca-029': async ({ request, expect: { receive } }) => {
    const { service } = await openWith();
    const keys = { 'apca-api-key-id': 'testkey', 'apca-api-secret-key': 'testsecret' };
    const first = await openSocket(service, request.ws, keys);
    await first.json();
    await first.json();
    const second = await openSocket(service, request.ws, keys);
    await second.json();
    expect(await second.json()).toEqual(receive);
  },
  'alpaca-030': async ({ request, expect: { receive } }) => {
    const clock = {
      wall: () => systemClock.wall(),
      mono: () => systemClock.mono(),
      sleep: (ms: number, abort: AbortSignal) => systemClock.sleep(ms === 10_000 ? 0 : ms, abort),
    };
    const { service } = await openWith(86.878, [], { clock });
    const socket = await openSocket(service, request.ws);
    await socket.json();
    expect(await socket.json()).toEqual(receive);
    await socket.closed;
  },
  'alpaca-031': async () => {
    const { service, simulator } = await openWith();
    const socket = await openSocket(service, '/v1beta3/crypto/us');
    await socket.json();
    socket.send({ action: 'auth', key: 'testkey', secret: 'testsecret' });
    await socket.json();
    socket.send({ action: 'subscribe', trades: ['BTC/USD'] });
    await socket.json();
    simulator.line.advance(1);
    const text = (await socket.frames.next()).bytes.toString();
    const [, id = ''] = /"i":(\d+)/.exec(text) ?? [];
    expect(BigInt(id)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  },
  'alpaca-032': async ({ request }) => {
    const { ask } = await openWith();
    for (const time_in_force of request.time_in_force) {
      expect((await ask('POST', '/v2/orders', { ...KO, qty: '0.5', time_in_force })).status, time_in_force).toBe(422);
    }
    expect((await ask('POST', '/v2/orders', { ...KO, qty: '0.5' })).status).toBe(200);
  },
  'alpaca-033': async () => {
    const { ask } = await openWith();
    const limit = { ...KO, qty: '1', type: 'limit', limit_price: '80', extended_hours: true };
    expect((await ask('POST', '/v2/orders', { ...KO, qty: '1', extended_hours: true })).status).toBe(422);
    expect((await ask('POST', '/v2/orders', { ...limit, time_in_force: 'gtc' })).status).toBe(422);
    expect((await ask('POST', '/v2/orders', limit)).status).toBe(200);
  },
  'alpaca-034': async () => {
    const rows: readonly Row[] = [
      [90, 90, 90, 90, 4],
      [90, 90, 70, 70, 4],
    ];
    const { place, order, service, simulator } = await openWith(90, rows);
    service.conditions.volumeShare = 1;
    const legs = { take_profit: { limit_price: '100' }, stop_loss: { stop_price: '80' } };
    const { id } = await place({ ...KO, qty: '10', order_class: 'bracket', ...legs });
    simulator.line.advance(2);
    expect(await order(id)).toMatchObject({ filled_qty: '8', legs: [{ status: 'held' }, { status: 'held' }] });
  },
});

async function accepted(fact: WireFact): Promise<void> {
  const answer = await send(await openWith(), fact);
  expect([answer.status, answer.json.status]).toEqual([fact.expect.http, 'pending_new']);
}

/** The fact sells: what is sold must be there. */
async function sellsCoins(fact: WireFact): Promise<void> {
  const twin = await openWith();
  await twin.place({ symbol: 'BTC/USD', qty: '0.001', side: 'buy', type: 'market', time_in_force: 'gtc' });
  const answer = await send(twin, fact);
  expect([answer.status, answer.json]).toMatchObject([fact.expect.http, { status: 'pending_new' }]);
}
