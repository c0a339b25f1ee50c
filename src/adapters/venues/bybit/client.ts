import type { RestClientV5 } from 'bybit-api';
import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import type { CallLimit } from '../../calls/budget.ts';
import { CallPolicy } from '../../calls/policy.ts';
import { answerFrom, type BybitAnswer } from './decode.ts';
import { timeFrom } from './decode-market.ts';
import { BybitFailure, failureOfCode, failureOfThrown, judgeBybit, reasonOf } from './failures.ts';
import { type BybitAccess, loadRest } from './library.ts';
import { ServerClock } from './server-clock.ts';

/** What counts together for one of Bybit's limits. */
export type CallGroup = 'orders' | 'queries' | 'positions' | 'rates' | 'public';

/** @see bybit-exchange/docs@072c197d docs/v5/rate-limit: of an address, and of an account for each kind of call. */
const LIMITS: readonly CallLimit[] = [
  { calls: 600, windowMs: 5_000 },
  { calls: 10, windowMs: 1_000, group: 'orders' },
  { calls: 50, windowMs: 1_000, group: 'queries' },
  { calls: 10, windowMs: 1_000, group: 'positions' },
  { calls: 5, windowMs: 1_000, group: 'rates' },
];
const LIMIT_WINDOW_MS = 1_000;

/** How Bybit is called; what is left out is as for every service: see CallPolicyOptions. */
export interface BybitCallOptions {
  readonly clock: WallClock;
  readonly random: Random;
  /** ms for one call, to its last byte: 3 s when left out. */
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly firstPauseMs?: number;
  /** What may be asked; Bybit's own limits when left out. */
  readonly limits?: readonly CallLimit[];
}

const TIMEOUT_MS = 3_000;

/**
 * What became of a write. `failed`: Bybit says that it did not do it, or that it was done before. `limited` and `not-done`:
 * nobody looked at it. `unknown`: it may have been done.
 */
export type Written<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly failure: BybitFailure }
  | { readonly kind: 'limited' | 'not-done' | 'unknown'; readonly why: string };

/** What is different for one read. */
export interface ReadTerms {
  readonly retries?: number;
  /** Which refusals say that there is no such thing. */
  readonly absent?: ((failure: BybitFailure) => boolean) | undefined;
}

export type Ask = (rest: RestClientV5) => Promise<unknown>;

/** Bybit's REST interface through bybit-api: every call signed by a measured clock, limited, and read from `unknown`. */
export class BybitClient {
  readonly access: BybitAccess;
  readonly serverClock: ServerClock;
  private readonly rest: RestClientV5;
  private readonly clock: WallClock;
  private readonly policy: CallPolicy;
  private readonly abort: AbortController;
  /** Until when a group is left to others who use the same account, by `clock.mono`. */
  private readonly quietUntil = new Map<CallGroup, number>();

  private constructor(
    access: BybitAccess,
    options: BybitCallOptions,
    parts: { rest: RestClientV5; abort: AbortController; serverClock: ServerClock },
  ) {
    this.access = access;
    this.rest = parts.rest;
    this.abort = parts.abort;
    this.serverClock = parts.serverClock;
    this.clock = options.clock;
    this.policy = new CallPolicy({ limits: LIMITS, ...options, venue: 'Bybit', judge: judgeBybit });
  }

  /** Loads bybit-api; nothing is asked yet. */
  static async load(access: BybitAccess, options: BybitCallOptions): Promise<BybitClient> {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const abort = new AbortController();
    const rest = await loadRest(access, { timeoutMs, abort: abort.signal, aheadMs: () => serverClock.aheadMs });
    const serverClock = new ServerClock(options.clock, async () =>
      timeFrom((await asked(rest.getServerTime())).result),
    );
    return new BybitClient(access, { ...options, timeoutMs }, { rest, abort, serverClock });
  }

