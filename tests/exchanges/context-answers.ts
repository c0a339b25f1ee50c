import type { LoopbackAnswer } from './loopback-server.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** What alternative.me answers: the value of a day that began at 00:00 UTC. */
export function fearGreedAnswer(now: number, row: object = {}): LoopbackAnswer {
  const timestamp = String((now - (now % DAY_MS)) / SECOND_MS);
  const usual = { value: '72', value_classification: 'Greed', timestamp, time_until_update: '43200' };
  return { json: { name: 'Fear and Greed Index', data: [{ ...usual, ...row }], metadata: { error: null } } };
}

/** A row of CoinGecko's list of coins. */
export function coinRow(now: number, row: object = {}): object {
  return {
    id: 'bitcoin',
    symbol: 'btc',
    name: 'Bitcoin',
    image: 'https://example.org/bitcoin.png',
    current_price: 96_000.5,
    market_cap: 1_900_000_000_000,
    market_cap_rank: 1,
    total_volume: 40_000_000_000,
    price_change_percentage_24h: -1.25,
    price_change_percentage_1h_in_currency: 0.1,
    price_change_percentage_24h_in_currency: -1.25,
    price_change_percentage_7d_in_currency: 4.5,
    max_supply: null,
    last_updated: new Date(now - 90 * SECOND_MS).toISOString(),
    ...row,
  };
}

/** What CoinGecko answers of all coins together. */
export function globalBody(now: number, data: object = {}): object {
  return {
    data: {
      active_cryptocurrencies: 17_000,
      total_market_cap: { usd: 3_300_000_000_000, btc: 34_000_000 },
      total_volume: { usd: 150_000_000_000 },
      market_cap_percentage: { btc: 57.6, eth: 12.1 },
      market_cap_change_percentage_24h_usd: -0.8,
      updated_at: Math.floor(now / SECOND_MS) - 60,
      ...data,
    },
  };
}

/** CoinGecko's two endpoints that are asked, sound. */
export function coinGeckoAnswer(url: URL, now: number, rows: readonly object[] = [coinRow(now)]): LoopbackAnswer {
  switch (url.pathname) {
    case '/api/v3/global':
      return { json: globalBody(now) };
    case '/api/v3/coins/markets':
      return { json: rows };
    default:
      return { status: 404, json: { error: 'not found' } };
  }
}
