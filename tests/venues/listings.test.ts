import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { AlpacaMarket } from '#adapters/market-data/alpaca.ts';
import { BYBIT_LINEAR } from '#adapters/market-data/bybit.ts';
import { BYBIT, BybitListings } from '#adapters/market-data/bybit-listings.ts';
import { CCXT_DEFAULTS, CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import { coins, openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';

const CALLS = { clock: systemClock, random: systemRandom, retries: 0 };
const [BTC, BTC_PERPETUAL, ETH_PERPETUAL, NOWHERE] = [
  'BTC/USDT',
  'BTC/USDT:USDT',
  'ETH/USDT:USDT',
  'NO/SUCH',
] as MarketSymbol[] as [MarketSymbol, MarketSymbol, MarketSymbol, MarketSymbol];

async function bybit(id: typeof BYBIT | typeof BYBIT_LINEAR = BYBIT) {
  const prices = [scripted('BTC/USDT', still(60_000, 40)), scripted('ETH/USDT', still(3_000, 40))];
  const simulator = await openBybit(prices, { history: 20 });
  const { address, conditions } = simulator.service('bybit');
  conditions.rateLimits = false;
  const market = await BybitListings.open(id, { ...CALLS, address });
  onTestFinished(() => market.close());
  return { simulator, address, market };
}

test('Bybit lists its pairs and its perpetuals as CCXT does, but for the fees', async () => {
  const { market, address } = await bybit();
  const ccxt = (await CcxtClient.load('bybit', { ...CCXT_DEFAULTS, address, betweenMs: 1 }))!;
  await ccxt.loadMarkets();
  const listings = market.listings();
  expect(listings.map(({ instrument }) => instrument.symbol)).toEqual([BTC, BTC_PERPETUAL, 'ETH/USDT', ETH_PERPETUAL]);
  const without = ({ makerFeeRate: _, takerFeeRate: __, ...rest }: (typeof listings)[number]) => rest;
  expect(listings.map(without)).toMatchObject(ccxt.listings().map(without));
  expect(listings.map(({ makerFeeRate, takerFeeRate }) => [makerFeeRate, takerFeeRate])).toEqual([
    [0.001, 0.001],
    [0.0002, 0.00055],
    [0.001, 0.001],
    [0.0002, 0.00055],
  ]);
});

test('its perpetuals alone have the names that bots call them by', async () => {
  const { market, simulator } = await bybit(BYBIT_LINEAR);
  expect(market.listings().map(({ instrument, contract }) => [instrument.symbol, contract])).toEqual([
    ['BTC/USDT', 'perpetual'],
    ['ETH/USDT', 'perpetual'],
  ]);
  const { rows } = await market.fundingRates([BTC]);
  expect(rows.get(BTC)).toMatchObject({ intervalMs: 8 * 3_600_000 });
  expect(simulator.journal.list({ route: 'GET /v5/market/instruments-info' })).toHaveLength(1);
});

test('prices and funding are those of the category that was asked for, each read once', async () => {
  const { market, simulator } = await bybit();
  const { rows, missing } = await market.tickers([BTC, BTC_PERPETUAL, ETH_PERPETUAL, NOWHERE]);
  expect([...rows.keys()]).toEqual([BTC, BTC_PERPETUAL, ETH_PERPETUAL]);
  expect(rows.get(ETH_PERPETUAL)).toMatchObject({ last: 3_000 });
  expect(missing).toEqual(new Map([[NOWHERE, 'Bybit does not have it']]));
  expect(simulator.journal.list({ route: 'GET /v5/market/tickers' })).toHaveLength(2);
  const funding = await market.fundingRates([BTC, BTC_PERPETUAL]);
  expect([...funding.rows.keys()]).toEqual([BTC_PERPETUAL]);
  expect(Number.isFinite(funding.rows.get(BTC_PERPETUAL)!.rate)).toBe(true);
  expect(funding.missing).toEqual(new Map([[BTC, 'only perpetual contracts have funding']]));
});

test.each(['{"retCode":0,"result":{}}', '{"retCode":0,"result":{"list":[{"symbol":"BTCUSDT"}]}}', '<html>'])(
  'an answer that is none is never an empty list: %s',
  async (body) => {
    const { market, simulator, address } = await bybit();
    const answer = { kind: 'answer', status: 200, body } as const;
    simulator.faults.set({ service: 'bybit', route: 'GET /v5/market/*', fault: answer });
    await expect(market.tickers([BTC_PERPETUAL])).rejects.toThrow(MarketUnavailable);
    await expect(market.fundingRates([BTC_PERPETUAL])).rejects.toThrow(MarketUnavailable);
    await expect(BybitListings.open(BYBIT, { ...CALLS, address })).rejects.toThrow(MarketUnavailable);
  },
);

test('Alpaca lists its shares and its coins, with their sessions', async () => {
  const { service } = await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)]);
  const credentials = { key: 'testkey', secret: 'testsecret' };
  const access = { host: 'paper-api', credentials, address: service.address } as const;
  const market = await AlpacaMarket.open(access, CALLS);
  onTestFinished(() => market.close());
  const listings = market.listings();
  expect(
    listings.map(({ instrument, contract, unit, settle, makerFeeRate, takerFeeRate, isActive }) => [
      instrument.symbol,
      instrument.calendar,
      [contract, unit, settle],
      [makerFeeRate, takerFeeRate],
      isActive,
    ]),
  ).toEqual([
    ['BTC/USD', 'always', ['spot', 'BTC', undefined], [0.0015, 0.0025], true],
    ['SPY/USD', 'us-stocks', ['spot', 'SPY', undefined], [0, 0], true],
  ]);
  const symbols = listings.map(({ instrument }) => instrument.symbol);
  expect([...(await market.tickers(symbols)).rows.keys()].toSorted()).toEqual(symbols);
  expect((await market.fundingRates(symbols)).missing.size).toBe(2);
});
