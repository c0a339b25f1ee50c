import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { VenueUnavailable } from '#ports/venue.ts';
import type { Pace } from '../market-data/feed.ts';
import type { BrokerVenue } from './broker-venue.ts';

/** Pauses between two tries while a venue does not answer: doubling from and to. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Lets a boundary come only when the books are what the venues say: nothing is decided on a position that may have changed.
 * While a venue does not answer, it is asked again and again, and nothing is decided.
 */
export class CaughtUpPace implements Pace {
  private readonly pace: Pace;
  private readonly venues: readonly BrokerVenue[];
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  private readonly say: (line: string) => void;

  constructor(
    pace: Pace,
    venues: readonly BrokerVenue[],
    clock: WallClock,
    abort: AbortSignal,
    say: (line: string) => void,
  ) {
    this.pace = pace;
    this.venues = venues;
    this.clock = clock;
    this.abort = abort;
    this.say = say;
  }

  async until(boundary: EpochMs): Promise<void> {
    await this.pace.until(boundary);
    for (const venue of this.venues) await this.catchUp(venue);
  }

  private async catchUp(venue: BrokerVenue): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.abort.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await venue.catchUp();
        if (pause > FIRST_PAUSE_MS) this.say(`${venue.name} answers again; what it did meanwhile is in the books.`);
        return;
      } catch (error) {
        if (!(error instanceof VenueUnavailable)) throw error;
        if (pause === FIRST_PAUSE_MS)
          this.say(`${error.message}. Nothing is decided until ${venue.name} answers; it is asked again and again.`);
        await this.clock.sleep(pause, this.abort);
      }
    }
  }
}
