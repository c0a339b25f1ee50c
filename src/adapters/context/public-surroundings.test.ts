import { expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { epochMs } from '#core/time.ts';
import type { Coin, ContextSource, Known } from '#ports/context.ts';
import type { LiveQueries } from '#ports/market-data.ts';
import { VirtualClock } from '../clock/virtual.ts';
import { PublicSurroundings } from './public-surroundings.ts';

const NOW = epochMs(1_700_000_000_000);
const BTC = 'BTC/USDT' as MarketSymbol;
const ETH = 'ETH/USDT' as MarketSymbol;
const missing: Known<never> = { kind: 'missing', why: 'nobody asked' };
const coin = { kind: 'known', value: { priceUsd: 5 } as Coin, at: NOW } as const;

const context: ContextSource = {
  read: async () => ({ fearGreed: missing, market: missing, coins: new Map([['BTC', coin]]) }),
  close: () => undefined,
};
const tickers = () => Promise.reject(new Error('not asked for'));

function surroundings(fundingRates?: LiveQueries['fundingRates']) {
  const queries: LiveQueries = fundingRates ? { tickers, fundingRates } : { tickers };
  return new PublicSurroundings(context, queries, new VirtualClock(NOW, 1));
}

test('what is known of a symbol is that of its coin and its contract', async () => {
  const rate = { rate: 0.0001, dueAt: undefined, intervalMs: undefined };
  const source = surroundings(async () => ({ rows: new Map([[BTC, rate]]), missing: new Map([[ETH, 'it has none']]) }));
  expect(await source.around(BTC)).toEqual({
    fearGreed: missing,
    market: missing,
    coin,
    funding: { kind: 'known', value: rate, at: NOW },
  });
  expect(await source.around(ETH)).toMatchObject({
    coin: { kind: 'missing', why: 'ETH is no coin it knows' },
    funding: { kind: 'missing', why: 'it has none' },
  });
});

test.each([
  { name: 'a market that tells of none', rates: undefined, why: 'the market tells of none' },
  { name: 'one that does not answer', rates: () => Promise.reject(new Error('gone')), why: 'gone' },
])('$name leaves the funding missing, and the rest as it is', async ({ rates, why }) => {
  expect(await surroundings(rates).around(BTC)).toMatchObject({ coin, funding: { kind: 'missing', why } });
});
