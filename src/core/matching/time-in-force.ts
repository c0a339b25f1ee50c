import type { Order } from '../orders.ts';
import type { EpochMs } from '../time.ts';

const DAY_MS = 86_400_000;

/** When the session ends in which a day order lives that is sent at `time`: the first moment after it. */
export type DayEnd = (time: EpochMs) => EpochMs;

/** The end of the UTC day, for markets that never close. */
export function utcDayEnd(time: EpochMs): EpochMs {
  return (Math.floor(time / DAY_MS) * DAY_MS + DAY_MS) as EpochMs;
}

/** Whether it trades on the next open or not at all: what is left of it never rests. */
export function isImmediate({ timeInForce }: Order): boolean {
  return timeInForce === 'ioc' || timeInForce === 'fok';
}

/** Orders that end with their day. */
export class DayOrders {
  private readonly dayEndsAt: DayEnd;
  private list: readonly Order[] = [];

  constructor(dayEndsAt: DayEnd) {
    this.dayEndsAt = dayEndsAt;
  }

  /** When the first of them ends; Infinity without any. */
  get nextEnd(): number {
    return Math.min(...this.list.map(endOf));
  }

  add(order: Order, sentAt: EpochMs): void {
    order.note({ expiresAt: this.dayEndsAt(sentAt) });
    this.list = [...this.list, order];
  }

  restore(order: Order): void {
    if (order.progress?.expiresAt !== undefined) this.list = [...this.list, order];
  }

  /** Takes out those that still work and whose day has ended by `time`. */
  endedBy(time: number): readonly Order[] {
    const working = this.list.filter((order) => order.isWorking);
    this.list = working.filter((order) => endOf(order) > time);
    return working.filter((order) => endOf(order) <= time);
  }
}

function endOf({ progress }: Order): number {
  return progress?.expiresAt ?? Number.POSITIVE_INFINITY;
}
