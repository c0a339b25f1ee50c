import type { Brand } from './brand.ts';
import type { RunningEventKind } from './events/market-events.ts';
import type { IndicatorSpec } from './indicators/registry.ts';
import type { MarketSymbol } from './instruments.ts';
import type { MarginMode } from './margin/liquidation.ts';
import type { ExecutionModel } from './matching/execution-model.ts';
import type { ModelBot } from './model-bots.ts';
import type { Money, Quantity, Ratio } from './money.ts';
import type { RoiTable } from './roi.ts';
import type { Weekday } from './sessions/calendar-days.ts';
import type { Timeframe } from './time.ts';

/**
 * What a bot is, once its file was read: a strategy on some symbols of one account, with a budget. The file's own
 * spelling and its checks are `contract/bot-file.ts`.
 */
export type BotId = Brand<string, 'BotId'>;
export type AccountId = Brand<string, 'AccountId'>;

/** What a rule compares: a number read at the close of a candle, or between closes at the last one. */
export type Operand =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'price'; readonly field: 'open' | 'high' | 'low' | 'close' }
  /** The last price: at a close the close, between closes what the market trades at. */
  | { readonly kind: 'live-price' }
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

/** Beyond the last swing: under the lowest low of so many candles for a long, above the highest high for a short. */
export interface SwingDistance {
  readonly kind: 'swing';
  readonly candles: number;
  /** Farther away by this percent of the swing's price. */
  readonly offsetPercent: number;
}

/** How the stop follows the best price since the entry, once it would lie nearer than where it began. */
export interface TrailRule {
  /** Percent of the best price, or a multiple of ATR(period) at the signal. */
  readonly distance: Distance;
  /** It follows only once the price has been this far in profit, percent of the signal's close; 0 for at once. */
  readonly activateAfterPercent: number;
}

export interface Brackets {
  readonly stop: Distance | SwingDistance;
  readonly trail?: TrailRule;
  /** `risk` is a fixed R: a multiple of the stop's distance. */
  readonly target?: Distance | { readonly kind: 'risk'; readonly multiple: number };
  /** The profit at which a trade is left, the less the longer it lasts; a nearer `target` goes before it. */
  readonly roi?: RoiTable;
  /** What the distances count from: the signal's close, or the entry's limit (every venue can), or the entry's fill (simulated venue only). */
  readonly anchor: 'signal' | 'fill';
  /** `toward-entry`: levels lie on the tick, never farther from the entry than asked; `none`: as computed, to 1e-9. */
  readonly rounding: 'toward-entry' | 'none';
}

/** An entry that waits at a limit; without one it is a market order. */
export interface LimitEntry {
  readonly kind: 'limit';
  /** How far the limit lies under the close for a long, above it for a short: 0 and more, below 100. */
  readonly offsetPercent: number;
  /** In how many candles it may trade before it is taken back. */
  readonly timeoutCandles: number;
  /** `follow` puts it back to its offset from each new close. */
  readonly reprice: 'follow' | 'never';
  readonly postOnly: boolean;
}

export type Sizing = SizingBounds &
  (
    | { readonly kind: 'quantity'; readonly quantity: Quantity }
    | { readonly kind: 'percent-of-capital'; readonly percent: number }
    /** The loss at the stop, before costs, is this percent of the capital. Needs a stop. */
    | { readonly kind: 'risk-per-trade'; readonly percent: number }
  );

/** More than the most is cut down to it; less than the least is not traded. Notional at the last close. */
export interface SizingBounds {
  readonly minQuantity?: Quantity;
  readonly maxQuantity?: Quantity;
  readonly minNotional?: Money;
  readonly maxNotional?: Money;
}

