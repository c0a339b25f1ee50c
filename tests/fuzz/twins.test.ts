import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededChance } from '#core/random.ts';
import { bybitStringToSign } from '#protocols/bybit-signing.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { Twin, TwinDefinition, TwinRequest, TwinSocket } from '#simulator/twin.ts';
import { TWINS } from '#simulator/twins.ts';
import { inventedPrices, openServices } from '#tests/builders/loopback-services.ts';
import { FUZZ_RUNS, mangledJson, mangledText, one } from '#tests/builders/mangled.ts';

/** What clients send to the twins, not quite right: each request is answered, and no message ends a twin. */

interface Sent {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: object;
}

const ORDER = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.01', price: '50000' };
const SHARE = { symbol: 'BTC/USD', side: 'buy', type: 'limit', time_in_force: 'gtc', qty: '0.1', limit_price: '50000' };
const bybit = (method: string, path: string, of: { query?: string; body?: object }): Sent => ({
  service: 'bybit',
  method,
  path: `/v5/${path}`,
  ...of,
});

const REQUESTS: readonly Sent[] = [
  bybit('POST', 'order/create', { body: { ...ORDER, stopLoss: '40000', takeProfit: '60000', orderLinkId: 'a-1' } }),
  bybit('POST', 'order/create', { body: { ...ORDER, triggerPrice: '70000', triggerDirection: 1 } }),
  bybit('POST', 'order/create-batch', { body: { category: 'linear', request: [ORDER, ORDER] } }),
  bybit('POST', 'order/amend', { body: { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'a-1', qty: '0.02' } }),
  bybit('POST', 'order/cancel', { body: { category: 'linear', symbol: 'BTCUSDT', orderLinkId: 'a-1' } }),
  bybit('POST', 'order/cancel-all', { body: { category: 'linear', symbol: 'BTCUSDT' } }),
  bybit('POST', 'position/set-leverage', {
    body: { category: 'linear', symbol: 'BTCUSDT', buyLeverage: '5', sellLeverage: '5' },
  }),
  bybit('POST', 'position/trading-stop', {
    body: { category: 'linear', symbol: 'BTCUSDT', stopLoss: '40000', positionIdx: 0 },
  }),
  bybit('GET', 'order/realtime', { query: 'category=linear&symbol=BTCUSDT&limit=50&cursor=1' }),
  bybit('GET', 'execution/list', { query: 'category=linear&startTime=1767571200000&endTime=1767574800000' }),
  bybit('GET', 'position/list', { query: 'category=linear&settleCoin=USDT&limit=200' }),
  bybit('GET', 'market/kline', { query: 'category=linear&symbol=BTCUSDT&interval=1&start=1767571200000&limit=5' }),
  bybit('GET', 'market/orderbook', { query: 'category=linear&symbol=BTCUSDT&limit=5' }),
  { service: 'alpaca', method: 'POST', path: '/v2/orders', body: SHARE },
  { service: 'alpaca', method: 'GET', path: '/v2/orders', query: 'status=all&limit=5&after=2026-01-05T00:00:00Z' },
  {
    service: 'alpaca',
    method: 'GET',
    path: '/v1beta3/crypto/us/bars',
    query: 'symbols=BTC/USD&timeframe=1Min&limit=3',
  },
  { service: 'kraken', method: 'GET', path: '/0/public/OHLC', query: 'pair=XBTUSDT&interval=5&since=1767571200' },
  { service: 'kraken', method: 'GET', path: '/0/public/Trades', query: 'pair=XBTUSDT&since=1767571200000000000' },
  { service: 'kraken', method: 'GET', path: '/0/public/Depth', query: 'pair=XBTUSDT&count=5' },
  {
    service: 'models',
    method: 'POST',
    path: '/v1/chat/completions',
    body: {
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'BTC?' }] }],
      max_completion_tokens: 9,
    },
  },
  { service: 'models', method: 'POST', path: '/v1/responses', body: { model: 'm', input: 'BTC?' } },
  {
    service: 'telegram',
    method: 'POST',
    path: '/bot123:ABC/sendMessage',
    body: {
      chat_id: 7,
      text: '<b>hi</b>',
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] },
    },
  },
  {
    service: 'telegram',
    method: 'POST',
    path: '/bot123:ABC/editMessageText',
    body: { chat_id: 7, message_id: 1, text: 'x' },
  },
  { service: 'chart-page', method: 'GET', path: '/chart', query: 'symbol=BTC/USDT&interval=5' },
];

