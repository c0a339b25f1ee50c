import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import type { Candle } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, isTimeframe, TIMEFRAMES, type Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import {
  type Batch,
  type CandleRange,
  type ContractType,
  type FundingRate,
  type Listing,
  type MarketQueries,
  SeriesUnavailable,
  type Ticker,
} from '#ports/market-data.ts';
import type { Random } from '#ports/random.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { CallPolicy, type CallTerms } from '../../calls/policy.ts';
import type { Exchange, TradeHistory } from '../exchange.ts';
import { closedPages } from '../history.ts';
import type { ListedMarket } from '../listed-market.ts';
import { candlesFrom, krakenTradesFrom } from './answers.ts';
import { explainedFailure, judgeCcxt, readFailure } from './failures.ts';
import { type CcxtExchange, exchangeIds, loadExchange } from './library.ts';
import { instrumentFrom, listingFrom, listingsFrom } from './listings.ts';
import { fundingRatesFrom, tickersFrom } from './quotes.ts';
import { moved, wholeFetch, withSignal } from './requests.ts';
import { volumeUnit } from './volumes.ts';

/** How an exchange is asked. */
export interface CcxtOptions {
  /** Asks this address instead of the exchange's own: scheme, host and port, for tests. */
  readonly address?: string | undefined;
  readonly clock: WallClock;
  readonly random: Random;
  /** As for every service: see CallPolicyOptions. */
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly firstPauseMs?: number;
  /** For an exchange that answers those only who have one. */
  readonly apiKey?: string;
  readonly secret?: string;
  /** ms between two requests; the exchange's own limit, as CCXT knows it, when left out. */
  readonly betweenMs?: number | undefined;
}

export const CCXT_DEFAULTS: CcxtOptions = { clock: systemClock, random: systemRandom };

/** All that an exchange trades is a long answer, and may be several of them. */
const MARKETS_TIMEOUT_MS = 60_000;
/** CCXT's own limit is never the first: ours covers the last byte. */
const NEVER_FIRST_MS = 2 * MARKETS_TIMEOUT_MS;
/** The stretch over which an exchange's distance between requests is counted. */
const LIMIT_WINDOW_MS = 30_000;
/** What Kraken's own clock is told in. */
const CLOCK_STEP_MS = 1000;
/** Kraken gives its newest 720 candles whatever is asked, and trades of any age. @see its GetOHLCData and GetTradeHistory */
const KRAKEN_REACH = 720;
const KRAKEN_TRADES_PER_PAGE = 1000;

/** The public market data of one of CCXT's exchanges. */
export class CcxtClient implements Exchange, MarketQueries, ListedMarket {
  readonly id: string;
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  readonly trades: TradeHistory | undefined;
  readonly listsFees = 'as CCXT knows them';
  aheadMs = 0;
  repeats = true;
  private readonly library: CcxtExchange;
  private readonly clock: WallClock;
  private readonly policy: CallPolicy;
  private readonly abort = new AbortController();

  private constructor(
    library: CcxtExchange,
    { address, clock, random, timeoutMs, retries, firstPauseMs }: CcxtOptions,
  ) {
    this.id = library.id;
    this.name = library.name;
    const timeframes = library.has.fetchOHLCV === true ? (library.timeframes ?? {}) : {};
    this.timeframes = TIMEFRAMES.filter((timeframe) => Object.hasOwn(timeframes, timeframe));
    this.trades = library.id === 'kraken' ? this.krakenTrades() : undefined;
    this.library = library;
    this.clock = clock;
    if (address !== undefined) library.urls.api = moved(library.urls.api, address);
    const limit = { calls: Math.floor(LIMIT_WINDOW_MS / library.rateLimit), windowMs: LIMIT_WINDOW_MS };
    this.policy = new CallPolicy({
      venue: library.name,
      clock,
      random,
      limits: [limit],
      judge: judgeCcxt,
      timeoutMs,
      retries,
      firstPauseMs,
    });
  }

  /** An exchange by CCXT's name for it; undefined when there is none. Nothing is asked yet. */
  static async load(id: string, options: CcxtOptions = CCXT_DEFAULTS): Promise<CcxtClient | undefined> {
    if (!exchangeIds().includes(id)) return undefined;
    const { apiKey, secret } = options;
    const library = await loadExchange(id, {
      enableRateLimit: true,
      timeout: NEVER_FIRST_MS,
      fetchImplementation: wholeFetch,
      ...(apiKey !== undefined && secret !== undefined && { apiKey, secret }),
      ...(options.betweenMs !== undefined && { rateLimit: options.betweenMs }),
    });
    return new CcxtClient(library, options);
  }

  /** Finds out whether it answers, and how its clock goes. @throws MarketUnavailable */
  async greet(): Promise<void> {
    if (!this.library.has.fetchTime) return;
    let asked = 0;
    const time = await this.read('the time', () => {
      asked = this.clock.wall();
      return this.library.fetchTime();
    });
    const answered = this.clock.wall();
    if (!Number.isSafeInteger(time)) throw this.explained('the time', new AnswerRefused('it must be a whole number'));
    // The answer was made somewhere between: what is less than the way itself is not known.
    const ahead = Number(time) - (asked + answered) / 2;
    this.aheadMs = Math.abs(ahead) <= (answered - asked) / 2 + CLOCK_STEP_MS ? 0 : Math.round(ahead);
  }

