import type { Candle } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Batch, FundingRate, Ticker } from '#ports/market-data.ts';

/**
 * An exchange's public market data: what live prices and downloads ask. Every call has a time limit and is repeated a few
 * times when `repeats` is set; what fails all the same throws MarketUnavailable.
 */
export interface Exchange {
  /** What rows are bound to: "kraken". */
  readonly id: string;
  /** What people read: "Kraken". */
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  /** Its clock less ours, in ms, as it was when it was opened. */
  readonly aheadMs: number;
  /** Market time of an exchange that goes on only as it is asked for candles; left out, it is wall time and `aheadMs`. */
  toldTime?(): EpochMs;
  /** When the candle that runs began, whatever the clock says; left out where nobody needs it. */
  marketTime?(symbol: MarketSymbol, timeframe: Timeframe): Promise<EpochMs>;
  /** Market time as its last answer told it; left out where answers tell nothing of it. */
  readonly answeredAt?: EpochMs | undefined;
  /** Trades of any age, for an exchange whose candles do not reach back; undefined where they do. */
  readonly trades: TradeHistory | undefined;
  /** Who asks again anyway, and must not be held up by pauses when it is stopped, sets this to false. */
  repeats: boolean;
  instrument(symbol: MarketSymbol): Instrument | undefined;
  /**
   * As many candles as it gives at once, oldest first: those that open at `from` or later. The last one may be open.
   * @throws SeriesUnavailable for a symbol or timeframe that it does not have.
   */
  candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]>;
  /** Bid, ask and last price now, asked for together. */
  tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>>;
  /** What contracts pay next; left out where it tells of none. */
  fundingRates?(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>>;
  /** Ends calls that are on their way, and every later one. */
  close(): void;
}

/** The trades of an exchange that gives only its newest candles. */
export interface TradeHistory {
  /** How many candles back it gives, the open one included. */
  readonly candlesReach: number;
  /** The place before the first trade at `from` or later. */
  before(from: EpochMs): string;
  /** Trades after a place, oldest first; none when there are none yet. */
  page(symbol: MarketSymbol, after: string): Promise<TradePage>;
}

export interface TradePage {
  readonly trades: readonly PublicTrade[];
  /** The place after the last of them. */
  readonly next: string;
}

/** What somebody traded: price in quote per base, amount in base units. */
export interface PublicTrade {
  readonly at: EpochMs;
  readonly price: number;
  readonly amount: number;
}

/** Market time as an exchange has it. */
export function exchangeTime(exchange: Exchange, clock: WallClock): EpochMs {
  return exchange.toldTime?.() ?? ((clock.wall() + exchange.aheadMs) as EpochMs);
}
