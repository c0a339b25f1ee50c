import type { Candle } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { openTimeIn } from '#core/sessions/session-candles.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { type Batch, type FundingRate, type Listing, SeriesUnavailable, type Ticker } from '#ports/market-data.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import { ALPACA_CRYPTO_FEES } from '#protocols/alpaca.ts';
import { type AlpacaCallOptions, AlpacaClient, type Ask } from '../venues/alpaca/client.ts';
import { barPageFrom, coinCandles, shareCandles, snapshotsFrom } from '../venues/alpaca/decode-bars.ts';
import { clockFrom } from '../venues/alpaca/decode-market.ts';
import { readInstruments, readSymbols } from '../venues/alpaca/instruments.ts';
import type { AlpacaAccess } from '../venues/alpaca/library.ts';
import { readClock } from '../venues/alpaca/market-clock.ts';
import type { AlpacaSymbols } from '../venues/alpaca/symbols.ts';
import type { Exchange } from './exchange.ts';
import type { ListedMarket } from './listed-market.ts';
import { ofMarket } from './of-market.ts';

/** What rows are bound to, and what people name. */
export const ALPACA = 'alpaca';

/** Whose trades make the candles of shares: those of IEX alone are free, and a few percent of all. */
const FEED = 'iex';
const COINS = 'us';
/** @see https://docs.alpaca.markets/reference/stockbars */
const BARS = {
  '1m': '1Min',
  '3m': '3Min',
  '5m': '5Min',
  '15m': '15Min',
  '30m': '30Min',
  '1h': '1Hour',
  '2h': '2Hour',
  '4h': '4Hour',
  '6h': '6Hour',
  '12h': '12Hour',
  '1d': '1Day',
  '1w': '1Week',
} as const satisfies Record<Timeframe, string>;
/** Bars of hours begin with the clock's, candles of shares with the session, at half past nine. */
const HALF_HOURS = '30Min';

const MOST_BARS = 10_000;
const DAY_MS = 86_400_000;
/** Clocks are told no finer, and a call takes its time. */
const SAME_TIME_MS = 1_000;
/** A list of all assets is long. */
const TIMEOUT_MS = 30_000;

/** The shares and coins of Alpaca: what a bot with an account there sees of its market. */
export class AlpacaMarket implements Exchange, ListedMarket {
  readonly id = ALPACA;
  readonly name = 'Alpaca';
  readonly timeframes = Object.keys(BARS) as readonly Timeframe[];
  readonly trades = undefined;
  readonly listsFees = 'those of Alpaca itself, of coins in the first tier';
  readonly aheadMs: number;
  repeats = true;
  private readonly client: AlpacaClient;
  private readonly symbols: AlpacaSymbols;
  private readonly instruments: ReadonlyMap<MarketSymbol, VenueInstrument>;

  private constructor(
    client: AlpacaClient,
    symbols: AlpacaSymbols,
    { instruments, aheadMs }: { readonly instruments: readonly VenueInstrument[]; readonly aheadMs: number },
  ) {
    this.client = client;
    this.symbols = symbols;
    this.aheadMs = aheadMs;
    this.instruments = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  /** A market that has answered, with its instruments read. @throws MarketUnavailable */
  static async open(access: AlpacaAccess, options: AlpacaCallOptions): Promise<AlpacaMarket> {
    const client = await AlpacaClient.load(access, { timeoutMs: TIMEOUT_MS, ...options });
    try {
      const symbols = await readSymbols(client);
      const instruments = await readInstruments(client, symbols);
      return new AlpacaMarket(client, symbols, { instruments, aheadMs: await aheadOf(client, options.clock) });
    } catch (error) {
      client.close();
      throw ofMarket(error);
    }
  }

  get answeredAt(): EpochMs | undefined {
    return this.client.toldTime;
  }

  instrument(symbol: MarketSymbol): Instrument | undefined {
    return this.instruments.get(symbol);
  }

  listings(): readonly Listing[] {
    const all = [...this.instruments.values()].map((instrument) =>
      listingOf(instrument, this.symbols.isCoin(instrument.symbol)),
    );
    return all.toSorted((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1));
  }

  async fundingRates(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>> {
    return { rows: new Map(), missing: new Map(symbols.map((symbol) => [symbol, 'Alpaca trades no contracts'])) };
  }

  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    const wire = this.symbols.wire(symbol);
    if (wire === undefined || !this.instruments.has(symbol)) {
      throw new SeriesUnavailable(
        `Cannot read ${timeframe} candles of ${symbol} from Alpaca as it must have the symbol among its shares and coins: it ` +
          'has not; name a share as SPY/USD',
      );
    }
    const isCoin = this.symbols.isCoin(symbol);
    const page = await this.read(
      `${timeframe} candles of ${symbol}`,
      isCoin ? coinBars(wire, timeframe, from) : shareBars(wire, timeframe, from),
      (json) => barPageFrom(json, wire),
    );
    return isCoin ? coinCandles(page, timeframe, from) : shareCandles(page, timeframe, from);
  }

  async marketTime(symbol: MarketSymbol, timeframe: Timeframe): Promise<EpochMs> {
    const { at } = await this.read('the clock', ({ trading }, init) => trading.clock.legacyClockRaw(init), clockFrom);
    const calendar = CALENDARS[this.instruments.get(symbol)?.calendar ?? 'always'];
    // Before a session there is none that runs.
    return Math.min(at, openTimeIn(calendar, at, timeframe)) as EpochMs;
  }

  async tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    const rows = new Map<MarketSymbol, Ticker>();
    const missing = new Map<MarketSymbol, string>();
    for (const isCoin of [false, true]) {
      const asked = symbols.filter((symbol) => this.symbols.isCoin(symbol) === isCoin);
      const wires = asked.map((symbol) => this.symbols.wire(symbol)).filter((wire) => wire !== undefined);
      const told = wires.length === 0 ? new Map() : await this.snapshots(wires.join(','), isCoin);
      for (const symbol of asked) {
        const ticker = told.get(this.symbols.wire(symbol) ?? '');
        if (ticker === undefined) missing.set(symbol, 'Alpaca has no price of it');
        else rows.set(symbol, ticker);
      }
    }
    return { rows, missing };
  }

