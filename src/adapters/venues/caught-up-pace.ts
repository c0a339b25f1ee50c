import type { EpochMs } from '#core/time.ts';
import type { CandleSource, Pace } from '../market-data/feed.ts';
import type { BrokerVenue } from './broker-venue.ts';

/**
 * Lets a boundary come only when the books are what the venues say: nothing is decided on a position that may have changed.
 * While a venue does not answer, it is asked again and again, and nothing is decided;
 * the venue itself says so.
 */
export class CaughtUpPace implements Pace {
  private readonly pace: Pace;
  private readonly venues: readonly BrokerVenue[];
  readonly now?: () => EpochMs;
  readonly look?: (sources: readonly CandleSource[]) => Promise<void>;

  constructor(pace: Pace, venues: readonly BrokerVenue[]) {
    this.pace = pace;
    this.venues = venues;
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
    for (const venue of this.venues) await venue.untilCaughtUp();
  }
}
