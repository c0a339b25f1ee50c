import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Batch, FundingRate, Listing, Ticker } from '#ports/market-data.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import { BYBIT_FEES } from '#protocols/bybit-words.ts';
import { type Ask, BybitClient } from '../venues/bybit/client.ts';
import { fundingRatesFrom, tickersFrom } from '../venues/bybit/decode-market.ts';
import { readInstruments, readSpotInstruments } from '../venues/bybit/instruments.ts';
import { SETTLEMENT } from '../venues/bybit/symbols.ts';
import type { BYBIT_LINEAR, BybitMarketOptions } from './bybit.ts';
import type { ListedMarket } from './listed-market.ts';
import { ofMarket } from './of-market.ts';

/** Its spot market and its perpetuals in USDT together, as CCXT names and spells them. */
export const BYBIT = 'bybit';

type Category = keyof typeof BYBIT_FEES;

const TICKERS_OF: Readonly<Record<Category, Ask>> = {
  linear: (rest) => rest.getTickers({ category: 'linear' }),
  spot: (rest) => rest.getTickers({ category: 'spot' }),
};

/** One of the things that Bybit trades, and how it is asked for. */
interface Row {
  readonly category: Category;
  readonly wire: string;
  readonly listing: Listing;
}

/** A list of all instruments is long. */
const TIMEOUT_MS = 10_000;

/**
 * What Bybit trades for USDT and between coins: pairs as "BTC/USDT", perpetuals as "BTC/USDT:USDT"; of `bybit-linear`,
 * where there are no pairs, perpetuals as bots name them, "BTC/USDT".
 */
export class BybitListings implements ListedMarket {
  readonly id: string;
  readonly name = 'Bybit';
  readonly listsFees = 'those of VIP 0';
  private readonly client: BybitClient;
  private readonly clock: WallClock;
  private readonly rows: ReadonlyMap<MarketSymbol, Row>;

  private constructor(id: string, client: BybitClient, clock: WallClock, rows: readonly Row[]) {
    this.id = id;
    this.client = client;
    this.clock = clock;
    this.rows = new Map(rows.map((row) => [row.listing.instrument.symbol, row]));
  }

  /** Reads what is traded there. @throws MarketUnavailable */
  static async open(
    id: typeof BYBIT | typeof BYBIT_LINEAR,
    { environment = 'mainnet', address, ...options }: BybitMarketOptions,
  ): Promise<BybitListings> {
    const client = await BybitClient.load({ environment, address }, { timeoutMs: TIMEOUT_MS, ...options });
    try {
      const hasPairs = id === BYBIT;
      const pairs = hasPairs ? await readSpotInstruments(client) : [];
      const rows = [
        ...pairs.map((pair) => rowOf('spot', pair, pair.symbol)),
        ...(await readInstruments(client)).map((perpetual) => {
          const { symbol } = perpetual;
          return rowOf('linear', perpetual, hasPairs ? (`${symbol}:${SETTLEMENT}` as MarketSymbol) : symbol);
        }),
      ];
      return new BybitListings(id, client, options.clock, rows);
    } catch (error) {
      client.close();
      throw ofMarket(error);
    }
  }

  listings(): readonly Listing[] {
    const bySymbol = ({ instrument: a }: Listing, { instrument: b }: Listing) => (a.symbol < b.symbol ? -1 : 1);
    return [...this.rows.values()].map(({ listing }) => listing).toSorted(bySymbol);
  }

  tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    const now = (this.clock.wall() + this.client.serverClock.aheadMs) as EpochMs;
    return this.batch(symbols, 'Bybit has no price of it', (category) =>
      this.read('prices', category, (result) => tickersFrom(result, now, this.symbolOf(category))),
    );
  }

  fundingRates(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>> {
    return this.batch(symbols, 'only perpetual contracts have funding', async (category) =>
      category === 'spot'
        ? new Map()
        : this.read('funding rates', category, (result) => fundingRatesFrom(result, this.symbolOf(category))),
    );
  }

  close(): void {
    this.client.close();
  }

  /** One call brings all of a category. */
  private async batch<Value>(
    symbols: readonly MarketSymbol[],
    whyNone: string,
    read: (category: Category) => Promise<ReadonlyMap<MarketSymbol, Value>>,
  ): Promise<Batch<Value>> {
    const rows = new Map<MarketSymbol, Value>();
    const missing = new Map<MarketSymbol, string>();
    for (const [category, asked] of Map.groupBy(new Set(symbols), (symbol) => this.rows.get(symbol)?.category)) {
      const told = category && (await read(category));
      for (const symbol of asked) {
        const value = told?.get(symbol);
        if (value !== undefined) rows.set(symbol, value);
        else missing.set(symbol, category ? whyNone : 'Bybit does not have it');
      }
    }
    return { rows, missing };
  }

  private async read<Value>(what: string, category: Category, decode: (result: unknown) => Value): Promise<Value> {
    try {
      return await this.client.read(what, 'public', TICKERS_OF[category], decode);
    } catch (error) {
      throw ofMarket(error);
    }
  }

  private symbolOf(category: Category): (wire: string) => MarketSymbol | undefined {
    const ours = [...this.rows].filter(([, row]) => row.category === category);
    const symbols = new Map(ours.map(([symbol, { wire }]) => [wire, symbol]));
    return (wire) => symbols.get(wire);
  }
}

function rowOf(
  category: Category,
  { venueSymbol: wire, isTradable, ...instrument }: VenueInstrument,
  symbol: MarketSymbol,
): Row {
  const { maker, taker } = BYBIT_FEES[category];
  const listing: Listing = {
    instrument: { ...instrument, symbol },
    contract: category === 'spot' ? 'spot' : 'perpetual',
    unit: instrument.base,
    settle: category === 'spot' ? undefined : SETTLEMENT,
    makerFeeRate: Number(maker),
    takerFeeRate: Number(taker),
    isActive: isTradable,
  };
  return { category, wire, listing };
}
