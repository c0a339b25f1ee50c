import { closeTimeIn, openTimeIn } from '#core/sessions/session-candles.ts';
import type { Timeframe } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { MarketLine } from './market-line.ts';
import type { MarketSeries } from './market-series.ts';

/**
 * What moves market time: `manual` (the control port alone), `lock-step` (who asks for a candle that is still running; the
 * next one waits until then), or wall time, a number of times as fast.
 */
export type Pace = 'manual' | 'lock-step' | { readonly speed: number };

/** Market time of more than this is not waited for in one piece, so that a change of pace is heard. */
const LONGEST_WAIT_MS = 1000;

/** Moves market time at a pace. */
export class Pacer {
  pace: Pace;
  private readonly line: MarketLine;
  private readonly clock: WallClock;

  constructor(line: MarketLine, clock: WallClock, pace: Pace) {
    this.line = line;
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * Tells that a client asks for candles from `start` on. In lock-step, one that asks for the running candle has done all
   * that it had to do before it: market time moves on until that candle is closed.
   */
  asked(series: MarketSeries, timeframe: Timeframe, start: number): void {
    const { line } = this;
    if (this.pace !== 'lock-step' || line.isEnded) return;
    const { calendar } = series.candles;
    const opens = series.openTime as Parameters<typeof openTimeIn>[1];
    if (start !== openTimeIn(calendar, opens, timeframe)) return;
    const closes = closeTimeIn(calendar, opens, timeframe);
    while (line.now < closes && !line.isEnded) line.step();
  }

  /** Moves market time by wall time, while the pace is a speed, until `abort` fires. */
  async run(abort: AbortSignal): Promise<void> {
    const { line, clock } = this;
    let wall = clock.mono();
    let market: number = line.now;
    while (!abort.aborted) {
      const speed = typeof this.pace === 'object' ? this.pace.speed : 0;
      const now = clock.mono();
      market = speed > 0 ? Math.max(line.now, market + (now - wall) * speed) : line.now;
      wall = now;
      // A market that is far behind moves on in turns: others must be served in between.
      if (speed > 0 && line.nextMoment <= market) line.step();
      const left = speed > 0 ? (line.nextMoment - market) / speed : LONGEST_WAIT_MS;
      await clock.sleep(Math.min(Math.max(left, 0), LONGEST_WAIT_MS), abort);
    }
  }
}
