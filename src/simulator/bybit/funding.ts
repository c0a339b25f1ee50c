import type { FundingEvent } from '#core/margin/funding.ts';
import { type Ratio, ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { FUNDING_MINUTES } from './instruments.ts';

const INTERVAL_MS = FUNDING_MINUTES * 60_000;
const USUAL_RATE = ratio('0.0001');

/** When a contract is funded and at what rate: as recorded, or every eight hours at the usual one. */
export class FundingSchedule {
  private readonly recorded: readonly FundingEvent[] | undefined;

  /** @param recorded Oldest first. */
  constructor(recorded: readonly FundingEvent[] | undefined) {
    this.recorded = recorded;
  }

  /** The events of [from, to), oldest first. */
  between(from: number, to: number): readonly FundingEvent[] {
    if (this.recorded) return this.recorded.filter(({ at }) => at >= from && at < to);
    const events: FundingEvent[] = [];
    for (let at = Math.ceil(from / INTERVAL_MS) * INTERVAL_MS; at < to; at += INTERVAL_MS) {
      events.push({ at: at as EpochMs, rate: USUAL_RATE });
    }
    return events;
  }

  /** The rate of the next event, and when it is. */
  next(now: number): { readonly rate: Ratio; readonly at: number } {
    const at = Math.floor(now / INTERVAL_MS + 1) * INTERVAL_MS;
    const event = this.recorded?.find((one) => one.at > now);
    return event ?? { at, rate: USUAL_RATE };
  }
}
