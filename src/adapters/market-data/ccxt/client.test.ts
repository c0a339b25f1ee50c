import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import type { Fault } from '#simulator/faults.ts';
import { tradesAfter } from '#simulator/kraken/trades.ts';
import { krakenWith } from '#simulator/kraken/twin.ts';
import { startSimulator } from '#simulator/simulator.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { CCXT_DEFAULTS, CcxtClient, type CcxtOptions } from './client.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const HOUR = TIMEFRAME_MS['1h'];
const MINUTE = TIMEFRAME_MS['1m'];
const NOW = Date.UTC(2026, 0, 5, 12, 30);
/** Minutes: more than the 720 hours that Kraken gives. */
const HISTORY = 730 * 60;
const TRADES_PER_PAGE = 50;
const QUICK = { ...CCXT_DEFAULTS, timeoutMs: 300, retries: 2, firstPauseMs: 1, betweenMs: 1 };
const PATH = '/0/public/';

const start = (NOW - HISTORY * MINUTE) as EpochMs;
const simulator = await startSimulator({
  twins: [krakenWith({ tradesPerPage: TRADES_PER_PAGE })],
  prices: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'BTC/USD'].map((symbol) => inventedPrices(symbol, 60_000, '0.1', start)),
  clock: systemClock,
  history: HISTORY,
});
afterAll(() => simulator.close());
const kraken = simulator.service('kraken');
kraken.conditions.rateLimits = false;
const series = simulator.line.find(BTC)!;

/** What of the journal was there before the test. */
let before = 0;

beforeEach(() => {
  before = simulator.journal.list().at(-1)?.number ?? 0;
  simulator.faults.clear();
  kraken.conditions.skewMs = 0;
});

/** What was asked of one endpoint. */
function askedOf(endpoint: string) {
  return simulator.journal.list({ route: `GET ${PATH}${endpoint}`, after: before });
}

/** Candles of an hour that open in [from, to), and the running one where it is among them. */
function hoursOf(from: number, to: number): Candle[] {
  const closed = series.closed('1h')!;
  const all = [...Array.from({ length: closed.length }, (_, i) => closed.at(i)), series.running('1h', NOW)!];
  return all
    .filter(({ openTime }) => openTime >= from && openTime < to)
    .map((candle) => ({ ...candle, volume: Number(candle.volume.toFixed(8)) }));
}

/** What goes wrong with an answer: what Kraken says, what a proxy says, or what a network does. */
const MISHAPS = {
  'too many requests': { kind: 'answer', status: 200, body: '{"error":["EGeneral:Too many requests"]}' },
  'HTTP 503': { kind: 'answer', status: 503, body: '{"error":["EService:Unavailable"]}' },
  HTML: { kind: 'answer', status: 200, body: '<html>Please sign in to this network.</html>' },
  cut: { kind: 'truncate', bytes: 12 },
  silence: { kind: 'delay', ms: HOUR },
  'no candles': {
    kind: 'answer',
    status: 200,
    body: JSON.stringify({ error: [], result: { XBTUSDT: [[NOW / 1000, 'x', 'y', 'z', '1', '1', '1', 1]] } }),
  },
} as const satisfies Readonly<Record<string, Fault>>;
type Mishap = keyof typeof MISHAPS;

/** The next answers with candles go wrong. */
function fail(mishap: Mishap, count: number): void {
  simulator.faults.set({ service: 'kraken', route: `GET ${PATH}OHLC`, fault: MISHAPS[mishap], count });
}

async function connect(options: Partial<CcxtOptions> = {}): Promise<CcxtClient> {
  const client = (await CcxtClient.load('kraken', { ...QUICK, ...options, address: kraken.address }))!;
  await client.loadMarkets();
  return client;
}

test('an exchange that CCXT does not have is none', async () => {
  expect(await CcxtClient.load('nasdaq')).toBeUndefined();
  expect(await CcxtClient.load('../kraken')).toBeUndefined();
});

