import { seededChance } from '#core/random.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Random } from '#ports/random.ts';
import { Breaker } from './breaker.ts';
import { CallBudget, type CallLimit } from './budget.ts';
import { CallRefused, CallTimedOut } from './refusal.ts';
import { type Call, withinTime } from './time-limit.ts';

/**
 * What an error says of a service: `final`, it has answered, and asking again would give the same; `passing`, it may do
 * better the next time; `limited`, it refused because it was asked too often, and says, if it does, for how long.
 */
export type Failure =
  | { readonly kind: 'final' }
  | { readonly kind: 'passing' }
  | { readonly kind: 'limited'; readonly waitMs?: number };

/**
 * What became of a write. `not-done`: it never left, or the service refused to look at it. `unknown`: it may have been
 * done; look it up before anything is sent again.
 */
export type WriteAnswer<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'not-done'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

export interface CallPolicyOptions {
  /** What people read in reasons: "Kraken". */
  readonly venue: string;
  readonly clock: WallClock;
  readonly random: Random;
  /** The service's own limits, in full. */
  readonly limits: readonly CallLimit[];
  /** What an error that a call throws says; that a call ran out of time is known here. */
  readonly judge: (error: unknown) => Failure;
  /** ms for one call, from its start to the last byte: 10 s when left out. */
  readonly timeoutMs?: number | undefined;
  /** How often a read is repeated, and the longest first pause, which doubles: 3 and 1 s when left out. */
  readonly retries?: number | undefined;
  readonly firstPauseMs?: number | undefined;
}

/** What is different for one call. */
export interface CallTerms {
  /** The group of limits that it counts for, beside those that count everything. */
  readonly group?: string;
  readonly timeoutMs?: number;
  readonly retries?: number;
}

const TIMEOUT_MS = 10_000;
const RETRIES = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** How long a call may wait for its turn. An entry that comes late is another trade; a stop is worth waiting for. */
const LONGEST_WAIT_MS = { read: 60_000, write: 5_000, protect: 30_000 } as const;

/**
 * The one way to call a service: time limit, repeats, circuit breaker and budget. Reads are repeated; writes never are,
 * since only who made them can tell whether they were done. docs/decisions/0006 tells why each is as it is.
 */
export class CallPolicy {
  private readonly options: CallPolicyOptions;
  private readonly budget: CallBudget;
  private readonly breaker: Breaker;
  /** Until when the service has asked not to be called, by `clock.mono`. */
  private heldUntil = Number.NEGATIVE_INFINITY;

  constructor(options: CallPolicyOptions) {
    this.options = options;
    this.budget = new CallBudget(options.limits);
    this.breaker = new Breaker(options.clock, (error) => this.failureOf(error).kind !== 'final');
  }

  /**
   * Asks for something, and asks again when it fails for a passing reason.
   * @throws CallRefused when it was not asked; CallTimedOut; else what the last call threw.
   */
  async read<Answer>(call: Call<Answer>, abort: AbortSignal, terms: CallTerms = {}): Promise<Answer> {
    const retries = terms.retries ?? this.options.retries ?? RETRIES;
    let failure: unknown;
    for (let failures = 0; ; ) {
      try {
        await this.admit('read', abort, terms);
        return await this.breaker.run(() => this.once(call, abort, terms), abort);
      } catch (error) {
        // What it failed of says more than that it is left alone now.
        if (error instanceof CallRefused) throw failure ?? error;
        if (abort.aborted || failures >= retries || this.failureOf(error).kind === 'final') throw error;
        failure = error;
        failures += 1;
        await this.options.clock.sleep(this.pauseMs(failures), abort);
        abort.throwIfAborted();
      }
    }
  }

  /** Does something once. It does not throw. */
  write<Answer>(call: Call<Answer>, abort: AbortSignal, terms: CallTerms = {}): Promise<WriteAnswer<Answer>> {
    return this.doOnce('write', call, abort, terms);
  }

  /**
   * Does something that takes risk away (a stop, a cancel, a close) once. It asks no circuit breaker and may use what the
   * budget keeps from everything else. It does not throw.
   */
  protect<Answer>(call: Call<Answer>, abort: AbortSignal, terms: CallTerms = {}): Promise<WriteAnswer<Answer>> {
    return this.doOnce('protect', call, abort, terms);
  }

  /** Nothing is called for so long: the service says that our limit there is used up. */
  hold(ms: number): void {
    this.heldUntil = Math.max(this.heldUntil, this.options.clock.mono() + ms);
  }

  private async doOnce<Answer>(
    kind: 'write' | 'protect',
    call: Call<Answer>,
    abort: AbortSignal,
    terms: CallTerms,
  ): Promise<WriteAnswer<Answer>> {
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      return this.once(call, abort, terms);
    };
    try {
      await this.admit(kind, abort, terms);
      return { kind: 'answered', answer: await (kind === 'protect' ? begin() : this.throughCircuit(begin, abort)) };
    } catch (error) {
      const mayBeDone = hasBegun && this.failureOf(error).kind !== 'limited';
      return { kind: mayBeDone ? 'unknown' : 'not-done', why: `${this.options.venue}: ${reasonOf(error)}` };
    }
  }

  /** Waits for a place in the budget. @throws CallRefused when there is none soon enough, or the circuit is open. */
  private async admit(kind: 'read' | 'write' | 'protect', abort: AbortSignal, { group }: CallTerms): Promise<void> {
    const { clock } = this.options;
    const until = clock.mono() + LONGEST_WAIT_MS[kind];
    for (;;) {
      abort.throwIfAborted();
      const { refusal } = this.breaker;
      if (refusal !== undefined && kind !== 'protect') throw new CallRefused(refusal);
      const now = clock.mono();
      const held = this.heldUntil - now;
      const wait = held > 0 ? held : this.budget.take(kind === 'protect' ? 'protective' : 'usual', group, now);
      if (wait <= 0) return;
      if (now + wait > until) {
        const why =
          held > 0 ? 'it has asked not to be called' : 'as much as we ask of it was asked, so it is left alone';
        throw new CallRefused(`${why} for another ${Math.ceil(wait / 1000)} s`);
      }
      await clock.sleep(wait, abort);
    }
  }

  /** A write does not wait for the call that tries an open circuit: it would be late by then. */
  private throughCircuit<Answer>(write: () => Promise<Answer>, abort: AbortSignal): Promise<Answer> {
    if (this.breaker.isTrying) throw new CallRefused('it is being tried whether it answers again');
    return this.breaker.run(write, abort);
  }

  private async once<Answer>(call: Call<Answer>, abort: AbortSignal, { timeoutMs }: CallTerms): Promise<Answer> {
    const { clock, timeoutMs: usual = TIMEOUT_MS } = this.options;
    try {
      return await withinTime(call, timeoutMs ?? usual, clock, abort);
    } catch (error) {
      const failure = this.failureOf(error);
      if (failure.kind === 'limited' && failure.waitMs !== undefined) this.hold(failure.waitMs);
      throw error;
    }
  }

  private failureOf(error: unknown): Failure {
    return error instanceof CallTimedOut ? { kind: 'passing' } : this.options.judge(error);
  }

  /** Full jitter: anything from 0 to the doubled pause, so that clients that failed together do not come back together. */
  private pauseMs(failures: number): number {
    const { firstPauseMs = FIRST_PAUSE_MS, random } = this.options;
    return seededChance(random.seed()).next() * Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** (failures - 1));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
