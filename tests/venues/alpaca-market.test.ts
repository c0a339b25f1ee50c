import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { AlpacaMarket } from '#adapters/market-data/alpaca.ts';
import { closedCount } from '#adapters/market-data/closed.ts';
import { Tape } from '#adapters/market-data/tape.ts';
import { ToldTime } from '#adapters/market-data/told-time.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { loadConfig } from '#server/config.ts';
import { openMarket } from '#server/markets/exchanges.ts';
import type { PriceStream } from '#simulator/price-streams.ts';
import type { SimulatorOptions } from '#simulator/simulator.ts';
import {
  coins,
  FIRST_DAY_MINUTES,
  openAlpaca,
  type Row,
  SHORT_DAY_CLOSE,
  SHORT_DAY_OPEN,
  shares,
  sharesOfAllHours,
} from '#tests/builders/alpaca-exchange.ts';

const SPY = 'SPY/USD' as MarketSymbol;
const BTC = 'BTC/USD' as MarketSymbol;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIRST_DAY_OPEN = (SHORT_DAY_OPEN - 24 * HOUR) as EpochMs;
const WHOLE_DAYS = FIRST_DAY_MINUTES + 210;

async function open(streams: readonly PriceStream[], options: Partial<SimulatorOptions> = {}, key = 'testkey') {
  const twin = await openAlpaca(streams, options);
  twin.service.conditions.rateLimits = false;
  const market = await AlpacaMarket.open(
    { host: 'paper-api', credentials: { key, secret: 'testsecret' }, address: twin.service.address },
    { clock: systemClock, random: systemRandom, retries: 0 },
  );
  onTestFinished(() => market.close());
  return { ...twin, market };
}

const shown = (at: number) => new Date(at).toISOString().slice(0, 16);

test.each<{ timeframe: Timeframe; from: EpochMs; opens: string[] }>([
  { timeframe: '30m', from: (SHORT_DAY_CLOSE - HOUR) as EpochMs, opens: ['2025-07-03T16:00', '2025-07-03T16:30'] },
  // Counted from the session's open: the last one lasts half an hour.
  {
    timeframe: '1h',
    from: SHORT_DAY_OPEN,
    opens: ['2025-07-03T13:30', '2025-07-03T14:30', '2025-07-03T15:30', '2025-07-03T16:30'],
  },
  { timeframe: '4h', from: FIRST_DAY_OPEN, opens: ['2025-07-02T13:30', '2025-07-02T17:30', '2025-07-03T13:30'] },
  // Alpaca stamps them at midnight in New York.
  { timeframe: '1d', from: FIRST_DAY_OPEN, opens: ['2025-07-02T13:30', '2025-07-03T13:30'] },
  { timeframe: '1d', from: SHORT_DAY_OPEN, opens: ['2025-07-03T13:30'] },
  { timeframe: '1w', from: (FIRST_DAY_OPEN - 48 * HOUR) as EpochMs, opens: ['2025-06-30T13:30'] },
])('$timeframe candles of a share lie in its sessions', async ({ timeframe, from, opens }) => {
  const { market } = await open([shares('SPY', 600)], { history: WHOLE_DAYS });
  const candles = await market.candles(SPY, timeframe, from);
  expect(candles.map(({ openTime }) => shown(openTime))).toEqual(opens);
  // Each is one that a bot's candles take.
  const taken = new Candles(timeframe, undefined, 0, US_STOCKS);
  for (const candle of candles) taken.append(candle);
});

test('minutes have the figures of their bars, and hours those of all that is in them', async () => {
  const rows: Row[] = [
    [600, 602, 599, 601, 7],
    [601, 603, 601, 602, 9],
  ];
  const { market } = await open([shares('SPY', 600, rows)], { history: WHOLE_DAYS });
  const minutes = await market.candles(SPY, '1m', (SHORT_DAY_OPEN + MINUTE) as EpochMs);
  expect(minutes[0]).toMatchObject({ open: 600, high: 602, low: 599, close: 601, volume: 7 });
  const [hour] = await market.candles(SPY, '1h', SHORT_DAY_OPEN);
  expect(hour).toMatchObject({ open: 600, high: 603, low: 599, close: 600, volume: 58 * 100 + 16 });
});

