import { type Chance, seededChance } from '#core/random.ts';
import type { WallClock } from '#ports/clock.ts';
import { MarketUnavailable } from '#ports/market-data.ts';
import type { Random } from '#ports/random.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';

/** Pauses between two tries: doubling from and to, each cut by up to a half. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export interface PatienceOptions {
  /** What people read: "Bybit". */
  readonly venue: string;
  readonly clock: WallClock;
  readonly random: Random;
  readonly say: (line: string) => void;
}

/** Waits for a venue that does not answer: what was asked of it is asked again and again, and said once. */
export class Patience {
  private readonly venue: string;
  private readonly clock: WallClock;
  private readonly chance: Chance;
  private readonly say: (line: string) => void;
  private isSilent = false;

  constructor({ venue, clock, random, say }: PatienceOptions) {
    this.venue = venue;
    this.clock = clock;
    this.chance = seededChance(random.seed());
    this.say = say;
  }

  /**
   * @param step Can be done again when it fails for want of an answer.
   * @throws whatever else it fails by: a wrong key gets no better by waiting. The reason of `abort` as soon as it fires.
   */
  async until<Value>(step: () => Promise<Value>, abort: AbortSignal): Promise<Value> {
    for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(2 * longest, LONGEST_PAUSE_MS)) {
      abort.throwIfAborted();
      try {
        const value = await unlessAborted(step, abort);
        this.answered();
        return value;
      } catch (error) {
        if (abort.aborted || !isSilence(error)) throw error;
        this.silent(error);
      }
      await this.clock.sleep(longest * (1 - this.chance.next() / 2), abort);
    }
  }

  private silent(error: Error): void {
    if (this.isSilent) return;
    this.isSilent = true;
    // A market's sentence is its account's, with what to do when nobody asks again.
    const { message } = error.cause instanceof VenueUnavailable ? error.cause : error;
    this.say(`${message}. The start waits for ${this.venue}, which is asked again and again; Ctrl-C ends it.`);
  }

  private answered(): void {
    if (!this.isSilent) return;
    this.isSilent = false;
    this.say(`${this.venue} answers; the start goes on.`);
  }
}

/** Whether nothing came back, or nothing that can be used; a market tells so of refusals of a key too. */
function isSilence(error: unknown): error is Error {
  const isOfMarket = error instanceof MarketUnavailable && !(error.cause instanceof VenueRefused);
  return isOfMarket || error instanceof VenueUnavailable;
}

/** A step that is called off is not waited for. */
function unlessAborted<Value>(step: () => Promise<Value>, abort: AbortSignal): Promise<Value> {
  const { promise: calledOff, reject } = Promise.withResolvers<never>();
  const callOff = () => reject(abort.reason);
  abort.addEventListener('abort', callOff, { once: true });
  return Promise.race([step(), calledOff]).finally(() => abort.removeEventListener('abort', callOff));
}
