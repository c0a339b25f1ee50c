import type { Candle, Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';

/**
 * What closes candles, pulled by the engine's one loop. A replaying feed answers with a number, one that has to wait
 * with a promise: there is no promise where nothing waits.
 */
export interface Feed {
  /**
   * Goes on to the next moment at which at least one series closes a candle, or a bot is called: the clock reaches it, the
   * candles are closed, and what trades in them is told, all before the answer.
   * @returns 0, 1, 2 ... for each such moment, and -1 at the end (a replay's end, or the feed was closed).
   */
  next(): number | Promise<number>;
  /**
   * Goes on over up to `most` boundaries at once, as long as nothing trades and none has to be waited for.
   * @returns Over how many: 0 for a feed that cannot look ahead, and where several series share the time line.
   */
  skip(most: number): number;
  /** Whether no candle closed at the last moment: it was a tick of a bot's interval, or what somebody asked for. */
  readonly isBetween: boolean;
  /** Ends a wait and every later `next`. */
  close(): void;
}

/** One symbol's candles as they close, and what its market demands of orders. */
export interface Series {
  readonly symbol: MarketSymbol;
  readonly instrument: Instrument;
  readonly candles: Candles;
  /** The candle that has not closed yet, as it looks at a moment of market time: for pages, never for decisions. */
  forming(at: EpochMs): Candle | undefined;
  /**
   * What the market is told to trade at: of the candle that just closed, or of the running one as it was looked into at
   * that moment; undefined when nothing is known of it.
   */
  quotation(at: EpochMs): Quotation | undefined;
}

/** The market of one symbol at a moment: all that a decision between closes sees of the candle that runs. */
export interface Quotation {
  /** Quote per base: the last price, or the middle between bid and ask where there are quotes. */
  readonly price: number;
  /** How old the price is, milliseconds of market time. */
  readonly ageMs: number;
  /** What buyers offer and sellers ask; undefined where nobody tells. */
  readonly bid?: number | undefined;
  readonly ask?: number | undefined;
  /** What was seen of the running candle: stored, so that after a restart only what came later trades. */
  readonly running?: Candle | undefined;
}

/** A market has the symbol, but not as it was asked for: the message is a sentence with the fix. */
export class SeriesUnavailable extends Error {
  override readonly name = 'SeriesUnavailable';
}

/** A market does not answer, or not in a form that can be used: the message is a sentence with the fix. */
export class MarketUnavailable extends Error {
  override readonly name = 'MarketUnavailable';
}

/** A market that bots can run on. */
export interface MarketData<Opened extends Series = Series> {
  /** What a bot's rows are bound to: a bot goes on only on the market it began on. */
  readonly name: string;
  /** What people read beside every figure that comes from it. */
  readonly label: string;
  /** True where prices are invented or replayed. */
  readonly simulated: boolean;
  /** Where a bot begins that never ran: at a recording's beginning, or where a market that goes on has come to. */
  readonly newcomers: 'at-the-start' | 'now';
  /** Since when nothing was heard of it, in wall time; undefined while it speaks, and for one that need not be asked. */
  readonly silentSince: EpochMs | undefined;
  /**
   * Opens a symbol. Candles that close by `until` are closed from the start; left out, those of the market's own
   * history are.
   * @returns undefined when the market does not have the symbol.
   * @throws SeriesUnavailable when it has it, but not in this timeframe.
   */
  open(symbol: MarketSymbol, timeframe: Timeframe, until?: EpochMs): Opened | undefined;
}

/** Candles that open in [from, to), on the timeframe's grid. */
export interface CandleRange {
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Prices of one symbol, quote per base; what the market does not tell is undefined. At least one of them is there. */
export interface Ticker {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly last: number | undefined;
  /** The market's time of them; of its answer where it tells none. */
  readonly at: EpochMs;
}

/** What holders of a perpetual contract pay one another next. */
export interface FundingRate {
  /** Fraction of the position's value: above 0, longs pay shorts. As it stands now; it may change until it is due. */
  readonly rate: number;
  readonly dueAt: EpochMs | undefined;
  /** From one payment to the next. */
  readonly intervalMs: number | undefined;
}

/** What was asked of several symbols at once: each has a row, or the reason why not, as a part of a sentence. */
export interface Batch<Row> {
  readonly rows: ReadonlyMap<MarketSymbol, Row>;
  readonly missing: ReadonlyMap<MarketSymbol, string>;
}

export type ContractType = 'spot' | 'perpetual' | 'future' | 'option';

/** One of the things that a market trades. */
export interface Listing {
  /** Steps and minimums. Quantities count `unit`, which is not the base of an inverse contract. */
  readonly instrument: Instrument;
  readonly contract: ContractType;
  /** "BTC"; for what is not counted in its base, "contract of 1 USD". */
  readonly unit: string;
  /** The currency that a contract pays in; undefined for what is bought outright. */
  readonly settle: string | undefined;
  /** Fees of the notional, as fractions: 0.001 is 0.1 %. What is publicly known; an account may have others. */
  readonly makerFeeRate: number | undefined;
  readonly takerFeeRate: number | undefined;
  /** Whether it trades now. */
  readonly isActive: boolean;
}

/**
 * What can be asked of a market at any time, beside the candles that a bot is fed. A market that does not answer throws
 * MarketUnavailable.
 */
export interface MarketQueries {
  /** By symbol; `instrument.calendar` says when each trades. */
  listings(): readonly Listing[];
  /**
   * The closed candles of a range, oldest first. One that runs is never among them.
   * @throws SeriesUnavailable for a symbol or timeframe that the market does not have.
   */
  candlesBetween(range: CandleRange): Promise<readonly Candle[]>;
  /** In one call for each type of contract. */
  tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>>;
  fundingRates(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>>;
}

/** What a market that bots run on is asked between candles: prices, and funding where it knows of any. */
export type LiveQueries = Pick<MarketQueries, 'tickers'> & Partial<Pick<MarketQueries, 'fundingRates'>>;
