import { ExponentialBackoff, handleWhen, type RetryPolicy, retry } from 'cockatiel';
import type { MarketSymbol } from '#core/bots.ts';
import type { Candle } from '#core/candles.ts';
import type { Instrument } from '#core/instruments.ts';
import { type EpochMs, isTimeframe, TIMEFRAMES, type Timeframe } from '#core/time.ts';
import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import type { BestPrices, Exchange, TradeHistory } from '../exchange.ts';
import { AnswerRefused, bestPricesFrom, candlesFrom, instrumentFrom, krakenTradesFrom } from './answers.ts';
import { type CcxtExchange, exchangeIds, loadExchange } from './library.ts';

/** How an exchange is asked. */
export interface CcxtOptions {
  /** Asks this address instead of the exchange's own: scheme, host and port, for tests. */
  readonly address?: string | undefined;
  /** ms for one request, from its start to the last byte. */
  readonly timeoutMs: number;
  /** How often a read is repeated that failed for a passing reason, and ms before the first time; it doubles. */
  readonly retries: number;
  readonly firstPauseMs: number;
  /** ms between two requests; the exchange's own limit, as CCXT knows it, when left out. */
  readonly betweenMs?: number | undefined;
}

export const CCXT_DEFAULTS = { timeoutMs: 10_000, retries: 4, firstPauseMs: 500 } as const satisfies CcxtOptions;

const LONGEST_PAUSE_MS = 15_000;
/** Kraken gives its newest 720 candles whatever is asked, and trades of any age. @see its GetOHLCData and GetTradeHistory */
const KRAKEN_REACH = 720;
const KRAKEN_TRADES_PER_PAGE = 1000;
const MOST_OF_A_REASON = 200;

/** The public market data of one of CCXT's exchanges. */
export class CcxtClient implements Exchange {
  readonly id: string;
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  readonly trades: TradeHistory | undefined;
  aheadMs = 0;
  repeats = true;
  private readonly library: CcxtExchange;
  private readonly policy: RetryPolicy;
  private readonly abort: AbortController;

  private constructor(library: CcxtExchange, options: CcxtOptions, abort: AbortController) {
    this.id = library.id;
    this.name = library.name;
    const timeframes = library.has.fetchOHLCV === true ? (library.timeframes ?? {}) : {};
    this.timeframes = TIMEFRAMES.filter((timeframe) => Object.hasOwn(timeframes, timeframe));
    this.trades = library.id === 'kraken' ? this.krakenTrades() : undefined;
    this.library = library;
    this.abort = abort;
    if (options.address !== undefined) library.urls.api = moved(library.urls.api, options.address);
    this.policy = retry(
      handleWhen((error) => isPassing(error) && !abort.signal.aborted),
      {
        maxAttempts: options.retries,
        backoff: new ExponentialBackoff({ initialDelay: options.firstPauseMs, maxDelay: LONGEST_PAUSE_MS }),
      },
    );
  }

  /** An exchange by CCXT's name for it; undefined when there is none. Nothing is asked yet. */
  static async load(id: string, options: CcxtOptions = CCXT_DEFAULTS): Promise<CcxtClient | undefined> {
    if (!exchangeIds().includes(id)) return undefined;
    const abort = new AbortController();
    const library = await loadExchange(id, {
      enableRateLimit: true,
      timeout: options.timeoutMs * 2, // Our own limit comes first: it covers the body too.
      fetchImplementation: wholeFetch(options.timeoutMs, abort.signal),
      ...(options.betweenMs !== undefined && { rateLimit: options.betweenMs }),
    });
    return new CcxtClient(library, options, abort);
  }

  /** Finds out whether it answers, and how its clock goes. @throws MarketUnavailable */
  async greet(): Promise<void> {
    if (!this.library.has.fetchTime) return;
    const asked = Date.now();
    const time = await this.read('the time', () => this.library.fetchTime());
    const answered = Date.now();
    if (!Number.isSafeInteger(time)) throw this.explained('the time', new AnswerRefused('it must be a whole number'));
    // The answer was made somewhere between: what is less than the way itself is not known.
    const ahead = Number(time) - (asked + answered) / 2;
    this.aheadMs = Math.abs(ahead) <= (answered - asked) / 2 + CLOCK_STEP_MS ? 0 : Math.round(ahead);
  }

