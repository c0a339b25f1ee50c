import { z } from 'zod';
import type { EpochMs } from '#core/time.ts';
import type { Coin, CryptoMarket } from '#ports/context.ts';
import { AnswerRefused, epochSeconds, problemOf } from './answer.ts';
import { COIN_IDS } from './coin-ids.ts';
import type { Dated } from './kept-value.ts';

export const COIN_GECKO_ADDRESS = 'https://api.coingecko.com';
export const MARKET_PATH = '/api/v3/global';
export const COINS_PATH =
  `/api/v3/coins/markets?vs_currency=usd&ids=${Object.values(COIN_IDS).join(',')}` +
  '&order=market_cap_desc&per_page=250&page=1&price_change_percentage=1h,24h,7d';

const SECOND_MS = 1000;

const Usd = z.object({ usd: z.number().positive() });
const Percent = z.number().min(-100);

const Global = z.object({
  data: z.object({
    total_market_cap: Usd,
    total_volume: Usd,
    market_cap_percentage: z.object({ btc: z.number().min(0).max(100) }),
    market_cap_change_percentage_24h_usd: Percent,
    updated_at: epochSeconds,
  }),
});

/** @throws AnswerRefused */
export function cryptoMarketFrom(answer: unknown): Dated<CryptoMarket> {
  const read = Global.safeParse(answer);
  if (!read.success) throw new AnswerRefused(`its answer cannot be used: ${problemOf(read.error)}`);
  const { data } = read.data;
  return {
    value: {
      marketCapUsd: data.total_market_cap.usd,
      volume24hUsd: data.total_volume.usd,
      marketCapChange24hPercent: data.market_cap_change_percentage_24h_usd,
      bitcoinSharePercent: data.market_cap_percentage.btc,
    },
    at: (data.updated_at * SECOND_MS) as EpochMs,
  };
}

const CoinRow = z.object({
  id: z.string(),
  current_price: z.number().positive(),
  market_cap: z.number().nonnegative().nullish(),
  market_cap_rank: z.number().int().positive().nullish(),
  total_volume: z.number().nonnegative().nullish(),
  price_change_percentage_1h_in_currency: Percent.nullish(),
  price_change_percentage_24h: Percent.nullish(),
  price_change_percentage_7d_in_currency: Percent.nullish(),
  last_updated: z.iso.datetime(),
});

/** A coin, or why its row cannot be used. */
export type CoinAnswer = Dated<Coin> | { readonly why: string };

/** Every coin that is asked for, by its base. Unknown ids are left out of an answer. @throws AnswerRefused */
export function coinsFrom(answer: unknown): ReadonlyMap<string, CoinAnswer> {
  if (!Array.isArray(answer)) throw new AnswerRefused('its answer cannot be used: it must be a list of coins');
  const rows = new Map(answer.map((row: unknown) => [idOf(row), row]));
  return new Map(Object.entries(COIN_IDS).map(([base, id]) => [base, coinOf(rows.get(id))]));
}

function idOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
}

function coinOf(row: unknown): CoinAnswer {
  if (row === undefined) return { why: 'it is not in the answer' };
  const read = CoinRow.safeParse(row);
  if (!read.success) return { why: `its row cannot be used: ${problemOf(read.error)}` };
  const { data } = read;
  return {
    value: {
      priceUsd: data.current_price,
      marketCapUsd: data.market_cap ?? undefined,
      marketCapRank: data.market_cap_rank ?? undefined,
      volume24hUsd: data.total_volume ?? undefined,
      change1hPercent: data.price_change_percentage_1h_in_currency ?? undefined,
      change24hPercent: data.price_change_percentage_24h ?? undefined,
      change7dPercent: data.price_change_percentage_7d_in_currency ?? undefined,
    },
    at: Date.parse(data.last_updated) as EpochMs,
  };
}
