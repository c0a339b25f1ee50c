import { MarketUnavailable, SeriesUnavailable } from '#ports/market-data.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import type { Failure } from '../../calls/policy.ts';
import { CallRefused, CallTimedOut } from '../../calls/refusal.ts';

const MOST_OF_A_REASON = 200;

/** The names of an error's classes, its own first: CCXT sorts what exchanges say into a tree of them. */
function kindsOf(error: unknown): string[] {
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

/** An error of the library itself, which looks into an answer before anybody has checked it: the answer was not one it can read. */
export function readFailure(error: unknown): unknown {
  if (kindsOf(error).includes('BaseError')) return error;
  return new AnswerRefused('its answer must be one that CCXT can read: it is not', { cause: error });
}

/**
 * What a failed read is for whoever asked: a sentence with the fix; an error of ours as it is.
 * @param wasClosed Whether the calls to the exchange were ended by us.
 */
export function explainedFailure(
  { id, name }: { readonly id: string; readonly name: string },
  what: string,
  error: unknown,
  wasClosed: boolean,
): unknown {
  const reason = (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .slice(0, MOST_OF_A_REASON);
  const unavailable = (sentence: string) => new MarketUnavailable(sentence, { cause: error });
  if (error instanceof AnswerRefused) {
    return unavailable(`Cannot use ${what} of ${name} as ${error.message}; try again later, or choose another one`);
  }
  const kinds = kindsOf(error);
  if (kinds.includes('BadSymbol')) {
    return new SeriesUnavailable(`Cannot read ${what} from ${name} as it must have the symbol: it has not`);
  }
  if (kinds.includes('AuthenticationError')) {
    return unavailable(
      `Cannot read ${what} from ${name} as it answers only who has a key that it knows: ${reason}; ` +
        `set AUTOTRADER_CCXT_KEY to ${id}:KEY:SECRET`,
    );
  }
  const isOurs = error instanceof CallRefused || error instanceof CallTimedOut || wasClosed;
  if (!isOurs && !kinds.includes('BaseError')) return error;
  return unavailable(
    `Cannot read ${what} from ${name} as it must answer: ${reason}; check the network, and try again later`,
  );
}
