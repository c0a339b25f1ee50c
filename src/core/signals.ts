import type { AttachedTrail } from './brackets.ts';
import type { MarketEvent } from './events/market-events.ts';
import type { Basis } from './opinions.ts';
import type { EpochMs } from './time.ts';

/** What became of one candle. */
export type Outcome = 'skipped' | 'held' | 'refused' | 'entered' | 'exited';

/** Why nothing, or something, was done with one candle; its number is the reason byte that a backtest keeps. */
export interface Reason {
  readonly code: number;
  readonly outcome: Outcome;
  readonly why: string;
}

const reasons: Reason[] = [];

function reason(outcome: Outcome, why: string): Reason {
  const made = Object.freeze({ code: reasons.length, outcome, why });
  reasons.push(made);
  return made;
}

/** Every reason there is. New ones go to the end: the codes of stored runs keep their meaning. */
export const REASONS = {
  undecided: reason('skipped', 'not decided yet'),
  warmingUp: reason('skipped', 'warming up: fewer candles closed than warmupCandles'),
  noEntry: reason('held', 'flat, and no entry rule is met'),
  noExit: reason('held', 'in position, and no exit rule is met'),
  coolingDown: reason('skipped', 'cooling down after the last exit'),
  longEntry: reason('entered', 'the long entry rules are met'),
  shortEntry: reason('entered', 'the short entry rules are met'),
  longExit: reason('exited', 'the long exit rules are met'),
  shortExit: reason('exited', 'the short exit rules are met'),
  bothEntries: reason('held', 'long and short entry rules are met at once: no side is taken'),
  badBrackets: reason('refused', 'the stop or target is not a finite price on its right side of the entry'),
  orderPending: reason('skipped', 'an earlier order is still working'),
  overCapital: reason('refused', "the position would exceed the bot's capital or the account's equity"),
  underMinimum: reason('refused', "the sized quantity is under the instrument's minimum"),
  refusedByVenue: reason('refused', 'the venue refused the order'),
  noSlot: reason('skipped', "no free slot: the bot's or the account's most trades at once are open"),
  rankedOut: reason('refused', 'ranked out: better signals took the free slots'),
  lowConfidence: reason('refused', 'the confidence is under the minimum'),
  lowRewardRisk: reason('refused', 'the reward for the risk is under the minimum'),
  stopOutOfBounds: reason('refused', "the stop's distance is out of bounds"),
  repeated: reason('refused', 'the same signal was taken a short while ago'),
  tooRisky: reason('refused', "the stop would cost more of the equity than the bot's most"),
  dailyLoss: reason('refused', "the account's daily loss limit leaves no room for the risk"),
  underOwnLeast: reason('refused', "the sized quantity is under the bot's own least"),
  oppositeCloses: reason('exited', 'an opposite signal closes the position'),
  oppositeReverses: reason('exited', 'an opposite signal reverses the position: it is closed first'),
  oppositeIgnored: reason('held', 'an opposite signal is ignored while in position'),
  sameIgnored: reason('held', 'a signal to the same side is ignored while in position'),
  fullyStacked: reason('held', 'a signal to the same side, and the trade has had its most entries'),
  longAddition: reason('entered', 'a long entry is signalled again: the position is added to'),
  shortAddition: reason('entered', 'a short entry is signalled again: the position is added to'),
  reversedEntry: reason('entered', 'flat after the opposite signal: the reversal goes on'),
  outsideWindow: reason('skipped', 'outside the trading window'),
  windowEnding: reason('skipped', 'too late to enter and be flat when the trading window or the session ends'),
  windowEnd: reason('exited', 'the trading window or the session ends, and the bot is to be flat then'),
  marketClosed: reason('skipped', 'the market is closed'),
  tooLong: reason('exited', 'the trade has lasted its most candles'),
  entryTimedOut: reason('skipped', 'the entry waited its most candles and was taken back'),
  overLeverage: reason('refused', "the margin tier of its notional does not allow the bot's leverage"),
  betweenTicks: reason('skipped', "the close is no tick of the bot's interval"),
  noPrice: reason('skipped', 'what the market trades at is not known'),
  wideSpread: reason('refused', 'the spread between bid and ask is wider than its most, or not known'),
  stalePrice: reason('refused', 'the price is older than its most, or not known'),
  opinionsHold: reason('held', 'the models recommend to hold, or do not agree'),
  noOpinion: reason('skipped', 'no model gave an answer that could be used'),
  buyOpinion: reason('entered', 'the models recommend to buy'),
  sellOpinion: reason('entered', 'the models recommend to sell'),
} as const;

