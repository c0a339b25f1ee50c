import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Pace } from './feed.ts';

/** Longest stretch of work before timers and connections get their turn. */
const BREATHE_MS = 15;
/** A feed this late (the machine slept, or work took long) goes on from now instead of racing to catch up. */
const LATE_MS = 5_000;

/** Market time at a multiple of wall time. */
export class TimedPace implements Pace {
  readonly speed: number;
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  private readonly catchingUp: BreathingPace;
  private wallStart: number;
  private marketStart: EpochMs;

  /**
   * @param speed Market milliseconds for each millisecond of wall time, above 0.
   * @param start Market time now. What lies before it is behind, and is caught up with as fast as it goes.
   */
  constructor(speed: number, start: EpochMs, clock: WallClock, abort: AbortSignal) {
    this.speed = speed;
    this.clock = clock;
    this.abort = abort;
    this.wallStart = clock.mono();
    this.marketStart = start;
    this.catchingUp = new BreathingPace(clock, abort);
  }

  until(boundary: EpochMs): Promise<void> | undefined {
    if (boundary <= this.marketStart) return this.catchingUp.until();
    const wait = this.wallStart + (boundary - this.marketStart) / this.speed - this.clock.mono();
    if (wait < -LATE_MS) this.anchor(boundary);
    return this.clock.sleep(Math.max(0, wait), this.abort);
  }

  /** Market time between boundaries, as the wall clock has it. */
  now(): EpochMs {
    return (this.marketStart + (this.clock.mono() - this.wallStart) * this.speed) as EpochMs;
  }

  private anchor(boundary: EpochMs): void {
    this.wallStart = this.clock.mono();
    this.marketStart = boundary;
  }
}

/** As fast as it goes, with a breath for everything else that runs in the process. */
export class BreathingPace implements Pace {
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  private lastBreath: number;

  constructor(clock: WallClock, abort: AbortSignal) {
    this.clock = clock;
    this.abort = abort;
    this.lastBreath = clock.mono();
  }

  until(): Promise<void> | undefined {
    if (this.clock.mono() - this.lastBreath < BREATHE_MS) return undefined;
    return this.clock.sleep(0, this.abort).then(() => {
      this.lastBreath = this.clock.mono();
    });
  }
}
