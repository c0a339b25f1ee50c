import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import { ALPACA_REQUESTS_PER_MINUTE } from '#protocols/alpaca.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { CallPolicy } from '../../calls/policy.ts';
import { TradeConnection, type UpdateListener } from './connection.ts';
import { AlpacaFailure, failureOfThrown, judgeAlpaca, reasonOf } from './failures.ts';
import { type AlpacaAccess, type AlpacaLibrary, loadLibrary, tradeStream } from './library.ts';

/** Trading and data are two services, each with a limit of its own. */
type Service = 'trading' | 'data';

const LIMITS = (['trading', 'data'] as const).map((group) => ({
  calls: ALPACA_REQUESTS_PER_MINUTE,
  windowMs: 60_000,
  group,
}));

/** How Alpaca is called; what is left out is as for every service: see CallPolicyOptions. */
export interface AlpacaCallOptions {
  readonly clock: WallClock;
  readonly random: Random;
  /** ms for one call, to its last byte: 5 s when left out. */
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly firstPauseMs?: number;
}

const TIMEOUT_MS = 5_000;

/**
 * What became of a write. `failed`: Alpaca says that it did not do it, or that it was done before. `limited` and
 * `not-done`: nobody looked at it. `unknown`: it may have been done.
 */
export type Written<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly failure: AlpacaFailure }
  | { readonly kind: 'limited' | 'not-done' | 'unknown'; readonly why: string };

/** Asks for one thing: the library's answer as it came, which it has not read. */
export type Ask = (client: Alpaca, init: RequestInit) => Promise<{ readonly raw: Response }>;

/** What is different for one read. */
export interface ReadTerms {
  readonly service?: Service;
  readonly retries?: number;
}

/** Alpaca's REST interfaces through its own library: every call limited, and every answer read from `unknown`. */
export class AlpacaClient {
  readonly access: AlpacaAccess;
  /** Market time, where an answer has told it: a simulator's. */
  toldTime: EpochMs | undefined;
  private readonly library: AlpacaLibrary;
  private readonly policy: CallPolicy;
  private readonly abort = new AbortController();

  private constructor(access: AlpacaAccess, library: AlpacaLibrary, options: AlpacaCallOptions) {
    this.access = access;
    this.library = library;
    // A server for tests has no quota to keep: its minutes may be short.
    const limits = access.address === undefined ? LIMITS : [];
    this.policy = new CallPolicy({ timeoutMs: TIMEOUT_MS, ...options, venue: 'Alpaca', limits, judge: judgeAlpaca });
  }

  /** Loads the library; nothing is asked yet. */
  static async load(access: AlpacaAccess, options: AlpacaCallOptions): Promise<AlpacaClient> {
    return new AlpacaClient(access, await loadLibrary(access), options);
  }

  /**
   * Asks for something, and asks again when it fails for a passing reason.
   *
   * @param what Ends the sentence "Cannot read ...".
   * @param decode Makes a value of the answer, or throws AnswerRefused.
   * @throws VenueUnavailable, VenueRefused
   */
  async read<Value>(what: string, ask: Ask, decode: (json: unknown) => Value, terms: ReadTerms = {}): Promise<Value> {
    try {
      return await this.asked(ask, decode, terms);
    } catch (error) {
      throw this.explained(`read ${what}`, error);
    }
  }

  /** The same for what may not be there. @returns undefined when Alpaca answers that it is not. */
  async readIfThere<Value>(what: string, ask: Ask, decode: (json: unknown) => Value): Promise<Value | undefined> {
    try {
      return await this.asked(ask, decode);
    } catch (error) {
      if (error instanceof AlpacaFailure && error.meaning === 'absent') return undefined;
      throw this.explained(`read ${what}`, error);
    }
  }

  /** Does something once. It does not throw. @param kind `protect` for what takes risk away: see CallPolicy. */
  async write<Value>(kind: 'write' | 'protect', ask: Ask, decode: (json: unknown) => Value): Promise<Written<Value>> {
    let isLimited = false;
    const call = async (signal: AbortSignal): Promise<Written<Value>> => {
      try {
        return { kind: 'done', value: decode(await this.call(ask, signal)) };
      } catch (error) {
        if (error instanceof AlpacaFailure && error.meaning !== 'unknown') {
          isLimited = error.meaning === 'limited';
          if (!isLimited) return { kind: 'failed', failure: error };
        }
        throw error;
      }
    };
    const answer = await this.policy[kind](call, this.abort.signal, { group: 'trading' });
    if (answer.kind === 'answered') return answer.answer;
    return isLimited ? { kind: 'limited', why: answer.why } : answer;
  }

  /** A new connection of the stream of orders, not opened yet. */
  tradeConnection(listener: UpdateListener): TradeConnection {
    return new TradeConnection(tradeStream(this.library, this.access), this.library.updateJson, listener);
  }

  /** Ends calls that are on their way, and every later one. */
  close(): void {
    this.abort.abort();
  }

  private asked<Value>(ask: Ask, decode: (json: unknown) => Value, terms: ReadTerms = {}): Promise<Value> {
    const { service: group = 'trading', ...others } = terms;
    return this.policy.read(async (signal) => decode(await this.call(ask, signal)), this.abort.signal, {
      group,
      ...others,
    });
  }

  /** @throws AnswerRefused, and what `failureOfThrown` makes of what the library throws */
  private async call(ask: Ask, signal: AbortSignal): Promise<unknown> {
    let text: string;
    try {
      const { raw } = await ask(this.library.client, { signal });
      this.hearTime(raw.headers.get('x-simulator-market-time'));
      text = await raw.text();
    } catch (thrown) {
      throw await failureOfThrown(thrown);
    }
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new AnswerRefused('an answer must be JSON');
    }
  }

  private hearTime(text: string | null): void {
    if (this.access.address !== undefined && text !== null && /^\d{1,15}$/.test(text)) {
      this.toldTime = Number(text) as EpochMs;
    }
  }

  private explained(what: string, error: unknown): Error {
    if (error instanceof VenueRefused || error instanceof VenueUnavailable) return error;
    if (this.abort.signal.aborted)
      return new VenueUnavailable(`Cannot ${what} of Alpaca as the connection must be open: it is being closed`);
    const sentence = `Cannot ${what} of Alpaca as ${reasonOf(error)}`;
    if (error instanceof AlpacaFailure && error.meaning === 'fatal') return new VenueRefused(sentence);
    return new VenueUnavailable(sentence);
  }
}
