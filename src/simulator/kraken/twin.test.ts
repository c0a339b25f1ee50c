import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';
import { BTC, openKraken } from '#tests/builders/loopback-kraken.ts';
import { inventedPrices } from '#tests/builders/loopback-services.ts';

const MINUTE = TIMEFRAME_MS['1m'];

test('markets have the names, steps and minimums that Kraken gives them', async () => {
  const { client, ask } = await openKraken();
  await client.loadMarkets();
  expect(client.symbols).toEqual(['BTC/USD', 'BTC/USDT', 'DOGE/USD']);
  expect(['BTC/USD', BTC, 'DOGE/USD'].map((symbol) => client.market(symbol).id)).toEqual([
    'XXBTZUSD',
    'XBTUSDT',
    'XDGUSD',
  ]);
  expect(client.market(BTC)).toMatchObject({
    precision: { price: 0.1, amount: 1e-8 },
    limits: { amount: { min: 0.00005 }, cost: { min: 0.5 } },
    active: true,
  });
  expect(await ask('AssetPairs?pair=XBTUSD')).toMatchObject({ error: [], result: { XXBTZUSD: { wsname: 'XBT/USD' } } });
  expect(await ask('Assets?asset=XBT')).toMatchObject({ error: [], result: { XXBT: { altname: 'XBT' } } });
});

test.each<Timeframe>(['1m', '1h', '4h'])(
  "%s candles are the market's own, and the running one is last",
  async (timeframe) => {
    const { client, series, simulator } = await openKraken();
    const { now } = simulator.line;
    const closed = series.closed(timeframe)!;
    const from = Math.max(0, closed.length - 10);
    const rows = await client.fetchOHLCV(BTC, timeframe, closed.openTimeAt(from));
    const expected = Array.from({ length: closed.length - from }, (_, k) => closed.at(from + k));
    expect(rows).toEqual(
      [...expected, series.running(timeframe, now)!].map(({ openTime, open, high, low, close, volume }) => [
        openTime,
        ...[open, high, low, close],
        Number(volume.toFixed(8)),
      ]),
    );
  },
);

test('candles reach back 720 and no farther, and the last committed one is named', async () => {
  const { ask, simulator } = await openKraken();
  const { result } = await ask('OHLC?pair=XBTUSD&interval=1&since=0');
  const seconds = simulator.line.now / 1000;
  expect(Object.keys(result)).toEqual(['XXBTZUSD', 'last']);
  expect(result.XXBTZUSD).toHaveLength(720);
  expect(result.XXBTZUSD.at(-1)).toEqual([seconds, ...Array(4).fill(expect.any(String)), '0.0', '0.00000000', 0]);
  expect(result.last).toBe(seconds - 60);
  const next = await ask(`OHLC?pair=XBTUSD&since=${result.last}`);
  expect(next.result.XXBTZUSD).toHaveLength(1);
  expect((await ask('OHLC?pair=XBTUSD&since=99999999999')).result.XXBTZUSD).toHaveLength(1);
});

test('minutes that the market left out are flat', async () => {
  const candle = (minute: number, price: number) => ({
    openTime: (Date.UTC(2026, 0, 5) + minute * MINUTE) as EpochMs,
    ...{ open: price, high: price, low: price, close: price, volume: 1 },
  });
  const left = [candle(0, 1), candle(1, 2), candle(4, 3), candle(5, 4)];
  const { calendar } = inventedPrices(BTC, 1, '1');
  const gappy = { symbol: BTC as MarketSymbol, timeframe: '1m' as const, calendar, next: () => left.shift() };
  const { ask } = await openKraken({}, { prices: [gappy], history: 3 });
  const { result } = await ask('OHLC?pair=XBTUSDT');
  expect(result.XBTUSDT.map(([, , , , close, , volume]) => `${close} ${volume}`)).toEqual([
    '1.0 1.00000000',
    '2.0 1.00000000',
    '2.0 0.00000000',
    '2.0 0.00000000',
    '3.0 1.00000000',
    '4.0 0.00000000',
  ]);
});

test('trades make the candles that they come from, page by page', async () => {
  const { ask, series } = await openKraken({ tradesPerPage: 100 });
  const made = new TradeCandles('1m');
  const candles = [];
  const first = series.candles.length - 100;
  let since = String(BigInt(series.candles.openTimeAt(first)) * 1_000_000n - 1n);
  for (;;) {
    const { result } = await ask(`Trades?pair=XBTUSDT&since=${since}`);
    const page = result.XBTUSDT;
    for (const [price, amount, seconds] of page) {
      candles.push(...made.take(Math.round(Number(seconds) * 1000) as EpochMs, Number(price), Number(amount)));
    }
    since = String(result.last);
    if (page.length === 0) break;
    expect(page.length).toBe(100);
  }
  candles.push(...made.end(series.openTime as EpochMs));
  expect(candles).toEqual(Array.from({ length: 100 }, (_, k) => series.candles.at(first + k)));
});

