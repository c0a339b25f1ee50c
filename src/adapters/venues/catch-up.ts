import type { WallClock } from '#ports/clock.ts';
import { VenueUnavailable } from '#ports/venue.ts';
import type { PositionCheck } from './position-check.ts';
import type { PositionGuard } from './position-guard.ts';
import type { TrackedOrders } from './tracked-orders.ts';
import { FIRST_LOOK_MS, LONGEST_LOOK_MS, type VenueInquiry } from './venue-inquiry.ts';

/** Listings may be so late: what differs for longer does differ. */
export const LATE_LISTING_MS = 3_000;
/** Pauses between two tries while the venue does not answer: doubling from and to. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

export interface CatchUpParts {
  /** What people read: "Bybit". */
  readonly venue: string;
  readonly orders: TrackedOrders;
  readonly inquiry: VenueInquiry;
  readonly check: PositionCheck;
  readonly guard: PositionGuard;
  readonly clock: WallClock;
  readonly abort: AbortSignal;
  readonly store: () => Promise<void>;
  readonly say: (line: string) => void;
}

/** Brings the books up to what a venue holds, one time after another; that the venue is silent is said once. */
export class CatchUp {
  private readonly parts: CatchUpParts;
  /** The one that is going on, or went on last: there is one at a time. */
  private turn: Promise<void> = Promise.resolve();
  /** One that has not begun yet. */
  private next: Promise<void> | undefined;
  /** Whether the last one had no answer. */
  private isSilent = false;

  constructor(parts: CatchUpParts) {
    this.parts = parts;
  }

  /** @throws VenueUnavailable, VenueRefused */
  once(): Promise<void> {
    // Who asks while another one goes on may know of something that happened since that one began.
    this.next ??= this.turn.then(() => {
      this.next = undefined;
      const turn = this.begin();
      this.turn = turn.catch(() => undefined);
      return turn;
    });
    return this.next;
  }

  /** Tries again and again while the venue does not answer. @throws VenueRefused */
  async untilDone(): Promise<void> {
    const { clock, abort } = this.parts;
    for (let pause = FIRST_PAUSE_MS; !abort.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await this.once();
        return;
      } catch (error) {
        if (!(error instanceof VenueUnavailable)) throw error;
        await clock.sleep(pause, abort);
      }
    }
  }

  private async begin(): Promise<void> {
    const { venue, abort, say } = this.parts;
    try {
      await this.agree();
    } catch (error) {
      if (error instanceof VenueUnavailable && !this.isSilent && !abort.aborted) {
        this.isSilent = true;
        say(
          `${error.message}. Nothing is decided until ${venue} answers, and the stops that are there stay; it is asked ` +
            'again and again.',
        );
      }
      throw error;
    }
    if (!this.isSilent) return;
    this.isSilent = false;
    say(`${venue} answers again; what it did meanwhile is in the books.`);
  }

  /** Asks until the books and the venue agree, or differ for good. */
  private async agree(): Promise<void> {
    const { orders, inquiry, check, guard, clock, abort, store } = this.parts;
    const begun = clock.mono();
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LONGEST_LOOK_MS)) {
      await inquiry.gather();
      const news = await check.news();
      const isAwaited = news.length > 0 || inquiry.isFillAwaited;
      if (!isAwaited || abort.aborted) break;
      if (clock.mono() - begun > LATE_LISTING_MS) {
        check.take(news);
        break;
      }
      await clock.sleep(pause, abort);
    }
    for (const traded of orders.tradedSymbols) await guard.protect(traded);
    await store();
    orders.settle();
  }
}
