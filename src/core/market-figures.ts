import type { Recommendation } from './votes.ts';

/** What indicators say of a market at one close: what is told to analysts and what their claims are held against. */
export interface MarketFigures {
  /** The close; quote per base, as all prices here. */
  readonly price: number;
  /** EMA(20) and EMA(50). */
  readonly emaFast: number;
  readonly emaSlow: number;
  /** RSI(14), 0 to 100. */
  readonly rsi: number;
  /** ADX(14), 0 to 100. */
  readonly adx: number;
  /** ATR(14). */
  readonly atr: number;
  /** The nearest prices below and above at which the market turned; NaN while there is none. */
  readonly support: number;
  readonly resistance: number;
  /** Of the last candles, 200 where there are as many. */
  readonly low: number;
  readonly high: number;
}

/** What an analyst says of a market beside what to do; left out where it says nothing of it. */
export interface MarketClaims {
  readonly recommendation: Recommendation;
  readonly trend: Trend | undefined;
  readonly support?: number | undefined;
  readonly resistance?: number | undefined;
  /** The level at which its idea would be wrong. */
  readonly invalidation?: number | undefined;
  /** The target's distance over the stop's, as it says, and as it is by its own levels. */
  readonly saidRewardRisk?: number | undefined;
  readonly rewardRisk?: number | undefined;
}

export type Trend = 'up' | 'down' | 'sideways';

/** A level may lie so many average true ranges from what it is held against. */
const NEAR_ATR = 2;
/** Said and computed reward/risk may differ by so much of the computed one. */
const RATIO_TOLERANCE = 0.15;

/**
 * Where claims do not agree with the figures, a sentence for each. A claim is not acted on alone, so it refuses nothing: it says
 * how well an analyst sees.
 */
export function contradictionsIn(claims: MarketClaims, figures: MarketFigures): readonly string[] {
  return [
    trendContradiction(claims, figures),
    supportContradiction(claims, figures),
    resistanceContradiction(claims, figures),
    invalidationContradiction(claims, figures),
    ratioContradiction(claims),
  ].filter((one) => one !== undefined);
}

function trendContradiction({ trend }: MarketClaims, { emaFast, emaSlow, atr }: MarketFigures): string | undefined {
  const averages = `ema(20) is ${shown(emaFast)} and ema(50) ${shown(emaSlow)}`;
  if (trend === 'up' && emaFast < emaSlow) return `it sees an uptrend, and ${averages}`;
  if (trend === 'down' && emaFast > emaSlow) return `it sees a downtrend, and ${averages}`;
  if (trend === 'sideways' && Math.abs(emaFast - emaSlow) > NEAR_ATR * atr)
    return `it sees no trend, and ${averages}, farther apart than ${NEAR_ATR} atr(14)`;
  return undefined;
}

function supportContradiction({ support: said }: MarketClaims, figures: MarketFigures): string | undefined {
  if (said === undefined) return undefined;
  const { price, low, support, atr } = figures;
  if (said > price) return `it sees support at ${shown(said)}, above the price ${shown(price)}`;
  if (said < low - NEAR_ATR * atr) return `it sees support at ${shown(said)}, below all it was shown (${shown(low)})`;
  if (Math.abs(said - support) > NEAR_ATR * atr && Math.abs(said - low) > NEAR_ATR * atr)
    return `it sees support at ${shown(said)}, and the market turned at ${shown(support)}`;
  return undefined;
}

function resistanceContradiction({ resistance: said }: MarketClaims, figures: MarketFigures): string | undefined {
  if (said === undefined) return undefined;
  const { price, high, resistance, atr } = figures;
  if (said < price) return `it sees resistance at ${shown(said)}, below the price ${shown(price)}`;
  if (said > high + NEAR_ATR * atr)
    return `it sees resistance at ${shown(said)}, above all it was shown (${shown(high)})`;
  if (Math.abs(said - resistance) > NEAR_ATR * atr && Math.abs(said - high) > NEAR_ATR * atr)
    return `it sees resistance at ${shown(said)}, and the market turned at ${shown(resistance)}`;
  return undefined;
}

function invalidationContradiction(
  { recommendation, invalidation }: MarketClaims,
  { price }: MarketFigures,
): string | undefined {
  if (invalidation === undefined || recommendation === 'hold') return undefined;
  const isBeyond = recommendation === 'buy' ? invalidation < price : invalidation > price;
  if (isBeyond) return undefined;
  return `it recommends to ${recommendation} and would be wrong at ${shown(invalidation)}, on the other side of ${shown(price)}`;
}

function ratioContradiction({ saidRewardRisk: said, rewardRisk: is }: MarketClaims): string | undefined {
  if (said === undefined || is === undefined || Math.abs(said - is) <= RATIO_TOLERANCE * is) return undefined;
  return `it says a reward/risk of ${shown(said)}, and its levels have ${shown(is)}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(8)));
}