  /** Reads what is traded there, for `instrument`. @throws MarketUnavailable */
  async loadMarkets(): Promise<void> {
    await this.read('markets', () => this.library.loadMarkets());
  }

  instrument(symbol: MarketSymbol): Instrument | undefined {
    try {
      return instrumentFrom(this.library.markets, symbol, this.library.precisionMode);
    } catch (error) {
      throw this.explained('markets', error);
    }
  }

  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    if (!isTimeframe(timeframe) || !this.timeframes.includes(timeframe)) {
      throw new SeriesUnavailable(
        `Cannot read ${timeframe} candles from ${this.name} as it must have them: it has ${this.timeframes.join(', ')}`,
      );
    }
    const what = `${timeframe} candles of ${symbol}`;
    const answer = await this.read(what, () => this.library.fetchOHLCV(symbol, timeframe, from));
    try {
      return candlesFrom(answer, timeframe, from);
    } catch (error) {
      throw this.explained(what, error);
    }
  }

  async quote(symbol: MarketSymbol): Promise<BestPrices | undefined> {
    if (this.library.has.fetchTicker !== true) return undefined;
    const what = `bid and ask of ${symbol}`;
    const answer = await this.read(what, () => this.library.fetchTicker(symbol));
    try {
      return bestPricesFrom(answer);
    } catch (error) {
      throw this.explained(what, error);
    }
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
        try {
          return krakenTradesFrom(answer, after);
        } catch (error) {
          throw this.explained(what, error);
        }
      },
    };
  }

  private async read(what: string, ask: () => Promise<unknown>): Promise<unknown> {
    try {
      return await (this.repeats ? this.policy.execute(ask, this.abort.signal) : ask());
    } catch (error) {
      throw this.explained(what, error);
    }
  }

  private explained(what: string, error: unknown): unknown {
    if (error instanceof AnswerRefused) {
      return new MarketUnavailable(
        `Cannot use ${what} of ${this.name} as ${error.message}; try again later, or choose another one`,
        { cause: error },
      );
    }
    const kinds = kindsOf(error);
    const reason = error instanceof Error ? error.message : String(error);
    if (kinds.includes('BadSymbol')) {
      return new SeriesUnavailable(`Cannot read ${what} from ${this.name} as it must have the symbol: it has not`);
    }
    if (kinds.includes('BaseError') || this.abort.signal.aborted) return this.unavailable(what, reason, error);
    return error;
  }

  private unavailable(what: string, reason: string, cause?: unknown): MarketUnavailable {
    const short = reason.replace(/\s+/g, ' ').slice(0, MOST_OF_A_REASON);
    return new MarketUnavailable(
      `Cannot read ${what} from ${this.name} as it must answer: ${short}; check the network, and try again later`,
      { cause },
    );
  }
}

/** What Kraken's own clock is told in. */
const CLOCK_STEP_MS = 1000;

/** The names of an error's classes, its own first: CCXT sorts what exchanges say into a tree of them. */
function kindsOf(error: unknown): string[] {
  const kinds: string[] = [];
  for (let of = Object(error).constructor; typeof of === 'function' && of.name; of = Object.getPrototypeOf(of)) {
    kinds.push(of.name);
  }
  return kinds;
}

/** Whether a read may do better the next time: the network, a busy exchange, too many requests. */
function isPassing(error: unknown): boolean {
  return kindsOf(error).includes('NetworkError');
}

/** An exchange's addresses with another scheme and host. */
function moved(urls: unknown, address: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^\w+:\/\/[^/]+/, address.replace(/\/$/, ''));
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, moved(url, address)]));
}

/**
 * A fetch whose time limit ends with the last byte; CCXT's own ends with the first. An answer that is no JSON is one of
 * the way there (a proxy, the page of a hotel's network): CCXT would take it for an empty list.
 */
function wholeFetch(timeoutMs: number, abort: AbortSignal): typeof fetch {
  return async (url, { method, headers, body } = {}) => {
    const signal = AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, {
      ...(method && { method }),
      ...(headers && { headers }),
      ...(body && { body }),
      redirect: 'error',
      signal,
    });
    const { status, statusText } = response;
    const text = await response.text();
    if (response.ok && !/^\s*[[{]/.test(text)) throw new TypeError('the answer is no JSON');
    return new Response(text, { status, statusText, headers: response.headers });
  };
}