test('what is traded before and after hours is left out', async () => {
  const twin = await open([sharesOfAllHours('SPY', 600)], { history: 400 });
  twin.service.command('asset', { symbol: 'SPY/USD', class: 'us_equity' });
  const { market } = await open([sharesOfAllHours('SPY', 600)], { history: 400 });
  // A series of all hours is one of coins for the twin until it is told otherwise.
  expect(market.instrument(SPY)?.calendar).toBe('always');
  const later = await AlpacaMarket.open(
    { host: 'paper-api', credentials: { key: 'testkey', secret: 'testsecret' }, address: twin.service.address },
    { clock: systemClock, random: systemRandom },
  );
  onTestFinished(() => later.close());
  const opens = (await later.candles(SPY, '1m', (SHORT_DAY_OPEN - HOUR) as EpochMs)).map(({ openTime }) => openTime);
  expect([opens[0], opens.at(-1)]).toEqual([SHORT_DAY_OPEN, SHORT_DAY_CLOSE - MINUTE]);
});

test('coins have candles at all hours, and prices come in one call for each kind', async () => {
  const { market, simulator } = await open([shares('SPY', 600), coins('BTC/USD', 60_000)]);
  const candles = await market.candles(BTC, '1m', (SHORT_DAY_OPEN - 2 * MINUTE) as EpochMs);
  expect(candles.map(({ openTime }) => shown(openTime))).toEqual([
    '2025-07-03T13:28',
    '2025-07-03T13:29',
    '2025-07-03T13:30',
  ]);
  const before = simulator.journal.list().length;
  const { rows, missing } = await market.tickers([SPY, BTC, 'XYZ/USD' as MarketSymbol]);
  expect(rows.get(SPY)).toMatchObject({ last: 600, bid: 599.99, ask: 600.01, at: simulator.line.now });
  expect(rows.get(BTC)).toMatchObject({ last: 60_000 });
  expect([...missing.keys()]).toEqual(['XYZ/USD']);
  expect(simulator.journal.list().length - before).toBe(2);
});

test('market time goes on over a close as candles are asked for', async () => {
  const { market, simulator } = await open([shares('SPY', 600)], { history: WHOLE_DAYS - 1, pace: 'lock-step' });
  const told = new ToldTime(market, await market.marketTime(SPY, '1m'));
  const last = (SHORT_DAY_CLOSE - MINUTE) as EpochMs;
  expect(told.toldTime()).toBe(last);
  const candles = await told.candles(SPY, '1m', last);
  expect(candles.map(({ openTime }) => openTime)).toEqual([last]);
  expect(told.toldTime()).toBe(SHORT_DAY_CLOSE);
  expect(closedCount(candles, { timeframe: '1m', calendar: US_STOCKS }, told.toldTime(), 0)).toBe(1);
  const next = await told.candles(SPY, '1m', SHORT_DAY_CLOSE);
  expect(shown(next[0]!.openTime)).toBe('2025-07-07T13:30');
  expect(told.toldTime()).toBe(simulator.line.now);
});

test('a minute without a trade, and a night, hold nothing up', () => {
  const candle = (openTime: number) => ({
    openTime: openTime as EpochMs,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
  });
  const tape = new Tape(
    { calendar: 'us-stocks' } as Tape['instrument'],
    new Candles('1m', undefined, 0, US_STOCKS),
    SHORT_DAY_OPEN,
  );
  const at = (minutes: number) => (SHORT_DAY_OPEN + minutes * MINUTE) as EpochMs;
  tape.take([candle(at(0))], at(1.5), 10_000);
  expect([tape.completeTo, tape.due]).toEqual([at(1), at(2)]);
  // The second minute never comes: after a while without news it is passed over.
  tape.take([], at(2.5), 10_000);
  tape.take([], at(3.01), 10_000);
  expect(tape.due).toBe(at(3));
  tape.take([candle(SHORT_DAY_CLOSE - MINUTE)], (SHORT_DAY_CLOSE + MINUTE) as EpochMs, 10_000);
  expect([tape.candles.length, shown(tape.due)]).toEqual([2, '2025-07-07T13:31']);
  for (const hours of [1, 2, 60]) tape.take([], (SHORT_DAY_CLOSE + hours * HOUR) as EpochMs, 10_000);
  expect(shown(tape.due)).toBe('2025-07-07T13:31');
});

test('what cannot be is said with what to do', async () => {
  const { market } = await open([shares('SPY', 600)]);
  await expect(market.candles('NOSUCH/USD' as MarketSymbol, '1m', SHORT_DAY_OPEN)).rejects.toThrow(SeriesUnavailable);
  await expect(open([shares('SPY', 600)], {}, 'nobody')).rejects.toThrow(MarketUnavailable);
  await expect(openMarket('alpaca', loadConfig({}))).rejects.toThrow('set AUTOTRADER_CCXT_KEY to alpaca:KEY:SECRET');
});