/** What a signal must be worth to become an order; what is left out demands nothing. */
export interface SignalFilter {
  /** 0 to 1; a signal that tells of no confidence, as rules do not, is not asked for one. */
  readonly minConfidence?: number;
  /** The target's distance over the stop's. A signal without a target has none and is refused. */
  readonly minRewardRisk?: number;
  /** The most equity that may be lost at the stop, both fees included, in percent. Without a stop all of it may. */
  readonly maxRiskPercent?: number;
  /** Distance of the stop from the close, or from the limit of an entry that waits, percent of it. */
  readonly minStopPercent?: number;
  readonly maxStopPercent?: number;
  /** Between bid and ask, percent of the middle. Where nobody tells them every signal is refused. */
  readonly maxSpreadPercent?: number;
  /** How old the price may be that a signal is decided at. */
  readonly maxAgeSeconds?: number;
  /** Candles after an entry's signal during which one to the same side is the same signal again. */
  readonly repeatAfterCandles?: number;
}

/** What a signal against the open position does: `reverse` closes, waits until it is flat, then opens the other side. */
export type OnOpposite = 'close' | 'reverse' | 'ignore';

/** What a signal to the side of the open position does: `stack` adds to it. */
export type OnSame = 'stack' | 'ignore';

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

/** What every bot says, whatever it decides by. */
export interface BotBase {
  readonly name: string;
  /** The most it may commit at once over all its symbols, in the account's currency; a backtest starts with it. */
  readonly capital: Money;
  readonly symbols: readonly MarketSymbol[];
  readonly timeframe: Timeframe;
  /** How long after a close, or a tick, its exchange is asked for what happened; a usual time when left out. */
  readonly settleMs?: number;
  /** It decides at the multiples of this since 1970 instead of at the closes of its candles. */
  readonly intervalMs?: number;
  /** It is called at these market events too, as soon as they show in a candle that runs. */
  readonly callingEvents?: readonly RunningEventKind[];
  /** Candles that must be closed before the first decision. */
  readonly warmupCandles: number;
  readonly brackets?: Brackets;
  /** Left out, entries are market orders. */
  readonly entryOrder?: LimitEntry;
  /** The most candles a trade may last, its entry's own included: it is left at the close of the last one. */
  readonly maxTradeCandles?: number;
  readonly sizing: Sizing;
  readonly filter: SignalFilter;
  /** The most symbols it may have a position in, or an entry on its way for, at once. */
  readonly maxConcurrentTrades: number;
  readonly onOpposite: OnOpposite;
  readonly onSame: OnSame;
  /** The most entries into one trade, the first included. */
  readonly maxEntries: number;
  /** What the simulated venue assumes of its market; its defaults without. */
  readonly execution?: ExecutionModel;
  /** Candles after an exit's candle during which no entry is taken. */
  readonly coolDownCandles: number;
  /** At least 1: an entry locks its notional / leverage. Left out, what it holds is paid for in full. */
  readonly leverage?: Ratio;
  /** What stands behind a position: the margin it locked, or the account's whole balance. */
  readonly marginMode?: MarginMode;
  /** What a margin account asks for what it lends, in percent of it a year: 5 is 5 %. Left out, nothing. */
  readonly borrowPercentPerYear?: Ratio;
  /** Left out, it enters whenever the market trades. */
  readonly tradingWindow?: TradingWindow;
}

export interface IndicatorRulesBot extends BotBase {
  readonly kind: 'indicator-rules';
  readonly entry: { readonly long?: Condition; readonly short?: Condition };
  readonly exit: { readonly long?: Condition; readonly short?: Condition };
}

/** What its owner allows an account as a whole; null is no limit. */
export interface AccountLimits {
  /** Symbols with a position, or an entry on its way, at once. */
  readonly maxConcurrentTrades: number | null;
  /** Of the equity at 00:00 UTC: what the day has lost, and what every open and new stop would lose, together. */
  readonly dailyLossPercent: number | null;
}

export const NO_LIMITS: AccountLimits = Object.freeze({ maxConcurrentTrades: null, dailyLossPercent: null });

/** Every kind of bot. */
export type Bot = IndicatorRulesBot | ModelBot;
