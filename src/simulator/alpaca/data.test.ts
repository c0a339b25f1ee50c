import { expect, test } from 'vitest';
import {
  coins,
  openAlpaca,
  type Row,
  SHORT_DAY_CLOSE,
  SHORT_DAY_OPEN,
  shares,
  sharesOfAllHours,
} from '#tests/builders/alpaca-exchange.ts';

const ROWS: readonly Row[] = [
  [600, 602, 599, 601, 100],
  [601, 605, 601, 604, 300],
  [604, 604, 590, 595, 100],
];
const FROM = '2025-07-03T13:30:00Z';

test('bars include both ends of what is asked for, symbol by symbol', async () => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600, ROWS), shares('AAPL', 200)]);
  simulator.line.advance(3);
  const { json } = await ask(
    'GET',
    `/v2/stocks/bars?symbols=SPY,AAPL,NONE&timeframe=1Min&start=2025-07-03T13:31:00Z&end=2025-07-03T13:32:00Z`,
  );
  expect(Object.keys(json.bars)).toEqual(['AAPL', 'SPY']);
  expect(json.next_page_token).toBe(null);
  expect(json.bars.SPY).toEqual([
    { t: '2025-07-03T13:31:00Z', o: 600, h: 602, l: 599, c: 601, v: 100, n: 1, vw: 600.666667 },
    { t: '2025-07-03T13:32:00Z', o: 601, h: 605, l: 601, c: 604, v: 300, n: 3, vw: 603.333333 },
  ]);
});

test('one symbol in the path answers a list', async () => {
  const { ask } = await openAlpaca([shares('SPY', 600)]);
  const { json } = await ask('GET', `/v2/stocks/SPY/bars?timeframe=1Min&start=${FROM}`);
  expect(json).toMatchObject({ symbol: 'SPY', bars: [{ t: FROM, c: 600 }], next_page_token: null });
});

test.each(['asc', 'desc'])('pages count bars over all symbols: %s', async (sort) => {
  const { ask } = await openAlpaca([shares('SPY', 600), shares('AAPL', 200)]);
  const query = `symbols=SPY,AAPL&timeframe=1Hour&start=2025-07-02&end=2025-07-03&sort=${sort}&limit=3`;
  const found: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: string = token === '' ? '' : `&page_token=${encodeURIComponent(token)}`;
    const { json } = await ask('GET', `/v2/stocks/bars?${query}${page}`);
    const bars = Object.entries<{ t: string }[]>(json.bars).flatMap(([symbol, some]) =>
      some.map(({ t }) => `${symbol} ${t}`),
    );
    expect(bars.length).toBeLessThanOrEqual(3);
    found.push(...bars);
    token = json.next_page_token;
  }
  const hours = [13, 14, 15, 16, 17, 18, 19].map((hour) => `2025-07-02T${hour}:00:00Z`);
  if (sort === 'desc') hours.reverse();
  expect(found).toEqual(['AAPL', 'SPY'].flatMap((symbol) => hours.map((hour) => `${symbol} ${hour}`)));
});

test.each([
  { timeframe: '5Min', bars: [['2025-07-03T13:30:00Z', 600, 595]] },
  { timeframe: '1Day', bars: [['2025-07-03T04:00:00Z', 600, 595]] },
  { timeframe: '1Week', bars: [] },
  {
    timeframe: '3T',
    bars: [
      ['2025-07-03T13:30:00Z', 600, 604],
      ['2025-07-03T13:33:00Z', 604, 595],
    ],
  },
])('longer bars are made of minutes: $timeframe', async ({ timeframe, bars }) => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600, ROWS)]);
  simulator.line.advance(3);
  const { json } = await ask('GET', `/v2/stocks/SPY/bars?timeframe=${timeframe}&start=2025-07-03`);
  expect((json.bars ?? []).map(({ t, o, c }: { t: string; o: number; c: number }) => [t, o, c])).toEqual(bars);
});