test('without a time the newest trades are given; with one in seconds, those after it', async () => {
  const { ask, client, series } = await openKraken();
  const newest = (await ask('Trades?pair=XBTUSDT&count=5')).result.XBTUSDT;
  expect(newest.at(-1)![6]).toBe(series.candles.length * 4);
  const trades = await client.fetchTrades(BTC, series.candles.openTimeAt(series.candles.length - 2));
  expect(trades.map(({ id }) => Number(id))).toEqual([6, 5, 4, 3, 2, 1, 0].map((k) => series.candles.length * 4 - k));
});

test('a ticker: the last 24 hours, but the open is that of midnight', async () => {
  const { client, series, simulator } = await openKraken();
  const { candles } = series;
  const { now } = simulator.line;
  const day = Array.from({ length: 1440 }, (_, k) => candles.at(candles.length - 1440 + k));
  const { [BTC]: ticker, ...others } = await client.fetchTickers();
  expect(Object.keys(others)).toEqual(['BTC/USD', 'DOGE/USD']);
  const last = series.lastPrice(now);
  const midnight = candles.at(candles.indexAt(now - (now % TIMEFRAME_MS['1d'])));
  expect(ticker).toMatchObject({
    last,
    open: midnight.open,
    high: Math.max(...day.map(({ high }) => high), last),
    low: Math.min(...day.map(({ low }) => low), last),
    bid: expect.closeTo(last - 0.1, 6),
    ask: expect.closeTo(last + 0.1, 6),
    percentage: expect.closeTo((last / midnight.open - 1) * 100, 6),
  });
  expect(ticker!.baseVolume).toBeCloseTo(
    day.reduce((sum, { volume }) => sum + volume, 0),
    6,
  );
});

test('a book has a level for each step of the price', async () => {
  const { client, series, simulator } = await openKraken();
  const { bids, asks } = await client.fetchOrderBook(BTC, 3);
  const last = series.lastPrice(simulator.line.now);
  expect(bids.map(([price]) => price)).toEqual([1, 2, 3].map((k) => expect.closeTo(last - k / 10, 6)));
  expect(asks.map(([price]) => price)).toEqual([1, 2, 3].map((k) => expect.closeTo(last + k / 10, 6)));
});

test('the time is that of its own clock, and its status can be changed', async () => {
  const { client, simulator } = await openKraken();
  const kraken = simulator.service('kraken');
  kraken.conditions.skewMs = 90_000;
  expect(Math.abs((await client.fetchTime())! - Date.now() - 90_000)).toBeLessThan(5000);
  expect(await client.fetchStatus()).toMatchObject({ status: 'ok' });
  kraken.command('status', { status: 'cancel_only' });
  expect(await client.fetchStatus()).toMatchObject({ status: 'maintenance' });
});

test.each([
  { path: 'OHLC?pair=NOSUCH', error: 'EQuery:Unknown asset pair' },
  { path: 'Ticker?pair=XBTUSDT,NOSUCH', error: 'EQuery:Unknown asset pair' },
  { path: 'Assets?asset=NOSUCH', error: 'EQuery:Unknown asset' },
  { path: 'OHLC?pair=XBTUSDT&interval=2', error: 'EGeneral:Invalid arguments' },
  { path: 'Trades?pair=XBTUSDT&since=x', error: 'EGeneral:Invalid arguments' },
  { path: 'Depth?pair=XBTUSDT&count=0', error: 'EGeneral:Invalid arguments' },
  { path: 'Nothing', error: 'EGeneral:Unknown method' },
])('errors come with HTTP 200: $path', async ({ path, error }) => {
  const { simulator } = await openKraken();
  const answer = await fetch(`${simulator.services[0]!.address}/0/public/${path}`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ error: [error] });
});

test('who asks too fast is told so, and may go on a little later', async () => {
  let mono = 0;
  const { ask, simulator } = await openKraken({}, { clock: { ...systemClock, mono: () => mono } });
  simulator.services[0]!.conditions.rateLimits = true;
  for (let k = 0; k < 15; k++) expect((await ask('Time')).error).toEqual([]);
  expect((await ask('Time')).error).toEqual(['EGeneral:Too many requests']);
  mono += 1000;
  expect((await ask('Time')).error).toEqual([]);
});

test('in lock-step, asking for the running candle closes it', async () => {
  const { client, simulator, series } = await openKraken({}, { pace: 'lock-step' });
  const { openTime } = series;
  await client.fetchOHLCV(BTC, '1m', openTime - 60_000);
  expect(simulator.line.now).toBe(openTime);
  await client.fetchOHLCV(BTC, '1m', openTime);
  expect(simulator.line.now).toBe(openTime + MINUTE);
});
