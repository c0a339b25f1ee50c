import type { Candle } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { type Batch, SeriesUnavailable, type Ticker } from '#ports/market-data.ts';
import { type BybitCallOptions, BybitClient } from '../venues/bybit/client.ts';
import { klinesFrom, tickersFrom } from '../venues/bybit/decode-market.ts';
import { NO_SUCH_SYMBOL, readInstruments } from '../venues/bybit/instruments.ts';
import type { BybitEnvironment } from '../venues/bybit/library.ts';
import { wireSymbol } from '../venues/bybit/symbols.ts';
import type { Exchange } from './exchange.ts';
import { ofMarket } from './of-market.ts';

/** What rows are bound to, and what people name: "bybit" is Bybit's spot market, by its name in CCXT. */
export const BYBIT_LINEAR = 'bybit-linear';

/** @see bybit-exchange/docs@072c197d docs/v5/market/kline.mdx */
const INTERVALS = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '1h': '60',
  '2h': '120',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': 'D',
  '1w': 'W',
} as const satisfies Record<Timeframe, string>;

const MOST_CANDLES = 1000;
/** Either clock is told in whole ms. */
const CLOCK_STEP_MS = 1;
/** A list of all instruments is long. */
const TIMEOUT_MS = 10_000;

export interface BybitMarketOptions extends BybitCallOptions {
  /** Of whose prices: those of the testnet are its own, those of a demo are the mainnet's. */
  readonly environment?: BybitEnvironment;
  /** Asked instead of Bybit itself, for tests. */
  readonly address?: string | undefined;
}

/**
 * The linear perpetuals in USDT of Bybit: what a bot with a Bybit account sees of its market. CCXT's "BTC/USDT" of Bybit is
 * the spot market, whose candles are others.
 */
export class BybitMarket implements Exchange {
  readonly id = BYBIT_LINEAR;
  readonly name = 'Bybit';
  readonly timeframes = Object.keys(INTERVALS) as readonly Timeframe[];
  readonly trades = undefined;
  repeats = true;
  private readonly client: BybitClient;
  private readonly clock: WallClock;
  private readonly instruments: ReadonlyMap<MarketSymbol, Instrument>;

  private constructor(client: BybitClient, clock: WallClock, instruments: readonly Instrument[]) {
    this.client = client;
    this.clock = clock;
    this.instruments = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  /** A market that has answered, with its instruments read. @throws MarketUnavailable */
  static async open({ environment = 'mainnet', address, ...options }: BybitMarketOptions): Promise<BybitMarket> {
    const client = await BybitClient.load({ environment, address }, { timeoutMs: TIMEOUT_MS, ...options });
    try {
      await client.measureClock();
      return new BybitMarket(client, options.clock, await readInstruments(client));
    } catch (error) {
      client.close();
      throw ofMarket(error);
    }
  }

  get aheadMs(): number {
    const { aheadMs, uncertaintyMs } = this.client.serverClock;
    return Math.abs(aheadMs) <= uncertaintyMs + CLOCK_STEP_MS ? 0 : aheadMs;
  }

  instrument(symbol: MarketSymbol): Instrument | undefined {
    return this.instruments.get(symbol);
  }

  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    const wire = wireSymbol(symbol);
    if (wire === undefined || !this.instruments.has(symbol)) {
      throw new SeriesUnavailable(
        `Cannot read ${timeframe} candles of ${symbol} from Bybit as it must have the symbol among its perpetuals in USDT: ` +
          'it has not',
      );
    }
    const interval = INTERVALS[timeframe];
    const params = { category: 'linear', symbol: wire, interval, start: from, limit: MOST_CANDLES } as const;
    try {
      return await this.client.read(
        `${timeframe} candles of ${symbol}`,
        'public',
        (rest) => rest.getKline(params),
        (result) => klinesFrom(result, timeframe, from, this.now()),
        this.repeats ? {} : { retries: 0 },
      );
    } catch (error) {
      throw ofMarket(error);
    }
  }

  /** Its clock now. */
  private now(): EpochMs {
    return (this.clock.wall() + this.aheadMs) as EpochMs;
  }

  async marketTime(symbol: MarketSymbol, timeframe: Timeframe): Promise<EpochMs> {
    const interval = INTERVALS[timeframe];
    const params = { category: 'linear', symbol: wireSymbol(symbol) ?? symbol, interval, limit: 1 } as const;
    const candles = await this.client.read(
      'the market time',
      'public',
      (rest) => rest.getKline(params),
      (result) => klinesFrom(result, timeframe, 0 as EpochMs, this.now()),
      { absent: ({ code }) => code === NO_SUCH_SYMBOL },
    );
    const newest = candles?.at(-1);
    if (newest !== undefined) return newest.openTime;
    throw new SeriesUnavailable(
      `Cannot read candles of ${symbol} as Bybit must list it as a perpetual in USDT: it does not; leave it out of "symbols"`,
    );
  }

  /** One call brings those of all perpetuals. */
  async tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    const ask = () =>
      this.client.read(
        'prices',
        'public',
        (rest) => rest.getTickers({ category: 'linear' }),
        (result) => tickersFrom(result, this.now()),
        this.repeats ? {} : { retries: 0 },
      );
    const all = await ask().catch((error: unknown) => {
      throw ofMarket(error);
    });
    const rows = new Map(symbols.flatMap((symbol) => (all.has(symbol) ? [[symbol, all.get(symbol)!] as const] : [])));
    const missing = new Map(
      symbols.filter((symbol) => !all.has(symbol)).map((symbol) => [symbol, 'Bybit has no price of it'] as const),
    );
    return { rows, missing };
  }

  close(): void {
    this.client.close();
  }
}