test('weeks begin on Monday and months on the first, in New York', async () => {
  const { ask } = await openAlpaca([shares('SPY', 600)]);
  const at = async (timeframe: string) =>
    (await ask('GET', `/v2/stocks/SPY/bars?timeframe=${timeframe}&start=2025-06-01`)).json.bars;
  expect(await at('1Week')).toMatchObject([{ t: '2025-06-30T04:00:00Z' }]);
  expect(await at('1Month')).toMatchObject([{ t: '2025-07-01T04:00:00Z' }]);
});

test('days of coins are days of UTC, and nobody needs keys for them', async () => {
  const { service } = await openAlpaca([coins('BTC/USD', 60_000)]);
  const answer = await fetch(
    `${service.address}/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=1Day&start=2025-07-03`,
  );
  expect(await answer.json()).toMatchObject({ bars: { 'BTC/USD': [{ t: '2025-07-03T00:00:00Z', c: 60_000 }] } });
  expect((await fetch(`${service.address}/v2/stocks/bars?symbols=SPY`)).status).toBe(401);
});

test('extended hours are in the minutes and not in the day', async () => {
  const { ask, service } = await openAlpaca([sharesOfAllHours('SPY', 600, [[500, 500, 500, 500]])], { history: 40 });
  service.command('asset', { symbol: 'SPY/USD', class: 'us_equity' });
  const minutes = (await ask('GET', '/v2/stocks/SPY/bars?timeframe=1Min&start=2025-07-03')).json.bars;
  expect([minutes.length, minutes[0].t, minutes[0].o]).toEqual([40, '2025-07-03T13:00:00Z', 500]);
  const days = (await ask('GET', '/v2/stocks/SPY/bars?timeframe=1Day&start=2025-07-03')).json.bars;
  expect(days).toMatchObject([{ t: '2025-07-03T04:00:00Z', o: 600 }]);
});

test.each([
  { query: 'symbols=SPY&timeframe=60Min', message: 'invalid timeframe: 60Min' },
  { query: 'symbols=SPY&timeframe=5Month', message: 'invalid timeframe: 5Month' },
  {
    query: 'symbols=SPY&timeframe=1Min&limit=10001',
    message: 'invalid limit: larger than the allowed maximum of 10000',
  },
  { query: 'symbols=SPY&timeframe=1Min&start=soon', message: 'invalid start' },
  { query: 'symbols=SPY&timeframe=1Min&page_token=soon', message: 'invalid page_token' },
  { query: 'timeframe=1Min', message: 'symbols is required' },
])('data refuses $query', async ({ query, message }) => {
  const { ask } = await openAlpaca([shares('SPY', 600)]);
  expect(await ask('GET', `/v2/stocks/bars?${query}`)).toMatchObject({ status: 400, json: { message } });
});

test('a free plan sees the consolidated feed a quarter of an hour late', async () => {
  const { ask } = await openAlpaca([shares('SPY', 600)]);
  const message = 'subscription does not permit querying recent SIP data';
  const query = 'symbols=SPY&timeframe=1Min&feed=sip&start=2025-07-02';
  expect(await ask('GET', `/v2/stocks/bars?${query}`)).toMatchObject({ status: 403, json: { message } });
  expect((await ask('GET', `/v2/stocks/bars?${query}&end=2025-07-02T20:00:00Z`)).status).toBe(200);
  expect((await ask('GET', '/v2/stocks/snapshots?symbols=SPY&feed=sip')).status).toBe(403);
});

