import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Known } from '#ports/context.ts';

/** A value with the source's own time of it. */
export interface Dated<Value> {
  readonly value: Value;
  readonly at: EpochMs;
}

export interface KeptValueOptions<Value> {
  readonly clock: WallClock;
  readonly read: () => Promise<Dated<Value>>;
  /** How long an answer is taken as it is, in ms since it was read. */
  readonly freshMs: number;
  /** How old a value may be, in ms since the source's time of it: an older one is none. */
  readonly oldestMs: number;
}

/** After a failure nothing is asked for so long. */
const REST_MS = 60_000;
/** The source's clock may be ahead of ours by so much. */
const MOST_AHEAD_MS = 3_600_000;

interface Failure {
  readonly why: string;
  readonly failedAt: number;
}

/** A value from outside that is asked for when it is wanted and the last answer is not fresh any more. */
export class KeptValue<Value> {
  private readonly options: KeptValueOptions<Value>;
  private newest: (Dated<Value> & { readonly readAt: number }) | undefined;
  private failure: Failure | undefined;
  private onItsWay: Promise<void> | undefined;

  constructor(options: KeptValueOptions<Value>) {
    this.options = options;
  }

  /** The newest value that may be had, which tells its age, or why there is none. */
  async get(): Promise<Known<Value>> {
    if (this.isWanted()) {
      this.onItsWay ??= this.ask().finally(() => {
        this.onItsWay = undefined;
      });
      await this.onItsWay;
    }
    const { newest, failure } = this;
    const problem = newest && this.problemOf(newest.at);
    if (newest && problem === undefined) return { kind: 'known', value: newest.value, at: newest.at };
    return { kind: 'missing', why: failure?.why ?? problem ?? 'it was never asked' };
  }

  private isWanted(): boolean {
    const { clock, freshMs } = this.options;
    const now = clock.mono();
    const isFresh = this.newest !== undefined && now - this.newest.readAt < freshMs;
    const rests = this.failure !== undefined && now - this.failure.failedAt < REST_MS;
    return !isFresh && !rests;
  }

  private async ask(): Promise<void> {
    const { clock, read } = this.options;
    try {
      const dated = await read();
      const problem = this.problemOf(dated.at);
      if (problem !== undefined) throw new RangeError(problem);
      this.newest = { ...dated, readAt: clock.mono() };
      this.failure = undefined;
    } catch (error) {
      this.failure = { why: error instanceof Error ? error.message : String(error), failedAt: clock.mono() };
    }
  }

  private problemOf(at: EpochMs): string | undefined {
    return ageProblem(at, this.options.clock.wall(), this.options.oldestMs);
  }
}

/** Why a value of a time cannot be used now; undefined when it can. */
export function ageProblem(at: EpochMs, now: EpochMs, oldestMs: number): string | undefined {
  const text = () => new Date(at).toISOString();
  if (at > now + MOST_AHEAD_MS) return `its time must have come: it is ${text()}`;
  return now - at > oldestMs ? `it is too old to be used: it is of ${text()}` : undefined;
}
