import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';

const PROBES = 5;
/** After this long the clocks may have drifted. */
const STALE_MS = 60_000;

/** How far Bybit's clock is ahead of ours, measured. What is signed by a wrong clock is refused. */
export class ServerClock {
  private readonly clock: WallClock;
  private readonly ask: () => Promise<EpochMs>;
  private measuring: Promise<void> | undefined;
  private measuredAt = Number.NEGATIVE_INFINITY;
  aheadMs = 0;
  /** `aheadMs` is off by this at most. */
  uncertaintyMs = Number.POSITIVE_INFINITY;

  /** @param ask Bybit's wall time. */
  constructor(clock: WallClock, ask: () => Promise<EpochMs>) {
    this.clock = clock;
    this.ask = ask;
  }

  get isStale(): boolean {
    return this.clock.mono() - this.measuredAt > STALE_MS;
  }

  /** Measures anew; who asks while it is being measured gets that measurement. */
  measure(): Promise<void> {
    this.measuring ??= this.probe().finally(() => {
      this.measuring = undefined;
    });
    return this.measuring;
  }

  /** The answer was made somewhere on the way there and back: the shortest way tells most. */
  private async probe(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    let aheadMs = 0;
    for (let k = 0; k < PROBES; k++) {
      const [askedAt, begun] = [this.clock.wall(), this.clock.mono()];
      const time = await this.ask();
      const took = this.clock.mono() - begun;
      if (took >= shortest) continue;
      shortest = took;
      aheadMs = Math.round(time - (askedAt + took / 2));
    }
    this.aheadMs = aheadMs;
    this.uncertaintyMs = shortest / 2;
    this.measuredAt = this.clock.mono();
  }
}
