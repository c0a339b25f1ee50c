import type { WallClock } from '#ports/clock.ts';
import type { Coin, ContextSource, CryptoMarket, FearGreed, Known, MarketContext } from '#ports/context.ts';
import type { Random } from '#ports/random.ts';
import {
  COIN_GECKO_ADDRESS,
  COINS_PATH,
  type CoinAnswer,
  coinsFrom,
  cryptoMarketFrom,
  MARKET_PATH,
} from './coin-gecko.ts';
import { COIN_IDS } from './coin-ids.ts';
import { FEAR_GREED_ADDRESS, FEAR_GREED_PATH, fearGreedFrom } from './fear-greed.ts';
import { JsonSource } from './json-source.ts';
import { ageProblem, type Dated, KeptValue } from './kept-value.ts';

export interface PublicContextOptions {
  readonly clock: WallClock;
  readonly random: Random;
  /** Scheme, host and port that are asked instead of the sources' own. */
  readonly fearGreedAddress?: string | undefined;
  readonly coinGeckoAddress?: string | undefined;
  /** A Demo key of CoinGecko: its limits are then ours alone, and not those of everybody behind our address. */
  readonly coinGeckoKey?: string | undefined;
  /** ms for one call. */
  readonly timeoutMs?: number | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The index has one value a day; what is asked of CoinGecko stays under half of its 10,000 calls a month. */
const FRESH_MS = { fearGreed: HOUR_MS, market: HOUR_MS, coins: 15 * MINUTE_MS } as const;
const OLDEST_MS = { fearGreed: 2 * DAY_MS, market: 3 * HOUR_MS, coins: HOUR_MS } as const;
const FEAR_GREED_LIMITS = [{ calls: 60, windowMs: MINUTE_MS }];
const COIN_GECKO_LIMITS = [
  { calls: 30, windowMs: MINUTE_MS },
  { calls: 10_000, windowMs: 30 * DAY_MS },
];

/** What public sources tell: the Fear & Greed Index of alternative.me, and CoinGecko's data on coins. */
export class PublicContext implements ContextSource {
  private readonly clock: WallClock;
  private readonly sources: readonly JsonSource[];
  private readonly fearGreed: KeptValue<FearGreed>;
  private readonly market: KeptValue<CryptoMarket>;
  private readonly coins: KeptValue<ReadonlyMap<string, CoinAnswer>>;

  constructor({ fearGreedAddress, coinGeckoAddress, coinGeckoKey, ...options }: PublicContextOptions) {
    const { clock } = options;
    const index = new JsonSource({
      ...options,
      name: 'alternative.me',
      address: fearGreedAddress ?? FEAR_GREED_ADDRESS,
      limits: FEAR_GREED_LIMITS,
    });
    const coinGecko = new JsonSource({
      ...options,
      name: 'CoinGecko',
      address: coinGeckoAddress ?? COIN_GECKO_ADDRESS,
      limits: COIN_GECKO_LIMITS,
      headers: coinGeckoKey === undefined ? {} : { 'x-cg-demo-api-key': coinGeckoKey },
    });
    const kept = <Value>(what: keyof typeof FRESH_MS, read: () => Promise<Dated<Value>>) =>
      new KeptValue<Value>({ clock, read, freshMs: FRESH_MS[what], oldestMs: OLDEST_MS[what] });
    this.clock = clock;
    this.sources = [index, coinGecko];
    this.fearGreed = kept('fearGreed', async () => fearGreedFrom(await index.read(FEAR_GREED_PATH)));
    this.market = kept('market', async () => cryptoMarketFrom(await coinGecko.read(MARKET_PATH)));
    this.coins = kept('coins', async () => ({ value: coinsFrom(await coinGecko.read(COINS_PATH)), at: clock.wall() }));
  }

  async read(): Promise<MarketContext> {
    const [fearGreed, market, coins] = await Promise.all([this.fearGreed.get(), this.market.get(), this.coins.get()]);
    return { fearGreed, market, coins: this.eachOf(coins) };
  }

  close(): void {
    for (const source of this.sources) source.close();
  }

  private eachOf(coins: Known<ReadonlyMap<string, CoinAnswer>>): ReadonlyMap<string, Known<Coin>> {
    if (coins.kind === 'missing') return new Map(Object.keys(COIN_IDS).map((base) => [base, coins]));
    return new Map([...coins.value].map(([base, answer]) => [base, this.knownCoin(answer)]));
  }

  private knownCoin(answer: CoinAnswer): Known<Coin> {
    if ('why' in answer) return { kind: 'missing', why: answer.why };
    const why = ageProblem(answer.at, this.clock.wall(), OLDEST_MS.coins);
    return why === undefined ? { kind: 'known', ...answer } : { kind: 'missing', why };
  }
}
