import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { MarketSymbol } from '#core/bots.ts';
import { formatDecimal } from '#core/money.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { candlesFrom, tradesFrom } from '#tests/exchanges/kraken-prices.ts';
import { LoopbackKraken, lastPriceOf, type Mishap } from '#tests/exchanges/loopback-kraken.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { CCXT_DEFAULTS, CcxtClient, type CcxtOptions } from './client.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const HOUR = TIMEFRAME_MS['1h'];
const NOW = Date.UTC(2026, 0, 5, 12, 30);
const QUICK = { ...CCXT_DEFAULTS, timeoutMs: 300, retries: 2, firstPauseMs: 1, betweenMs: 1 };

let kraken: LoopbackKraken;

beforeEach(async () => {
  kraken = await LoopbackKraken.open(() => NOW);
  onTestFinished(() => kraken.close());
});

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
  expect([tick, lot, minQuantity, minNotional].map(formatDecimal)).toEqual(['0.1', '0.00000001', '0.00005', '5']);
  expect((await connect()).instrument('NO/SUCH' as MarketSymbol)).toBeUndefined();
});

test('candles begin where they are asked for and end with the open one', async () => {
  const from = (NOW - (NOW % HOUR) - 5 * HOUR) as EpochMs;
  const candles = await (await connect()).candles(BTC, '1h', from);
  expect(candles).toEqual(candlesFrom('XBTUSDT', '1h', from, NOW + HOUR, NOW));
  expect(candles).toHaveLength(6);
  expect(kraken.askedOf('OHLC').map(String)).toEqual([
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
  expect(await client.candlesBetween(range)).toEqual(candlesFrom('XBTUSDT', '1h', from, NOW - (NOW % HOUR), NOW));
  const part = { ...range, to: (from + 2 * HOUR) as EpochMs };
  expect((await client.candlesBetween(part)).map(({ openTime }) => openTime)).toEqual([from, from + HOUR]);
});

test('prices of all symbols come in one call, and what it does not have is missing', async () => {
  const client = await connect();
  const symbols = ['BTC/USDT', 'ETH/USDT', 'NO/SUCH', 'BTC/USD'] as MarketSymbol[];
  const { rows, missing } = await client.tickers(symbols);
  expect(kraken.askedOf('Ticker').map((query) => query.get('pair'))).toEqual(['XBTUSDT,ETHUSDT,XXBTZUSD']);
  expect([...rows.keys()]).toEqual(['BTC/USDT', 'ETH/USDT', 'BTC/USD']);
  const last = lastPriceOf('XBTUSDT', NOW);
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
  kraken.tradesPerPage = 50;
  const { trades } = await connect();
  const from = (NOW - 2 * HOUR) as EpochMs;
  const all = [];
  for (let after = trades!.before(from), length = -1; length !== all.length; ) {
    length = all.length;
    const page = await trades!.page(BTC, after);
    all.push(...page.trades);
    after = page.next;
  }
  expect(all).toEqual(tradesFrom('XBTUSDT', from, NOW, Number.POSITIVE_INFINITY));
  expect(kraken.askedOf('Trades').length).toBeGreaterThan(3);
});

test('the clock of an exchange that goes ahead is known', async () => {
  const client = await connect();
  kraken.now = () => Date.now() + 90_000;
  await client.greet();
  expect(Math.abs(client.aheadMs - 90_000)).toBeLessThan(2000);
  kraken.now = () => Date.now();
  await client.greet();
  expect(client.aheadMs).toBe(0);
});

describe('what passes is asked again', () => {
  test.each<Mishap>(['too many requests', 'HTTP 503', 'cut', 'silence', 'HTML'])('%s', async (mishap) => {
    const client = await connect();
    kraken.fail(mishap, mishap);
    expect(await client.candles(BTC, '1h', (NOW - 2 * HOUR) as EpochMs)).not.toEqual([]);
    expect(kraken.askedOf('OHLC')).toHaveLength(3);
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
    kraken.fail(mishap, mishap, mishap, mishap);
    const read = client.candles(BTC, '1h', (NOW - 2 * HOUR) as EpochMs);
    await expect(read).rejects.toThrow(MarketUnavailable);
    await expect(read).rejects.toThrow(/^Cannot (read|use) 1h candles of BTC\/USDT (from|of) Kraken as .*; [^\n]+$/);
    await expect(read).rejects.toThrow(says);
    expect(kraken.askedOf('OHLC')).toHaveLength(times);
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
  expect(kraken.askedOf('OHLC')).toEqual([]);
});

test('requests keep the distance that the exchange asks for', async () => {
  const client = await connect({ betweenMs: 120, timeoutMs: 10_000 });
  const from = NOW as EpochMs;
  await Promise.all([
    client.candles(BTC, '1h', from),
    client.candles(BTC, '1h', from),
    client.candles(BTC, '1h', from),
  ]);
  const times = kraken.asked.filter(({ what }) => what.startsWith('OHLC')).map(({ at }) => at);
  // Kraken counts 1.2 for candles.
  expect(times[2]! - times[0]!).toBeGreaterThan(2 * 1.2 * 120 - 30);
});

test('nothing is asked again for who asks again anyway', async () => {
  const client = await connect();
  client.repeats = false;
  kraken.fail('cut');
  await expect(client.candles(BTC, '1h', NOW as EpochMs)).rejects.toThrow(MarketUnavailable);
  expect(kraken.askedOf('OHLC')).toHaveLength(1);
});

test('one that was closed ends what it waits for', async () => {
  const client = await connect({ timeoutMs: 60_000 });
  kraken.fail('silence');
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
