import type { MarketSymbol } from '#core/instruments.ts';
import type { WallClock } from '#ports/clock.ts';
import type { ContextSource, Known, Surroundings, SurroundingsSource } from '#ports/context.ts';
import type { FundingRate, LiveQueries } from '#ports/market-data.ts';

/** What public sources and the exchange itself tell of a symbol's world. */
export class PublicSurroundings implements SurroundingsSource {
  private readonly context: ContextSource;
  private readonly queries: LiveQueries | undefined;
  private readonly clock: WallClock;

  /** @param queries Of the exchange, where it can be asked for funding. */
  constructor(context: ContextSource, queries: LiveQueries | undefined, clock: WallClock) {
    this.context = context;
    this.queries = queries;
    this.clock = clock;
  }

  async around(symbol: MarketSymbol): Promise<Surroundings> {
    const [{ fearGreed, market, coins }, funding] = await Promise.all([this.context.read(), this.fundingOf(symbol)]);
    const base = symbol.split('/')[0]!;
    return {
      fearGreed,
      market,
      funding,
      coin: coins.get(base) ?? { kind: 'missing', why: `${base} is no coin it knows` },
    };
  }

  private async fundingOf(symbol: MarketSymbol): Promise<Known<FundingRate>> {
    try {
      const batch = await this.queries?.fundingRates?.([symbol]);
      const value = batch?.rows.get(symbol);
      if (value !== undefined) return { kind: 'known', value, at: this.clock.wall() };
      return { kind: 'missing', why: batch?.missing.get(symbol) ?? 'the market tells of none' };
    } catch (error) {
      return { kind: 'missing', why: error instanceof Error ? error.message : String(error) };
    }
  }
}