test('snapshots, quotes and trades stand where the market does', async () => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600, ROWS), coins('BTC/USD', 60_000)]);
  simulator.line.advance(2);
  const { SPY } = (await ask('GET', '/v2/stocks/snapshots?symbols=SPY')).json;
  expect(SPY).toMatchObject({
    dailyBar: { o: 600, h: 605, c: 604 },
    latestQuote: { bp: 603.99, ap: 604.01 },
    latestTrade: { p: 604, t: '2025-07-03T13:33:00Z' },
    minuteBar: { t: '2025-07-03T13:32:00Z' },
    prevDailyBar: { t: '2025-07-02T04:00:00Z', c: 600 },
  });
  expect((await ask('GET', '/v2/stocks/SPY/quotes/latest')).json).toMatchObject({
    symbol: 'SPY',
    quote: { ap: 604.01 },
  });
  expect((await ask('GET', '/v2/stocks/trades/latest?symbols=SPY')).json).toMatchObject({
    trades: { SPY: { p: 604 } },
  });
  expect((await ask('GET', '/v2/stocks/bars/latest?symbols=SPY')).json).toMatchObject({ bars: { SPY: { c: 604 } } });
  const book = (await ask('GET', '/v1beta3/crypto/us/latest/orderbooks?symbols=BTC/USD')).json;
  expect(book.orderbooks['BTC/USD']).toMatchObject({ b: [{ p: 59_999.999 }], a: [{ p: 60_000.001 }] });
  expect(await ask('GET', '/v1beta3/crypto/us/latest/trades?symbols=BTCUSD')).toMatchObject({ status: 400 });
});

test('in lock-step the next candle waits until it is asked for', async () => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600, ROWS)], { pace: 'lock-step' });
  const ended = async (timeframe: string, start: string) => {
    const { json } = await ask('GET', `/v2/stocks/bars?symbols=SPY&timeframe=${timeframe}&start=${start}`);
    return json.bars.SPY?.at(-1)?.t;
  };
  expect(await ended('1Min', FROM)).toBe(FROM);
  expect(simulator.line.now).toBe(SHORT_DAY_OPEN + 60_000);
  // The running candle.
  expect(await ended('1Min', '2025-07-03T13:31:00Z')).toBe('2025-07-03T13:31:00Z');
  expect(simulator.line.now).toBe(SHORT_DAY_OPEN + 120_000);
  expect(await ended('15Min', FROM)).toBe(FROM);
  expect(simulator.line.now).toBe(SHORT_DAY_OPEN + 15 * 60_000);
  expect(await ended('1Hour', '2025-07-03T13:00:00Z')).toBe('2025-07-03T13:00:00Z');
  expect(simulator.line.now).toBe(SHORT_DAY_OPEN + 30 * 60_000);
});

test('in lock-step, what is asked for from the end of a session on is the next one', async () => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600)], { pace: 'lock-step' });
  simulator.line.advance(209);
  const { json } = await ask('GET', '/v2/stocks/bars?symbols=SPY&timeframe=1Min&start=2025-07-03T17:00:00Z');
  expect(json.bars.SPY).toMatchObject([{ t: '2025-07-07T13:30:00Z' }]);
  // Asking for what is past moves nothing.
  await ask('GET', '/v2/stocks/bars?symbols=SPY&timeframe=1Min&start=2025-07-02&end=2025-07-03');
  expect(simulator.line.now).toBe(Date.UTC(2025, 6, 7, 13, 31));
});

test('clock and calendar tell of the early close', async () => {
  const { ask, simulator } = await openAlpaca([shares('SPY', 600)]);
  expect((await ask('GET', '/v2/clock')).json).toEqual({
    timestamp: '2025-07-03T09:31:00.000000000-04:00',
    is_open: true,
    next_open: '2025-07-07T09:30:00-04:00',
    next_close: '2025-07-03T13:00:00-04:00',
  });
  simulator.line.advance(209);
  expect(simulator.line.now).toBe(SHORT_DAY_CLOSE);
  expect((await ask('GET', '/v2/clock')).json).toMatchObject({
    is_open: false,
    next_open: '2025-07-07T09:30:00-04:00',
  });
  const days = (await ask('GET', '/v2/calendar?start=2025-07-02&end=2025-07-07')).json;
  expect(
    days.map(({ date, open, close, session_open, session_close, settlement_date }: Record<string, string>) =>
      [date, open, close, session_open, session_close, settlement_date].join(' '),
    ),
  ).toEqual([
    '2025-07-02 09:30 16:00 0400 2000 2025-07-03',
    '2025-07-03 09:30 13:00 0400 1700 2025-07-07',
    '2025-07-07 09:30 16:00 0400 2000 2025-07-08',
  ]);
});
