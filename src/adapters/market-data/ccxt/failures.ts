import type { Failure } from '../../calls/policy.ts';

/** The names of an error's classes, its own first: CCXT sorts what exchanges say into a tree of them. */
export function kindsOf(error: unknown): string[] {
  const kinds: string[] = [];
  for (let of = Object(error).constructor; typeof of === 'function' && of.name; of = Object.getPrototypeOf(of)) {
    kinds.push(of.name);
  }
  return kinds;
}

/** What an error of CCXT says of the exchange: its NetworkErrors are what passes. */
export function judgeCcxt(error: unknown): Failure {
  const kinds = kindsOf(error);
  // CCXT does not tell for how long.
  if (kinds.includes('RateLimitExceeded') || kinds.includes('DDoSProtection')) return { kind: 'limited' };
  return { kind: kinds.includes('NetworkError') ? 'passing' : 'final' };
}