const FRAMES: readonly { readonly service: string; readonly path: string; readonly frame: object }[] = [
  {
    service: 'bybit',
    path: '/v5/private',
    frame: { op: 'auth', args: ['testkey', 9_999_999_999_999, 'sign'], req_id: '1' },
  },
  {
    service: 'bybit',
    path: '/v5/public/linear',
    frame: { op: 'subscribe', args: ['tickers.BTCUSDT', 'kline.1.BTCUSDT'] },
  },
  {
    service: 'bybit',
    path: '/v5/trade',
    frame: { op: 'order.create', header: { 'X-BAPI-TIMESTAMP': '1' }, args: [ORDER] },
  },
  {
    service: 'kraken',
    path: '/v2',
    frame: { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USDT'], depth: 10 } },
  },
  { service: 'alpaca', path: '/stream', frame: { action: 'listen', data: { streams: ['trade_updates'] } } },
  { service: 'alpaca', path: '/v2/iex', frame: { action: 'subscribe', bars: ['SPY'], quotes: [] } },
];

/** The twins themselves, without the servers in front of them. */
async function openTwins(): Promise<ReadonlyMap<string, Twin>> {
  const twins = new Map<string, Twin>();
  const definitions = await Promise.all(Object.values(TWINS).map((load) => load()));
  const caught = definitions.map(
    ({ name, open }): TwinDefinition => ({
      name,
      open: async (world, address) => {
        world.conditions.rateLimits = false;
        const twin = await open(world, address);
        twins.set(name, twin);
        return twin;
      },
    }),
  );
  const prices = [inventedPrices('BTC/USDT', 60_000, '0.1'), inventedPrices('BTC/USD', 60_000, '0.1')];
  await openServices(caught, { prices, history: 60 });
  return twins;
}

function headersOf(query: string, body: string, isGet: boolean): Record<string, string> {
  const timestamp = String(Date.now());
  const text = bybitStringToSign(timestamp, DEFAULT_ACCOUNT.key, '5000', isGet ? query : body);
  return {
    'content-type': 'application/json',
    authorization: 'Bearer sk-test',
    'apca-api-key-id': DEFAULT_ACCOUNT.key,
    'apca-api-secret-key': DEFAULT_ACCOUNT.secret,
    'x-bapi-api-key': DEFAULT_ACCOUNT.key,
    'x-bapi-timestamp': timestamp,
    'x-bapi-recv-window': '5000',
    'x-bapi-sign': createHmac('sha256', DEFAULT_ACCOUNT.secret).update(text).digest('hex'),
  };
}

const REQUEST_RUNS = Math.ceil(FUZZ_RUNS / 10);
/** A twin that has taken many orders is slow, and a new one knows as much. */
const RUNS_OF_A_TWIN = 5_000;

test(`${REQUEST_RUNS} requests that are not quite right are answered`, { timeout: 900_000 }, async () => {
  const chance = seededChance(21);
  const statuses = new Map<number, number>();
  let twins = await openTwins();
  for (let run = 1; run <= REQUEST_RUNS; run++) {
    if (run % RUNS_OF_A_TWIN === 0) twins = await openTwins();
    const { service, method, path, query = '', body } = one(REQUESTS, chance);
    const text = body === undefined ? '' : mangledJson(body, chance);
    const asked = query === '' ? '' : mangledText(query, chance);
    const request: TwinRequest = {
      method,
      path,
      query: asked,
      headers: headersOf(asked, text, method === 'GET'),
      body: Buffer.from(text),
    };
    const { status } = await Promise.resolve(twins.get(service)!.answer(request)).catch((error: unknown) => {
      throw new Error(`${method} ${path}?${asked} ${text}`, { cause: error });
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status >= 500) expect.fail(`${status} for ${method} ${path}?${asked} ${text}`);
  }
  expect(statuses.get(200)).toBeGreaterThan(REQUEST_RUNS / 10);
});

test(`${REQUEST_RUNS} messages of streams that are not quite right end nothing`, { timeout: 900_000 }, async () => {
  const chance = seededChance(22);
  const twins = await openTwins();
  let answers = 0;
  for (let run = 1; run <= REQUEST_RUNS; run++) {
    const { service, path, frame } = one(FRAMES, chance);
    const heard: ((message: Buffer, isBinary: boolean) => void)[] = [];
    const ended: (() => void)[] = [];
    const socket: TwinSocket = {
      id: run,
      isOpen: true,
      send: () => {
        answers += 1;
      },
      onMessage: (hear) => void heard.push(hear),
      onClose: (hear) => void ended.push(hear),
      close: () => undefined,
    };
    expect(twins.get(service)!.connect!(socket, { path, query: '', headers: headersOf('', '', true) })).toBe(true);
    const text = mangledJson(frame, chance);
    try {
      for (const hear of heard) hear(Buffer.from(text), chance.next() < 0.1);
    } catch (error) {
      throw new Error(`${service} ${path} ${text}`, { cause: error });
    }
    for (const end of ended) end();
  }
  expect(answers).toBeGreaterThan(REQUEST_RUNS / 10);
});