  close(): void {
    this.client.close();
  }

  private snapshots(symbols: string, isOfCoins: boolean): Promise<ReadonlyMap<string, Ticker | undefined>> {
    const ask: Ask = ({ marketData }, init) =>
      isOfCoins
        ? marketData.crypto.cryptoSnapshotsRaw({ loc: COINS, symbols }, init)
        : marketData.stocks.stockSnapshotsRaw({ symbols, feed: FEED }, init);
    return this.read('prices', ask, (json) => snapshotsFrom(json, isOfCoins));
  }

  private async read<Value>(what: string, ask: Ask, decode: (json: unknown) => Value): Promise<Value> {
    try {
      return await this.client.read(what, ask, decode, { service: 'data', ...(!this.repeats && { retries: 0 }) });
    } catch (error) {
      throw ofMarket(error);
    }
  }
}

/** What is bought outright, and paid at once. */
function listingOf({ venueSymbol, isTradable, ...instrument }: VenueInstrument, isCoin: boolean): Listing {
  const [coinFees] = ALPACA_CRYPTO_FEES;
  return {
    instrument,
    contract: 'spot',
    unit: instrument.base,
    settle: undefined,
    makerFeeRate: isCoin ? Number(coinFees.maker) : 0,
    takerFeeRate: isCoin ? Number(coinFees.taker) : 0,
    isActive: isTradable,
  };
}

function coinBars(wire: string, timeframe: Timeframe, from: EpochMs): Ask {
  const range = { start: new Date(from), limit: MOST_BARS, timeframe: BARS[timeframe] };
  return ({ marketData }, init) => marketData.crypto.cryptoBarsRaw({ loc: COINS, symbols: wire, ...range }, init);
}

/** Prices as they were traded: a split would change what is stored already. */
function shareBars(wire: string, timeframe: Timeframe, from: EpochMs): Ask {
  const isOfDays = timeframe === '1d' || timeframe === '1w';
  const bars = timeframe.endsWith('h') ? HALF_HOURS : BARS[timeframe];
  // Bars of days are stamped before their session, by New York's date.
  const start = new Date(isOfDays ? US_STOCKS.sessionAt(from).day * DAY_MS : from);
  const params = { symbols: wire, timeframe: bars, start, limit: MOST_BARS, adjustment: 'raw', feed: FEED } as const;
  return ({ marketData }, init) => marketData.stocks.stockBarsRaw(params, init);
}

/** How far Alpaca's clock is ahead of ours. */
async function aheadOf(client: AlpacaClient, clock: WallClock): Promise<number> {
  const asked = clock.wall();
  const { at } = await readClock(client);
  const aheadMs = at - Math.round((asked + clock.wall()) / 2);
  return Math.abs(aheadMs) <= SAME_TIME_MS ? 0 : aheadMs;
}
