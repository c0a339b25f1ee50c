import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { INSTRUMENT_ROW } from '#tests/fixtures/bybit-messages.ts';
import { ScriptedBybit } from '#tests/venues/scripted-bybit.ts';
import { BybitMarket } from './bybit.ts';
import { candlePages } from './history.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const HOUR = TIMEFRAME_MS['1h'];
const START = Date.UTC(2026, 0, 5) as EpochMs;
const QUICK = { clock: systemClock, random: systemRandom, timeoutMs: 400, retries: 1, firstPauseMs: 1 };

let bybit: ScriptedBybit;

beforeEach(async () => {
  bybit = await ScriptedBybit.open();
  onTestFinished(() => bybit.close());
  const future = { ...INSTRUMENT_ROW, symbol: 'BTCUSDT-26DEC26', contractType: 'LinearFutures' };
  bybit.on('/v5/market/instruments-info', { result: { list: [INSTRUMENT_ROW, future], nextPageCursor: '' } });
});

async function open(): Promise<BybitMarket> {
  const market = await BybitMarket.open({ ...QUICK, address: bybit.address });
  onTestFinished(() => market.close());
  return market;
}

/** Bybit's own way: so many from `start` on, newest first. */
function listOf(query: URLSearchParams, until: number) {
  const rows: string[][] = [];
  for (let at = Number(query.get('start')); at <= until && rows.length < Number(query.get('limit')); at += HOUR) {
    rows.push([String(at), '100.5', '102', '99', '101', '5.25', '530']);
  }
  return { result: { list: rows.toReversed() } };
}

test('has the perpetual, not the spot market and no future', async () => {
  const market = await open();
  const { tick, lot, symbol } = market.instrument(BTC)!;
  expect([symbol, formatDecimal(tick), formatDecimal(lot)]).toEqual([BTC, '0.1', '0.001']);
  expect(market.instrument('ETH/USDT' as MarketSymbol)).toBeUndefined();
  expect([market.id, market.aheadMs]).toEqual(['bybit-linear', 0]);
});

test('gives its candles oldest first, as many pages as there are', async () => {
  const now = (START + 2500 * HOUR + 60_000) as EpochMs;
  bybit.on('/v5/market/kline', ({ query }) => listOf(query, now));
  const market = await open();
  const wanted = { symbol: BTC, timeframe: '1h', from: START, to: (now + HOUR) as EpochMs } as const;
  const times: number[] = [];
  for await (const page of candlePages(market, wanted, () => now)) times.push(...page.map(({ openTime }) => openTime));
  expect(times).toEqual(Array.from({ length: 2501 }, (_, k) => START + k * HOUR));
  expect(bybit.askedOf('/v5/market/kline').map(({ query }) => query.get('category'))).toEqual(Array(3).fill('linear'));
  expect(bybit.askedOf('/v5/market/kline')[0]!.headers['x-bapi-sign']).toBeUndefined();
});

test.each([
  { name: 'an error', reply: { retCode: 10016 } },
  { name: 'no list', reply: { result: {} } },
  { name: 'a page of HTML', reply: { status: 200, page: '<html>' } },
  { name: 'prices that are none', reply: { result: { list: [[String(START), 'NaN', '1', '1', '1', '1', '1']] } } },
] as const)('no candles are told for $name', async ({ reply }) => {
  bybit.on('/v5/market/kline', reply);
  await expect((await open()).candles(BTC, '1h', START)).rejects.toThrow(MarketUnavailable);
  // Once more, since it may pass.
  expect(bybit.askedOf('/v5/market/kline')).toHaveLength(2);
});

test('a symbol that it does not have is told of', async () => {
  await expect((await open()).candles('ETH/USDT' as MarketSymbol, '1h', START)).rejects.toThrow(SeriesUnavailable);
});

test('one that does not answer cannot be opened', async () => {
  bybit.on('/v5/market/instruments-info', { status: 403, page: 'no' });
  await expect(open()).rejects.toThrow(MarketUnavailable);
});
