import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import type { FundingRate } from './market-data.ts';

/** Something of the world beside prices: known, with the source's own time of it, or missing with the reason. */
export type Known<Value> =
  | { readonly kind: 'known'; readonly value: Value; readonly at: EpochMs }
  /** `why` is a part of a sentence. Nothing stands in for what is missing: no neutral value, no zero. */
  | { readonly kind: 'missing'; readonly why: string };

/** The Crypto Fear & Greed Index: how the market felt on a day (UTC), centred on Bitcoin. Not a signal of one coin. */
export interface FearGreed {
  /** 0 is extreme fear, 100 extreme greed. */
  readonly value: number;
  readonly classification: 'Extreme Fear' | 'Fear' | 'Neutral' | 'Greed' | 'Extreme Greed';
}

/** All coins together. */
export interface CryptoMarket {
  readonly marketCapUsd: number;
  readonly volume24hUsd: number;
  readonly marketCapChange24hPercent: number;
  /** Bitcoin's share of the market capitalisation. */
  readonly bitcoinSharePercent: number;
}

/** One coin over all its exchanges; what the source does not tell is undefined. */
export interface Coin {
  readonly priceUsd: number;
  readonly marketCapUsd: number | undefined;
  readonly marketCapRank: number | undefined;
  readonly volume24hUsd: number | undefined;
  readonly change1hPercent: number | undefined;
  readonly change24hPercent: number | undefined;
  readonly change7dPercent: number | undefined;
}

export interface MarketContext {
  readonly fearGreed: Known<FearGreed>;
  readonly market: Known<CryptoMarket>;
  /** By base currency: "BTC". A base that is not there is not known to the source. */
  readonly coins: ReadonlyMap<string, Known<Coin>>;
}

/** What is known of the world. It never throws: what cannot be had is missing. */
export interface ContextSource {
  read(): Promise<MarketContext>;
  /** Ends calls that are on their way, and every later one. */
  close(): void;
}

/** What is known of the world that matters to one symbol. */
export interface Surroundings {
  readonly fearGreed: Known<FearGreed>;
  readonly market: Known<CryptoMarket>;
  readonly coin: Known<Coin>;
  readonly funding: Known<FundingRate>;
}

/** Who tells it. It never throws. */
export interface SurroundingsSource {
  around(symbol: MarketSymbol): Promise<Surroundings>;
}
