import { describe, expect, onTestFinished, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { SeriesUnavailable } from '#ports/market-data.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { CCXT_DEFAULTS, CcxtClient } from './client.ts';
import { exchangeIds, loadExchange } from './library.ts';
import { volumeUnit } from './volumes.ts';

const PERPETUAL = 'BTC/USDT:USDT' as MarketSymbol;
const BTC = 'BTC/USDT' as MarketSymbol;
const marketOf = (contractSize: number, rest: object = {}) => ({
  [PERPETUAL]: { contract: true, linear: true, inverse: false, contractSize, ...rest },
  [BTC]: { contract: false, spot: true, contractSize: undefined },
});
const exchange = (id: string) => ({ id, name: id.toUpperCase() });

describe('a unit of the volume', () => {
  test.each([
    { name: 'counts contracts where the exchange does', id: 'gate', market: marketOf(0.0001), unit: 0.0001 },
    { name: 'counts the base where CCXT takes that', id: 'okx', market: marketOf(0.01), unit: 1 },
    { name: 'is the same where a contract is one of the base', id: 'unheard-of', market: marketOf(1), unit: 1 },
    { name: 'is not asked of contracts in the quote', id: 'x', market: marketOf(10, { inverse: true }), unit: 1 },
    { name: 'is not asked of what is not listed', id: 'x', market: {}, unit: 1 },
  ])('$name', ({ id, market, unit }) => {
    expect(volumeUnit(exchange(id), market, PERPETUAL)).toBe(unit);
    expect(volumeUnit(exchange(id), market, BTC)).toBe(1);
  });

  test('that nobody can tell is refused', () => {
    const ask = () => volumeUnit(exchange('unheard-of'), marketOf(0.001), PERPETUAL);
    expect(ask).toThrow(SeriesUnavailable);
    expect(ask).toThrow('whether their volume counts contracts, which are of 0.001 each: it is not');
  });
});

/** Rows as the exchanges give them (the samples in CCXT's own source), and what was turned over in quote currency. */
const SAMPLES = [
  {
    id: 'mexc',
    row: [1634052300000, 3492.2, 3495.85, 3491.15, 3491.3, 1740],
    contractSize: 0.01,
    turnover: 60_793.623,
  },
  {
    id: 'xt',
    row: { t: 1678168020000, o: '22450.0', c: '22441.5', h: '22450.0', l: '22441.5', a: '312931', v: '702461.58895' },
    contractSize: 0.0001,
    turnover: 702_461.58895,
  },
  {
    id: 'poloniex',
    row: ['84207.02', '84320.85', '84207.02', '84253.83', '3707.5395', '44', '14', '1740770040000', '1740770099999'],
    contractSize: 0.001,
    turnover: 3_707.5395,
  },
] as const;

test.each(SAMPLES)('$id: contracts times their size times the price is the turnover', async (sample) => {
  const { id, row, contractSize, turnover } = sample;
  const library = await loadExchange(id, { enableRateLimit: true, timeout: 1, fetchImplementation: fetch });
  const market = { contract: true, swap: true, spot: false, inverse: false, contractSize };
  const parse = Reflect.get(library, 'parseOHLCV') as (row: unknown, market: object) => readonly number[];
  const [, , high, low, , volume] = parse.call(library, row, market);
  const unit = volumeUnit(exchange(id), { [PERPETUAL]: market }, PERPETUAL);
  expect(turnover / (volume! * unit)).toBeGreaterThanOrEqual(low! * 0.999);
  expect(turnover / (volume! * unit)).toBeLessThanOrEqual(high! * 1.001);
});

test('OKX: the column of the base is taken, not that of contracts', async () => {
  const library = await loadExchange('okx', { enableRateLimit: true, timeout: 1, fetchImplementation: fetch });
  const parse = Reflect.get(library, 'parseOHLCV') as (row: unknown, market: object) => readonly number[];
  const row = ['1678928760000', '24341.4', '24344', '24313.2', '24323', '628', '6.28', '152886', '0'];
  expect(parse.call(library, row, { type: 'swap', swap: true, contract: true })[5]).toBe(6.28);
});

test('only exchanges that CCXT has are told of', () => {
  const ids = exchangeIds();
  const known = ['okx', 'okxus', 'myokx', 'blofin', 'gate', 'mexc', 'xt', 'poloniex'];
  expect(known.filter((id) => !ids.includes(id))).toEqual([]);
});

const CONTRACT = {
  name: 'BTC_USDT',
  type: 'direct',
  quanto_multiplier: '0.0001',
  order_price_round: '0.1',
  mark_price_round: '0.01',
  order_size_min: 1,
  order_size_max: 1_000_000,
  maker_fee_rate: '-0.0001',
  taker_fee_rate: '0.00075',
  leverage_min: '1',
  leverage_max: '125',
  in_delisting: false,
  last_price: '60000',
};

/** As much of Gate's public data as its perpetuals need. */
async function gate(): Promise<CcxtClient> {
  const server = await LoopbackServer.open(({ pathname }) => {
    if (pathname.endsWith('/futures/usdt/contracts')) return { json: [CONTRACT] };
    if (pathname.endsWith('/futures/usdt/candlesticks')) {
      return { json: [{ t: 1736121600, o: '60000', h: '60100', l: '59900', c: '60050', v: 12_345, sum: '74070' }] };
    }
    return { json: [] };
  });
  onTestFinished(() => server.close());
  const client = (await CcxtClient.load('gate', { ...CCXT_DEFAULTS, address: server.address, betweenMs: 1 }))!;
  await client.loadMarkets();
  return client;
}

test('candles of Gate’s perpetuals tell their volume in the base', async () => {
  const candles = await (await gate()).candles(PERPETUAL, '1h', Date.UTC(2025, 0, 6) as EpochMs);
  expect(candles).toEqual([
    { openTime: Date.UTC(2025, 0, 6), open: 60_000, high: 60_100, low: 59_900, close: 60_050, volume: 1.2345 },
  ]);
});