  /**
   * Asks for something, and asks again when it fails for a passing reason.
   *
   * @param what Ends the sentence "Cannot read ...".
   * @param decode Makes a value of the answer's `result`, or throws AnswerRefused.
   * @returns undefined when Bybit refuses in a way that is `absent`.
   * @throws VenueUnavailable, VenueRefused
   */
  async read<Value>(
    what: string,
    group: CallGroup,
    ask: Ask,
    decode: (result: unknown) => Value,
    terms?: ReadTerms & { readonly absent?: undefined },
  ): Promise<Value>;
  async read<Value>(
    what: string,
    group: CallGroup,
    ask: Ask,
    decode: (result: unknown) => Value,
    terms: ReadTerms,
  ): Promise<Value | undefined>;
  async read<Value>(
    what: string,
    group: CallGroup,
    ask: Ask,
    decode: (result: unknown) => Value,
    { absent, ...terms }: ReadTerms = {},
  ): Promise<Value | undefined> {
    try {
      await this.leaveToOthers(group);
      await this.keepTime();
      const call = async () => decode((await this.call(group, ask)).result);
      return await this.policy.read(call, this.abort.signal, { group, ...terms });
    } catch (error) {
      if (error instanceof BybitFailure && absent?.(error) === true) return undefined;
      throw this.explained(`read ${what}`, error);
    }
  }

  /** Does something once. It does not throw. @param kind `protect` for what takes risk away: see CallPolicy. */
  async write<Value>(
    kind: 'write' | 'protect',
    group: CallGroup,
    ask: Ask,
    decode: (result: unknown) => Value,
  ): Promise<Written<Value>> {
    let isLimited = false;
    const call = async (): Promise<Written<Value>> => {
      try {
        return { kind: 'done', value: decode((await this.call(group, ask)).result) };
      } catch (error) {
        if (error instanceof BybitFailure && error.meaning !== 'unknown') {
          isLimited = error.meaning === 'limited';
          if (!isLimited) return { kind: 'failed', failure: error };
        }
        throw error;
      }
    };
    if (kind === 'write') await this.leaveToOthers(group);
    const answer = await this.policy[kind](call, this.abort.signal, { group });
    if (answer.kind === 'answered') return answer.answer;
    return isLimited ? { kind: 'limited', why: answer.why } : answer;
  }

  /** Sees to it that what is signed next is signed by a clock that was measured. @throws VenueUnavailable */
  async keepTime(): Promise<void> {
    if (!this.serverClock.isStale) return;
    const measuring = this.measureClock();
    // A stale clock is good enough while it is being measured anew; none at all is not.
    if (Number.isFinite(this.serverClock.uncertaintyMs)) void measuring.catch(() => undefined);
    else await measuring;
  }

  /** @throws VenueUnavailable */
  async measureClock(): Promise<void> {
    try {
      await this.serverClock.measure();
    } catch (error) {
      throw this.explained('measure the clock', error);
    }
  }

  /** Ends calls that are on their way, and every later one. */
  close(): void {
    this.abort.abort();
  }

  private async call(group: CallGroup, ask: Ask): Promise<BybitAnswer> {
    const answer = await asked(ask(this.rest));
    const { code, limit } = answer;
    if (limit !== undefined && limit.left * 2 < limit.most) {
      this.quietUntil.set(group, this.clock.mono() + LIMIT_WINDOW_MS);
    }
    if (code === 0) return answer;
    const waitMs = limit && Math.max(0, limit.wholeAt - this.clock.wall() - this.serverClock.aheadMs);
    const failure = failureOfCode(code, waitMs);
    if (failure.meaning === 'clock') await this.serverClock.measure().catch(() => undefined);
    throw failure;
  }

  /** Less than half of an account's limit is left, so somebody else uses it too: usual calls wait for the next second. */
  private async leaveToOthers(group: CallGroup): Promise<void> {
    const wait = (this.quietUntil.get(group) ?? 0) - this.clock.mono();
    if (wait > 0) await this.clock.sleep(wait, this.abort.signal);
  }

  private explained(what: string, error: unknown): Error {
    if (error instanceof VenueRefused || error instanceof VenueUnavailable) return error;
    if (this.abort.signal.aborted)
      return new VenueUnavailable(`Cannot ${what} of Bybit as the connection must be open: it is being closed`);
    const sentence = `Cannot ${what} of Bybit as ${reasonOf(error)}`;
    if (error instanceof BybitFailure && error.meaning === 'fatal') return new VenueRefused(sentence);
    return new VenueUnavailable(sentence);
  }
}

/** @throws AnswerRefused, and what `failureOfThrown` makes of what the library throws */
async function asked(answer: Promise<unknown>): Promise<BybitAnswer> {
  return answerFrom(
    await answer.catch((thrown: unknown) => {
      throw failureOfThrown(thrown);
    }),
  );
}
