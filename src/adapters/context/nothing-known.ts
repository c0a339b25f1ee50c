import type { Known, SurroundingsSource } from '#ports/context.ts';

/** A world of which nothing is known: of the past, and of a market that is invented. */
export function nothingKnown(why: string): SurroundingsSource {
  const missing: Known<never> = { kind: 'missing', why };
  return { around: async () => ({ fearGreed: missing, market: missing, coin: missing, funding: missing }) };
}
