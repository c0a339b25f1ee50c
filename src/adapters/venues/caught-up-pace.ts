import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { VenueUnavailable } from '#ports/venue.ts';
import type { CandleSource, Pace } from '../market-data/feed.ts';
import type { BrokerVenue } from './broker-venue.ts';

/** Pauses between two tries while a venue does not answer: doubling from and to. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Lets a boundary come only when the books are what the venues say: nothing is decided on a position that may have changed.
 * While a venue does not answer, it is asked again and again, and nothing is decided;
 * the venue itself says so.
 */
export class CaughtUpPace implements Pace {
  private readonly pace: Pace;
  private readonly venues: readonly BrokerVenue[];
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  readonly now?: () => EpochMs;
  readonly look?: (sources: readonly CandleSource[]) => Promise<void>;

  constructor(pace: Pace, venues: readonly BrokerVenue[], clock: WallClock, abort: AbortSignal) {
    this.pace = pace;
    this.venues = venues;
    this.clock = clock;
    this.abort = abort;
    const { now, look } = pace;
    if (now !== undefined) this.now = () => now.call(pace);
    // Who is called between two closes decides on a position too.
    if (look !== undefined) this.look = (sources) => look.call(pace, sources).then(() => this.catchUpAll());
  }

  async until(boundary: EpochMs, looking?: readonly CandleSource[]): Promise<void> {
    await this.unlessFailed(async () => {
      await this.pace.until(boundary, looking);
      await this.catchUpAll();
    });
  }

  /** A look comes every few seconds: asked about each symbol as often, a venue would have less left for what protects. */
  async glance(boundary: EpochMs, looking: readonly CandleSource[]): Promise<void> {
    await this.unlessFailed(async () => this.pace.until(boundary, looking));
  }

  private async unlessFailed(work: () => Promise<void>): Promise<void> {
    await Promise.race([work(), ...this.venues.map(({ failure }) => failure)]);
  }

  private async catchUpAll(): Promise<void> {
    for (const venue of this.venues) await this.catchUp(venue);
  }

  private async catchUp(venue: BrokerVenue): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.abort.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await venue.catchUp();
        return;
      } catch (error) {
        if (!(error instanceof VenueUnavailable)) throw error;
        await this.clock.sleep(pause, this.abort);
      }
    }
  }
}
