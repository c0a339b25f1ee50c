import type { Brand } from './brand.ts';
import type { IndicatorSpec } from './indicators/registry.ts';
import type { Money, Quantity } from './money.ts';
import type { Weekday } from './sessions/calendar-days.ts';
import type { Timeframe } from './time.ts';

/**
 * What a bot is, once its file was read: a strategy on some symbols of one account, with a budget. The file's own
 * spelling and its checks are `contract/bot-file.ts`.
 */
export type BotId = Brand<string, 'BotId'>;
export type AccountId = Brand<string, 'AccountId'>;
/** Base and quote as people write them: "BTC/USDT". */
export type MarketSymbol = Brand<string, 'MarketSymbol'>;

/** What a rule compares: a number read at the close of a candle. */
export type Operand =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'price'; readonly field: 'open' | 'high' | 'low' | 'close' }
  | { readonly kind: 'volume' }
  /** Candles closed since the entry filled, the entry's own candle included; 0 while flat. */
  | { readonly kind: 'bars-in-trade' }
  /** With a `timeframe` above the bot's: the last closed candle of that timeframe. */
  | { readonly kind: 'indicator'; readonly indicator: IndicatorSpec; readonly timeframe?: Timeframe }
  | { readonly kind: 'multiple'; readonly factor: number; readonly of: Operand };

/** `crosses-above`: previous below and now at or above; `crosses-below` mirrored. */
export type Operator = '>' | '<' | 'crosses-above' | 'crosses-below';

export interface Comparison {
  readonly kind: 'comparison';
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
}

export interface Group {
  readonly kind: 'all' | 'any';
  readonly of: readonly Condition[];
}

export type Condition = Comparison | Group;

/** A distance from the anchor price: percent of it, or a multiple of ATR(period) at the signal. */
export type Distance =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'atr'; readonly multiple: number; readonly period: number };

export interface Brackets {
  readonly stop: Distance;
  /** `risk` is a fixed R: a multiple of the stop's distance. */
  readonly target?: Distance | { readonly kind: 'risk'; readonly multiple: number };
  /** What the distances count from: the signal's close (every venue can), or the entry's fill (simulated venue only). */
  readonly anchor: 'signal' | 'fill';
  /** `toward-entry`: levels lie on the tick, never farther from the entry than asked; `none`: as computed, to 1e-9. */
  readonly rounding: 'toward-entry' | 'none';
}

export type Sizing =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'percent-of-capital'; readonly percent: number }
  /** The loss at the stop, before costs, is this percent of the capital. Needs a stop. */
  | { readonly kind: 'risk-per-trade'; readonly percent: number };

/** The time of day in which a bot enters, by the clocks of a zone. */
export interface TradingWindow {
  /** Minutes after midnight, 0 to 1439. An end at or before the start is on the next day. */
  readonly startMinute: number;
  readonly endMinute: number;
  /** A name of the IANA database, or a fixed distance from UTC such as "+02:00". */
  readonly zone: string;
  /** The days on which it starts. */
  readonly days: readonly Weekday[];
  /** Whether it leaves what it holds before the window ends, or the market's session if that ends first. */
  readonly flattenAtEnd: boolean;
}

export interface IndicatorRulesBot {
  readonly kind: 'indicator-rules';
  readonly name: string;
  /** The most it may commit at once over all its symbols, in the account's currency; a backtest starts with it. */
  readonly capital: Money;
  readonly symbols: readonly MarketSymbol[];
  readonly timeframe: Timeframe;
  /** Candles that must be closed before the first decision. */
  readonly warmupCandles: number;
  readonly entry: { readonly long?: Condition; readonly short?: Condition };
  readonly exit: { readonly long?: Condition; readonly short?: Condition };
  readonly brackets?: Brackets;
  readonly sizing: Sizing;
  /** Candles after an exit's candle during which no entry is taken. */
  readonly coolDownCandles: number;
  /** Left out, it enters whenever the market trades. */
  readonly tradingWindow?: TradingWindow;
}

/** Every kind of bot; chart vision and model votes join it. */
export type Bot = IndicatorRulesBot;
