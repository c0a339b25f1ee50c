import type { Recommendation } from './votes.ts';

/** What one analyst, a model or a rule set, thinks of one symbol on one occasion. */
export interface Opinion {
  /** A model's name, or "rules (no model)". */
  readonly analyst: string;
  readonly recommendation: Recommendation;
  /** 0 to 1. */
  readonly confidence: number;
  /** Quote per base; undefined where it named none. */
  readonly entry: number | undefined;
  readonly stop: number | undefined;
  readonly target: number | undefined;
  /** In the analyst's own words: shown as text and never read by anything. */
  readonly why: string;
  /** Where what it claims does not agree with the figures; it was not acted on alone, and is kept. */
  readonly contradictions: readonly string[];
  readonly imageHash: string | undefined;
  readonly rawAnswer: string | undefined;
  /** Hash of what was asked: under it the whole question is kept. */
  readonly questionId: string;
  /** Which model answered; a server may fall back to another one than was asked. */
  readonly answeredBy: string;
}

/** Why nothing came of asking an analyst. */
export interface NoOpinion {
  readonly analyst: string;
  /** What went wrong, in a word. */
  readonly failure: string;
  /** A sentence. */
  readonly why: string;
  readonly rawAnswer: string | undefined;
  readonly imageHash: string | undefined;
  /** Undefined where nothing was asked. */
  readonly questionId: string | undefined;
}

/** What a decision was made of where analysts were asked. */
export interface Basis {
  /** Name and version of the prompt. */
  readonly promptName: string;
  /** What came of all opinions together. */
  readonly recommendation: Recommendation;
  /** 0 to 1; undefined where nothing came of it. */
  readonly confidence: number | undefined;
  /** The rule that decided, and by which figures. */
  readonly rule: string;
  readonly opinions: readonly Opinion[];
  readonly failures: readonly NoOpinion[];
}

/** What the levels of an opinion are held against. Prices in quote per base. */
export interface MarketNow {
  readonly price: number;
  /** What a trade costs between the sides of the book: a target nearer than this earns nothing. */
  readonly spread: number;
}

/** A level farther away than this part of the price is a mistake, not a plan. */
const FARTHEST = 0.5;
/** An entry that lies farther from the market than this part of the price was read off another chart. */
const FARTHEST_ENTRY = 0.03;

/**
 * Why nothing may be made of an opinion's levels; undefined where they are sound or there are none. A stop lies on the losing
 * side of the price and a target on the winning one, both finite and no farther than half of the price; the target lies
 * beyond the spread; and an entry is near the market.
 */
export function levelsRefusal(
  { recommendation, entry, stop, target }: Pick<Opinion, 'recommendation' | 'entry' | 'stop' | 'target'>,
  { price, spread }: MarketNow,
): string | undefined {
  if (recommendation === 'hold') return undefined;
  const sign = recommendation === 'buy' ? 1 : -1;
  if (entry !== undefined && !(Math.abs(entry - price) <= price * FARTHEST_ENTRY))
    return `its entry ${entry} is not near the price ${price}`;
  const from = entry ?? price;
  if (stop !== undefined) {
    const away = sign * (from - stop);
    if (!(away > 0)) return `its stop ${stop} lies on the wrong side of ${from}`;
    if (!(away <= from * FARTHEST)) return `its stop ${stop} lies too far from ${from}`;
  }
  if (target !== undefined) {
    const away = sign * (target - from);
    if (!(away > 0)) return `its target ${target} lies on the wrong side of ${from}`;
    if (!(away > spread)) return `its target ${target} lies within the spread of ${from}`;
    if (!(away <= from * FARTHEST)) return `its target ${target} lies too far from ${from}`;
  }
  return undefined;
}

/**
 * Stop and target of those that agree: the nearest of each, so that nobody who agreed would lose more, or wait longer, than he
 * said. Undefined where none of them named one.
 */
export function agreedLevels(
  direction: 'long' | 'short',
  agreeing: readonly Pick<Opinion, 'stop' | 'target'>[],
): { readonly stop: number | undefined; readonly target: number | undefined } {
  const nearest = (values: readonly (number | undefined)[], side: 'above' | 'below') => {
    const named = values.filter((value) => value !== undefined);
    if (named.length === 0) return undefined;
    return side === 'above' ? Math.min(...named) : Math.max(...named);
  };
  const isLong = direction === 'long';
  return {
    stop: nearest(
      agreeing.map(({ stop }) => stop),
      isLong ? 'below' : 'above',
    ),
    target: nearest(
      agreeing.map(({ target }) => target),
      isLong ? 'above' : 'below',
    ),
  };
}

/** The target's distance over the stop's; undefined without both. */
export function rewardRisk(from: number, stop: number | undefined, target: number | undefined): number | undefined {
  if (stop === undefined || target === undefined) return undefined;
  const risk = Math.abs(from - stop);
  return risk > 0 ? Math.abs(target - from) / risk : undefined;
}
