import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Broker } from './broker.ts';
import type { TrackedOrder } from './tracked-order.ts';
import type { TrackedOrders } from './tracked-orders.ts';
import { wireOrderId } from './wire-order.ts';

/** Between two look-ups of something that is awaited: doubling from and to. */
export const FIRST_LOOK_MS = 100;
export const LONGEST_LOOK_MS = 2_000;
/**
 * After this long an order that a venue took is seen there, in all likelihood. Where nothing proves it, sending it again
 * under its id is safe: the venue takes no id twice.
 */
const SOON_SEEN_MS = 5_000;
/** How long the end of a canceled order is awaited before its outcome counts as unknown. */
const CANCEL_MS = 10_000;

export interface VenueInquiryParts {
  readonly broker: Broker;
  readonly orders: TrackedOrders;
  readonly clock: WallClock;
  readonly abort: AbortSignal;
}

/** Asks a venue what became of our orders, and hands on what it says. Reads throw VenueUnavailable or VenueRefused. */
export class VenueInquiry {
  private readonly broker: Broker;
  private readonly orders: TrackedOrders;
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  private cursor: string;

  /** @param since Market time from which on fills may not be in the books. */
  constructor({ broker, orders, clock, abort }: VenueInquiryParts, since: EpochMs) {
    this.broker = broker;
    this.orders = orders;
    this.clock = clock;
    this.abort = abort;
    this.cursor = broker.cursorAt(since);
  }

  /** Asks once for everything there is to know. */
  async gather(): Promise<void> {
    await this.askForFills();
    const open = new Set<string>();
    for (const { symbol } of this.orders.tradedSymbols) {
      for (const report of await this.broker.openOrders(symbol)) {
        open.add(report.venueOrderId);
        this.orders.onOrder(report);
      }
    }
    for (const tracked of this.orders.working())
      if (!open.has(String(tracked.order.venueOrderId))) await this.lookForEnd(tracked);
    this.orders.tellHeld();
    await this.lookForStrangers();
    // What was looked up may have told of fills that were not there a moment ago.
    if (this.isFillAwaited) await this.askForFills();
  }

  /** Whether an order ended of which not all fills were told. */
  get isFillAwaited(): boolean {
    return this.orders.working().some(({ lacksFills }) => lacksFills);
  }

  async askForFills(): Promise<void> {
    for (;;) {
      const { fills, funding, cursor } = await this.broker.fillsSince(this.cursor);
      for (const fill of fills) this.orders.onFill(fill);
      for (const payment of funding) this.orders.onFunding(payment);
      const isNew = cursor !== this.cursor;
      this.cursor = cursor;
      if (!isNew || fills.length + funding.length === 0) return;
    }
  }

  /** @returns Whether the venue has the order. */
  async lookUp(tracked: TrackedOrder): Promise<boolean> {
    const report = await this.broker.order(wireOrderId(tracked.order));
    if (report === undefined) return false;
    this.orders.onOrder(report);
    return true;
  }

  /** Looks an order up that may have left a moment ago. @returns Whether the venue has it, now or soon after. */
  async isThere(tracked: TrackedOrder): Promise<boolean> {
    await this.askForFills();
    if (await this.lookUp(tracked)) return true;
    await this.clock.sleep(this.absentAfterMs, this.abort);
    return this.lookUp(tracked);
  }

  /** Looks for an order whose answer did not come, until it is there or can never be. It does not throw. */
  async untilProven(tracked: TrackedOrder): Promise<void> {
    // It may have waited for its turn before it left: it left by now.
    const leftAt = this.clock.wall();
    const { name, provenAbsentAfterMs = Number.POSITIVE_INFINITY } = this.broker;
    let pause = FIRST_LOOK_MS;
    while (!this.abort.aborted) {
      await this.clock.sleep(pause, this.abort);
      pause = Math.min(2 * pause, LONGEST_LOOK_MS);
      const { kind } = tracked.order.state;
      if (kind !== 'submitted' && kind !== 'unknown') return;
      const askedAt = this.clock.wall();
      try {
        if (await this.lookUp(tracked)) return;
      } catch {
        continue;
      }
      if (askedAt - leftAt <= provenAbsentAfterMs) continue;
      tracked.neverTaken(`${name} proves that it never came`);
      return;
    }
  }

  /** Waits for the end of an order that is being canceled, for as long as is usual. */
  async awaitEnd(tracked: TrackedOrder): Promise<void> {
    const begun = this.clock.mono();
    for (let pause = FIRST_LOOK_MS; tracked.order.isWorking; pause = Math.min(2 * pause, LONGEST_LOOK_MS)) {
      await this.lookUp(tracked);
      if (tracked.lacksFills) await this.askForFills();
      if (!tracked.order.isWorking || this.abort.aborted || this.clock.mono() - begun > CANCEL_MS) return;
      await this.clock.sleep(pause, this.abort);
    }
  }

  /** Looks for an order that is not listed as open. What was open and is shown nowhere has ended long ago. */
  private async lookForEnd(tracked: TrackedOrder): Promise<void> {
    if (await this.lookUp(tracked)) return;
    if (tracked.order.state.kind !== 'open' || this.orders.absentFor(tracked) <= this.absentAfterMs) return;
    tracked.vanished(`${this.broker.name} does not show it any more`);
  }

  private async lookForStrangers(): Promise<void> {
    for (const stranger of this.orders.strangers) {
      const report = await this.broker.order(stranger);
      const isOurs = report !== undefined && this.orders.onOrder(report);
      // The order of a fill may be shown later than the fill itself.
      const isLate = report === undefined && this.orders.waitedForStranger(stranger.venueOrderId) <= this.absentAfterMs;
      if (!isOurs && !isLate) this.orders.dropStranger(stranger.venueOrderId);
    }
  }

  /** After how long what is not shown is not there. */
  private get absentAfterMs(): number {
    return this.broker.provenAbsentAfterMs ?? SOON_SEEN_MS;
  }
}