  /** Reads what is traded there, for `instrument`. @throws MarketUnavailable */
  async loadMarkets(): Promise<void> {
    await this.read('markets', () => this.library.loadMarkets(), { timeoutMs: MARKETS_TIMEOUT_MS });
  }

  instrument(symbol: MarketSymbol): Instrument | undefined {
    const { markets, precisionMode } = this.library;
    return this.understood('markets', () => instrumentFrom(markets, symbol, precisionMode));
  }

  listings(): readonly Listing[] {
    const { markets, precisionMode } = this.library;
    return this.understood('markets', () => listingsFrom(markets, precisionMode));
  }

  async candlesBetween(range: CandleRange): Promise<readonly Candle[]> {
    const candles: Candle[] = [];
    for await (const page of closedPages(this, range, () => this.now())) candles.push(...page);
    return candles;
  }

  async tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    const { library } = this;
    if (!library.has.fetchTickers) return noneOf(symbols, `${this.name} does not tell several prices in one call`);
    return this.batch('prices', symbols, async (asked) => {
      const answer = await this.read('prices', () => library.fetchTickers(asked));
      return this.understood('prices', () => tickersFrom(answer, asked, this.now()));
    });
  }

  async fundingRates(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>> {
    const { library } = this;
    if (!library.has.fetchFundingRates) return noneOf(symbols, `${this.name} does not tell funding rates`);
    return this.batch('funding rates', symbols, async (asked, contract) => {
      if (contract !== 'perpetual') return noneOf(asked, 'only perpetual contracts have funding');
      const answer = await this.read('funding rates', () => library.fetchFundingRates(asked));
      return this.understood('funding rates', () => fundingRatesFrom(answer, asked));
    });
  }

  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    if (!isTimeframe(timeframe) || !this.timeframes.includes(timeframe)) {
      throw new SeriesUnavailable(
        `Cannot read ${timeframe} candles from ${this.name} as it must have them: it has ${this.timeframes.join(', ')}`,
      );
    }
    const what = `${timeframe} candles of ${symbol}`;
    const answer = await this.read(what, () => this.library.fetchOHLCV(symbol, timeframe, from));
    const unit = volumeUnit(this, this.library.markets, symbol);
    return this.understood(what, () => candlesFrom(answer, timeframe, from, this.now(), unit));
  }

  close(): void {
    this.abort.abort();
  }

  private krakenTrades(): TradeHistory {
    return {
      candlesReach: KRAKEN_REACH,
      // In ns, and those after it are given.
      before: (from) => String(BigInt(from) * 1_000_000n - 1n),
      page: async (symbol, after) => {
        const what = `trades of ${symbol}`;
        const answer = await this.read(what, () =>
          this.library.fetchTrades(symbol, undefined, KRAKEN_TRADES_PER_PAGE, { since: after }),
        );
        return this.understood(what, () => krakenTradesFrom(answer, after));
      },
    };
  }

  /** The exchange's time. */
  private now(): EpochMs {
    return (this.clock.wall() + this.aheadMs) as EpochMs;
  }

  /** Asks for several symbols at once; exchanges take those of one type of contract together. */
  private async batch<Row>(
    what: string,
    symbols: readonly MarketSymbol[],
    ask: (symbols: readonly MarketSymbol[], contract: ContractType) => Promise<Batch<Row>>,
  ): Promise<Batch<Row>> {
    const { markets, precisionMode } = this.library;
    const contractOf = (symbol: MarketSymbol) =>
      this.understood(what, () => listingFrom(markets, symbol, precisionMode)?.contract);
    const groups = Map.groupBy(new Set(symbols), contractOf);
    const rows = new Map<MarketSymbol, Row>();
    const missing = new Map<MarketSymbol, string>();
    for (const [contract, asked] of groups) {
      const batch = contract ? await ask(asked, contract) : noneOf<Row>(asked, `${this.name} does not have it`);
      for (const [symbol, row] of batch.rows) rows.set(symbol, row);
      for (const [symbol, why] of batch.missing) missing.set(symbol, why);
    }
    return { rows, missing };
  }

  private understood<Answer>(what: string, read: () => Answer): Answer {
    try {
      return read();
    } catch (error) {
      throw this.explained(what, error);
    }
  }

  private async read(what: string, ask: () => Promise<unknown>, terms: CallTerms = {}): Promise<unknown> {
    const { signal } = this.abort;
    const asked = () =>
      ask().catch((error: unknown) => {
        throw readFailure(error);
      });
    try {
      return await this.policy.read((ofCall) => withSignal(ofCall, asked), signal, {
        ...terms,
        ...(!this.repeats && { retries: 0 }),
      });
    } catch (error) {
      throw this.explained(what, error);
    }
  }

  private explained(what: string, error: unknown): unknown {
    return explainedFailure(this, what, error, this.abort.signal.aborted);
  }
}

function noneOf<Row>(symbols: readonly MarketSymbol[], why: string): Batch<Row> {
  return { rows: new Map(), missing: new Map(symbols.map((symbol) => [symbol, why])) };
}