test('an instrument has the steps and minimums of the exchange', async () => {
  const { tick, lot, minQuantity, minNotional, ...names } = (await connect()).instrument(BTC)!;
  expect(names).toEqual({ symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', calendar: 'always' });
  expect([tick, lot, minQuantity, minNotional].map(formatDecimal)).toEqual(['0.1', '0.00000001', '0.00005', '0.5']);
  expect((await connect()).instrument('NO/SUCH' as MarketSymbol)).toBeUndefined();
});

test('candles begin where they are asked for and end with the open one', async () => {
  const from = (NOW - (NOW % HOUR) - 5 * HOUR) as EpochMs;
  const candles = await (await connect()).candles(BTC, '1h', from);
  expect(candles).toEqual(hoursOf(from, NOW + HOUR));
  expect(candles).toHaveLength(6);
  expect(askedOf('OHLC').map(({ query }) => query)).toEqual([
    new URLSearchParams({ pair: 'XBTUSDT', interval: '60', since: String((from - HOUR) / 1000) }).toString(),
  ]);
});

test('candles do not reach back farther than the exchange has them', async () => {
  const candles = await (await connect()).candles(BTC, '1h', (NOW - 2000 * HOUR) as EpochMs);
  expect(candles).toHaveLength(720);
});

test('a range of candles has the closed ones only', async () => {
  const client = await connect();
  const from = (NOW - (NOW % HOUR) - 5 * HOUR) as EpochMs;
  // The client's clock is the machine's, far behind or ahead of the exchange's, which it goes by.
  client.aheadMs = NOW - Date.now();
  const range = { symbol: BTC, timeframe: '1h', from, to: (NOW + 10 * HOUR) as EpochMs } as const;
  expect(await client.candlesBetween(range)).toEqual(hoursOf(from, NOW - (NOW % HOUR)));
  const part = { ...range, to: (from + 2 * HOUR) as EpochMs };
  expect((await client.candlesBetween(part)).map(({ openTime }) => openTime)).toEqual([from, from + HOUR]);
});

test('prices of all symbols come in one call, and what it does not have is missing', async () => {
  const client = await connect();
  const symbols = ['BTC/USDT', 'ETH/USDT', 'NO/SUCH', 'BTC/USD'] as MarketSymbol[];
  const { rows, missing } = await client.tickers(symbols);
  expect(askedOf('Ticker').map(({ query }) => new URLSearchParams(query).get('pair'))).toEqual([
    'XBTUSDT,ETHUSDT,XXBTZUSD',
  ]);
  expect([...rows.keys()]).toEqual(['BTC/USDT', 'ETH/USDT', 'BTC/USD']);
  const last = series.lastPrice(NOW);
  expect(rows.get(BTC)).toMatchObject({ last, bid: Number((last - 0.1).toFixed(1)) });
  expect(missing).toEqual(new Map([['NO/SUCH', 'Kraken does not have it']]));
});

test('funding is missing where the exchange has none', async () => {
  const { rows, missing } = await (await connect()).fundingRates([BTC]);
  expect([rows.size, missing.get(BTC)]).toEqual([0, 'Kraken does not tell funding rates']);
});

test('its list has everything that can be described', async () => {
  const listings = (await connect()).listings();
  expect(listings.map(({ instrument }) => instrument.symbol)).toEqual(['BTC/USD', 'BTC/USDT', 'ETH/USDT', 'SOL/USDT']);
  expect(listings[1]).toMatchObject({ contract: 'spot', unit: 'BTC', makerFeeRate: 0.0025, takerFeeRate: 0.004 });
});

test('trades go on from page to page, none twice and none left out', async () => {
  const { trades } = await connect();
  const from = (NOW - 2 * HOUR) as EpochMs;
  const all = [];
  for (let after = trades!.before(from), length = -1; length !== all.length; ) {
    length = all.length;
    const page = await trades!.page(BTC, after);
    all.push(...page.trades);
    after = page.next;
  }
  const made = tradesAfter(series, from - 1, Number.POSITIVE_INFINITY);
  expect(all).toEqual(made.map(({ at, price, quantity }) => ({ at, price, amount: Number(quantity) })));
  expect(askedOf('Trades').length).toBeGreaterThan(3);
});

test('the clock of an exchange that goes ahead is known', async () => {
  const client = await connect();
  kraken.conditions.skewMs = 90_000;
  await client.greet();
  expect(Math.abs(client.aheadMs - 90_000)).toBeLessThan(2000);
  kraken.conditions.skewMs = 0;
  await client.greet();
  expect(client.aheadMs).toBe(0);
});

describe('what passes is asked again', () => {
  test.each<Mishap>(['too many requests', 'HTTP 503', 'cut', 'silence', 'HTML'])('%s', async (mishap) => {
    const client = await connect();
    fail(mishap, 2);
    expect(await client.candles(BTC, '1h', (NOW - 2 * HOUR) as EpochMs)).not.toEqual([]);
    expect(askedOf('OHLC')).toHaveLength(3);
  });
});

describe('what does not pass ends in one sentence, after so many times', () => {
  test.each<{ mishap: Mishap; says: string; times: number }>([
    { mishap: 'too many requests', says: 'Too many requests', times: 3 },
    { mishap: 'cut', says: 'fetch failed', times: 3 },
    { mishap: 'silence', says: 'timed out', times: 3 },
    { mishap: 'no candles', says: 'a candle must be six numbers', times: 1 },
  ])('$mishap', async ({ mishap, says, times }) => {
    const client = await connect();
    fail(mishap, 4);
    const read = client.candles(BTC, '1h', (NOW - 2 * HOUR) as EpochMs);
    await expect(read).rejects.toThrow(MarketUnavailable);
    await expect(read).rejects.toThrow(/^Cannot (read|use) 1h candles of BTC\/USDT (from|of) Kraken as .*; [^\n]+$/);
    await expect(read).rejects.toThrow(says);
    expect(askedOf('OHLC')).toHaveLength(times);
  });
});

test.each([
  { name: 'a symbol', symbol: 'NO/SUCH', timeframe: '1h', says: 'Kraken as it must have the symbol' },
  { name: 'a timeframe', symbol: 'BTC/USDT', timeframe: '3m', says: 'it has 1m, 5m, 15m, 30m, 1h, 4h, 1d' },
] as const)('$name that it does not have is refused without asking', async ({ symbol, timeframe, says }) => {
  const client = await connect();
  const read = client.candles(symbol as MarketSymbol, timeframe, NOW as EpochMs);
  await expect(read).rejects.toThrow(SeriesUnavailable);
  await expect(read).rejects.toThrow(says);
  expect(askedOf('OHLC')).toEqual([]);
});

test('requests keep the distance that the exchange asks for', async () => {
  const client = await connect({ betweenMs: 120, timeoutMs: 10_000 });
  const from = NOW as EpochMs;
  await Promise.all([
    client.candles(BTC, '1h', from),
    client.candles(BTC, '1h', from),
    client.candles(BTC, '1h', from),
  ]);
  const times = askedOf('OHLC').map(({ mono }) => mono);
  // Kraken counts 1.2 for candles.
  expect(times[2]! - times[0]!).toBeGreaterThan(2 * 1.2 * 120 - 30);
});

test('nothing is asked again for who asks again anyway', async () => {
  const client = await connect();
  client.repeats = false;
  fail('cut', 1);
  await expect(client.candles(BTC, '1h', NOW as EpochMs)).rejects.toThrow(MarketUnavailable);
  expect(askedOf('OHLC')).toHaveLength(1);
});

test('one that was closed ends what it waits for', async () => {
  const client = await connect({ timeoutMs: 60_000 });
  fail('silence', 1);
  const read = client.candles(BTC, '1h', NOW as EpochMs);
  setTimeout(() => client.close(), 50);
  await expect(read).rejects.toThrow(MarketUnavailable);
});

test('a request whose time is over is ended, not only left', async () => {
  const silent = await LoopbackServer.open(() => 'silence');
  onTestFinished(() => silent.close());
  const client = (await CcxtClient.load('kraken', { ...QUICK, address: silent.address, timeoutMs: 100, retries: 0 }))!;
  await expect(client.greet()).rejects.toThrow('timed out');
  expect(silent.asked).toHaveLength(1);
  await expect.poll(() => silent.waiting).toBe(0);
});
