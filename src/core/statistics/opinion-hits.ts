import type { Recommendation } from '../votes.ts';
import { type HitRate, hitRate } from './hit-rate.ts';

/** So many candles later it is looked at whether an opinion came true. */
export const HIT_CANDLES = 12;

/** What was recommended at the close of a candle. */
export interface PastOpinion {
  readonly analyst: string;
  readonly recommendation: Recommendation;
  /** Index of the last candle that was closed then; negative where it is not known any more. */
  readonly index: number;
}

/**
 * How often each analyst was right to recommend to buy or to sell: the close `HIT_CANDLES` candles later lies on the side that it
 * said, costs not counted. Whoever held said nothing that could come true, and what is younger is not counted yet.
 * @param closes Of the symbol, oldest first, quote per base.
 */
export function hitsOf(
  opinions: readonly PastOpinion[],
  closes: ArrayLike<number>,
): Map<string, { hits: number; n: number }> {
  const counted = new Map<string, { hits: number; n: number }>();
  for (const { analyst, recommendation, index } of opinions) {
    const later = index + HIT_CANDLES;
    if (recommendation === 'hold' || index < 0 || later >= closes.length) continue;
    const change = closes[later]! - closes[index]!;
    const count = counted.get(analyst) ?? { hits: 0, n: 0 };
    count.n += 1;
    if (recommendation === 'buy' ? change > 0 : change < 0) count.hits += 1;
    counted.set(analyst, count);
  }
  return counted;
}

/** The counts of several symbols as one rate for each analyst, with its interval. */
export function hitRates(
  counts: readonly ReadonlyMap<string, { readonly hits: number; readonly n: number }>[],
): Map<string, HitRate> {
  const sums = new Map<string, { hits: number; n: number }>();
  for (const count of counts) {
    for (const [analyst, { hits, n }] of count) {
      const sum = sums.get(analyst) ?? { hits: 0, n: 0 };
      sums.set(analyst, { hits: sum.hits + hits, n: sum.n + n });
    }
  }
  return new Map([...sums].map(([analyst, { hits, n }]) => [analyst, hitRate(hits, n)]));
}
