import type { SignalFilter } from './bots.ts';
import { type EntrySignal, REASONS, type Reason } from './signals.ts';

/** Why a signal is not let through: the reason that is kept for its candle, and the sentence with the values. */
export interface Refusal {
  readonly reason: Reason;
  readonly why: string;
}

/**
 * Why a signal to enter is refused before it is sized, or undefined: its levels must be prices on their sides, and it
 * must be worth what the bot demands. The risk in equity is known once it is sized: `riskRefusal`.
 * @param price What the entry is reckoned with, quote per base: its limit, or the close that it was decided at.
 * @param candlesSinceSame How many candles ago the last entry to the same side was signalled; Infinity when there was none.
 */
export function filterSignal(
  signal: EntrySignal,
  filter: SignalFilter,
  price: number,
  candlesSinceSame: number,
): Refusal | undefined {
  if (!hasSaneLevels(signal, price)) return { reason: REASONS.badBrackets, why: REASONS.badBrackets.why };
  const { minConfidence, minRewardRisk, minStopPercent = 0, maxStopPercent = 100, repeatAfterCandles } = filter;
  const { confidence, brackets } = signal;
  if (minConfidence !== undefined && confidence !== undefined && confidence < minConfidence) {
    return refusal(REASONS.lowConfidence, `the confidence must be >= ${minConfidence}`, confidence);
  }
  const stopPercent = brackets && (100 * brackets.stop) / price;
  if (stopPercent !== undefined && stopPercent < minStopPercent) {
    return refusal(REASONS.stopOutOfBounds, `the stop must be >= ${minStopPercent} % from the entry`, stopPercent);
  }
  if (stopPercent !== undefined && stopPercent > maxStopPercent) {
    return refusal(REASONS.stopOutOfBounds, `the stop must be <= ${maxStopPercent} % from the entry`, stopPercent);
  }
  const ratio = rewardRisk(signal);
  if (minRewardRisk !== undefined && !(ratio !== undefined && ratio >= minRewardRisk)) {
    return refusal(REASONS.lowRewardRisk, `the reward/risk must be >= ${minRewardRisk}`, ratio);
  }
  return repeatAfterCandles === undefined ? undefined : repeatRefusal(repeatAfterCandles, candlesSinceSame);
}

/** What is told of the market at the moment of a decision. */
export interface MarketState {
  readonly ageMs: number;
  readonly bid?: number | undefined;
  readonly ask?: number | undefined;
}

/** Why a market is not one to enter, or undefined. What is limited must be known: undefined is nothing to go by. */
export function marketRefusal(
  { maxSpreadPercent, maxAgeSeconds }: SignalFilter,
  state: MarketState | undefined,
): Refusal | undefined {
  const ageSeconds = state && state.ageMs / 1000;
  if (maxAgeSeconds !== undefined && !(ageSeconds !== undefined && ageSeconds <= maxAgeSeconds)) {
    return refusal(REASONS.stalePrice, `the price must be <= ${maxAgeSeconds} s old`, ageSeconds);
  }
  const spread = state && spreadPercent(state);
  if (maxSpreadPercent !== undefined && !(spread !== undefined && spread <= maxSpreadPercent)) {
    return refusal(REASONS.wideSpread, `the spread must be <= ${maxSpreadPercent} % of the price`, spread);
  }
  return undefined;
}

/** The distance between bid and ask, quote per base; undefined where nobody tells them. */
export function spreadOf({ bid, ask }: Pick<MarketState, 'bid' | 'ask'>): number | undefined {
  return bid === undefined || ask === undefined ? undefined : ask - bid;
}

/** The same in percent of their middle. */
function spreadPercent({ bid, ask }: MarketState): number | undefined {
  return bid === undefined || ask === undefined ? undefined : (100 * (ask - bid)) / ((bid + ask) / 2);
}

function repeatRefusal(repeatAfterCandles: number, since: number): Refusal | undefined {
  if (since > repeatAfterCandles) return undefined;
  const rule = `more than ${repeatAfterCandles} candles must pass before the same signal again`;
  return refusal(REASONS.repeated, rule, since);
}

/**
 * Why a sized entry risks too much, or undefined.
 * @param risk Quote currency lost if the stop is hit, costs included. @param equity Of the account, quote currency.
 */
export function riskRefusal({ maxRiskPercent }: SignalFilter, risk: number, equity: number): Refusal | undefined {
  if (maxRiskPercent === undefined) return undefined;
  const percent = (100 * risk) / equity;
  if (percent <= maxRiskPercent) return undefined;
  return refusal(REASONS.tooRisky, `the stop may cost at most ${maxRiskPercent} % of the equity`, percent);
}

/** The target's distance over the stop's; undefined without both. */
export function rewardRisk({ brackets }: EntrySignal): number | undefined {
  return brackets?.target === undefined ? undefined : brackets.target / brackets.stop;
}

/**
 * What signals of one occasion are ranked by, the highest first: confidence x reward/risk, the reward expected for each
 * unit of risk. Where a signal does not tell, the confidence counts as 1 and the reward/risk as 1; equal scores keep
 * the order in which the bot file names the symbols.
 */
export function score(signal: EntrySignal): number {
  return (signal.confidence ?? 1) * (rewardRisk(signal) ?? 1);
}

/** Whether both levels are finite prices above 0 on their sides: a short's target lies below the entry, not below 0. */
function hasSaneLevels({ direction, brackets }: EntrySignal, price: number): boolean {
  if (!(price > 0 && price < Infinity)) return false;
  if (brackets === undefined) return true;
  const { stop, target, trail } = brackets;
  if (!(stop > 0 && stop < price)) return false;
  if (trail?.distance.kind === 'absolute' && !(trail.distance.distance > 0 && trail.distance.distance < price))
    return false;
  return target === undefined || (target > 0 && target < (direction === 'short' ? price : Infinity));
}

function refusal(reason: Reason, rule: string, value: number | undefined): Refusal {
  const current = value === undefined ? 'there is none' : `current value is ${Number(value.toPrecision(6))}`;
  return { reason, why: `${rule}: ${current}` };
}