/** The reason of a reason byte. @throws RangeError for a byte that stands for none. */
export function reasonOf(code: number): Reason {
  const found = reasons[code];
  if (!found) throw new RangeError(`There is no reason ${code}: they run from 0 to ${reasons.length - 1}`);
  return found;
}

export type Direction = 'long' | 'short' | 'flat';

/** What a strategy makes of one closed candle. */
export type Decision =
  | { readonly kind: 'hold'; readonly reason: Reason; readonly basis?: Basis }
  | { readonly kind: 'exit'; readonly reason: Reason; readonly basis?: Basis }
  | {
      readonly kind: 'enter';
      readonly direction: 'long' | 'short';
      readonly reason: Reason;
      /** Distances of stop and target from the anchor, in quote per base; undefined for an entry without a stop. */
      readonly brackets: BracketDistances | undefined;
      /** How sure the strategy is, 0 to 1; undefined where it cannot say. */
      readonly confidence?: number;
      /** What it was made of, where analysts were asked: kept with it, a hold too. */
      readonly basis?: Basis;
    };

export type EntrySignal = Extract<Decision, { kind: 'enter' }>;

export interface BracketDistances {
  readonly stop: number;
  readonly target: number | undefined;
  /** How the stop follows the price; left out, it stays. */
  readonly trail?: AttachedTrail;
}

/** A `hold` that a strategy makes once and hands out for every candle it fits. */
export function hold(why: Reason): Decision {
  return Object.freeze({ kind: 'hold', reason: why });
}

/** What a strategy may know of its own position. */
export interface Held {
  readonly direction: Direction;
  /** Index of the candle in which the entry filled; -1 while flat. */
  readonly entryIndex: number;
  /** Index of the candle of the last exit; -1 before the first. */
  readonly lastExitIndex: number;
}

/** A moment between two closes at which a bot is called. */
export interface Moment {
  readonly at: EpochMs;
  /** What the market trades at, quote per base. */
  readonly price: number;
  /** The market events that it is called at; left out where something else calls it. */
  readonly events?: readonly MarketEvent[] | undefined;
}

/** A stretch of candles at which nothing is decided: up to `until`, exclusive, and all for one reason. */
export interface Quiet {
  readonly until: number;
  readonly reason: Reason;
}

/**
 * What decides, for one symbol. Columns are filled by `observe` as candles close; `decide` reads them at the last
 * closed candle and never beyond it.
 */
export interface Strategy {
  /** Fills columns for the closed candles [from, to). */
  observe(from: number, to: number): void;
  /** What to do at the close of candle `i`; a promise only where something has to be asked. */
  decide(i: number, held: Held): Decision | Promise<Decision>;
  /** What to do between closes, where candle `i` is the last closed one: columns stay what they were at its close. */
  decideBetween(i: number, held: Held, moment: Moment): Decision | Promise<Decision>;
  /**
   * For how many of the observed candles from `from` on `decide` holds, as long as the position stays what it is. A
   * replay passes over them in one go; a strategy that cannot tell ahead leaves this out.
   */
  quiet?(from: number, to: number, held: Held): Quiet;
  /** Why no entry may be taken at the close of candle `i`, or at a moment after it, whatever is decided; undefined where one may. */
  closedToEntries?(i: number, moment?: Moment): Reason | undefined;
  /** The indicators' values at the close of candle `i`, by their canonical text; those not defined yet are left out. */
  snapshot(i: number): Readonly<Record<string, number>>;
}
