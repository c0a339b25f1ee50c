import { systemClock } from '#adapters/clock/system.ts';
import { COIN_GECKO_ADDRESS } from '#adapters/context/coin-gecko.ts';
import { FEAR_GREED_ADDRESS } from '#adapters/context/fear-greed.ts';
import { PublicContext } from '#adapters/context/public-context.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { Context } from '#contract/api.ts';
import type { EpochMs } from '#core/time.ts';
import type { Coin, ContextSource, Known } from '#ports/context.ts';
import type { Config } from '../config.ts';

/** What is known of the world, as people are told of it. */
export interface ToldContext {
  /** The same for those who reckon with it: both ask the sources once. */
  readonly source: ContextSource;
  readonly read: () => Promise<Context>;
  readonly close: () => void;
}

interface Told<Value> {
  readonly value: Value | null;
  readonly at: number | null;
  readonly ageMs: number | null;
  readonly why: string | null;
}

/** Nothing is asked before somebody reads. */
export function openContext(config: Pick<Config, 'fearGreedUrl' | 'coinGeckoUrl' | 'coinGeckoKey'>): ToldContext {
  const { fearGreedUrl: fearGreedAddress, coinGeckoUrl: coinGeckoAddress, coinGeckoKey } = config;
  const clock = systemClock;
  const source = new PublicContext({ clock, random: systemRandom, fearGreedAddress, coinGeckoAddress, coinGeckoKey });
  const sources = {
    fearGreed: hostOf(fearGreedAddress ?? FEAR_GREED_ADDRESS),
    coins: hostOf(coinGeckoAddress ?? COIN_GECKO_ADDRESS),
  };
  const read = async (): Promise<Context> => {
    const { fearGreed, market, coins } = await source.read();
    const readAt = clock.wall();
    return {
      readAt,
      sources,
      fearGreed: told(fearGreed, readAt),
      market: told(market, readAt),
      coins: [...coins].map(([base, coin]) => ({ base, ...toldCoin(coin, readAt) })),
    };
  };
  return { source, read, close: () => source.close() };
}

function told<Value>(known: Known<Value>, now: EpochMs): Told<Value> {
  if (known.kind === 'missing') return { value: null, at: null, ageMs: null, why: known.why };
  const { value, at } = known;
  return { value, at, ageMs: Math.max(0, now - at), why: null };
}

function toldCoin(coin: Known<Coin>, now: EpochMs) {
  return coin.kind === 'missing'
    ? told<ReturnType<typeof withNulls>>(coin, now)
    : told({ ...coin, value: withNulls(coin.value) }, now);
}

/** JSON has no undefined. */
function withNulls({ priceUsd, ...rest }: Coin) {
  const { marketCapUsd = null, marketCapRank = null, volume24hUsd = null } = rest;
  const { change1hPercent = null, change24hPercent = null, change7dPercent = null } = rest;
  return { priceUsd, marketCapUsd, marketCapRank, volume24hUsd, change1hPercent, change24hPercent, change7dPercent };
}

function hostOf(address: string): string {
  return new URL(address).host;
}
