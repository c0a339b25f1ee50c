import type { MarketSymbol } from '#core/instruments.ts';
import type { Leg, Order } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { FillReport, OrderReport } from '#ports/venue.ts';
import type { TrackedOrder } from './tracked-order.ts';

/** The orders of one intent: an entry and all that came of it, or an exit. What is said of one may refer to the others. */
interface IntentOrders {
  readonly orders: Set<TrackedOrder>;
  /** The last attempt at each leg: no client order id is used twice. */
  readonly attempts: Map<Leg, number>;
  /** When anything was said of them last, by the clock that never steps back. */
  heardAt: number;
  /** The newest of their executions; undefined when nothing filled. */
  executedAt: EpochMs | undefined;
}

/** An order that was forgotten, and the newest execution of all that were of its intent. */
export interface SettledOrder {
  readonly tracked: TrackedOrder;
  readonly executedAt: EpochMs | undefined;
}

/** The orders that are tracked: by our id, by the venue's, and by what they were made for. */
export class OrderIndex {
  private readonly byClientId = new Map<string, TrackedOrder>();
  private readonly byVenueId = new Map<string, TrackedOrder>();
  private readonly byIntent = new Map<string, IntentOrders>();
  /** The newest entry of each symbol: what the venue does of its own belongs to it. */
  private readonly entries = new Map<MarketSymbol, Order>();
  private readonly mono: () => number;

  /** @param mono Milliseconds of a clock that never steps back. */
  constructor(mono: () => number) {
    this.mono = mono;
  }

  add(tracked: TrackedOrder): void {
    const { order, traded } = tracked;
    this.byClientId.set(order.clientOrderId, tracked);
    if (order.venueOrderId !== undefined) this.named(tracked, String(order.venueOrderId));
    const { orders, attempts } = this.heard(order);
    orders.add(tracked);
    attempts.set(order.leg, Math.max(order.attempt, attempts.get(order.leg) ?? 0));
    const newest = this.entries.get(traded.symbol);
    if (order.leg === 'entry' && !(newest && newest.intent.occasion > order.intent.occasion))
      this.entries.set(traded.symbol, order);
  }

  /** The venue has it under this id. */
  named(tracked: TrackedOrder, venueOrderId: string): void {
    tracked.venueOrderIds.add(venueOrderId);
    this.byVenueId.set(venueOrderId, tracked);
  }

  /** Something was said of an order: its intent is not forgotten soon. @param executedAt Of one of its fills. */
  heard(order: Order, executedAt?: EpochMs): IntentOrders {
    const intent = this.intentOf(order);
    intent.heardAt = this.mono();
    if (executedAt !== undefined) intent.executedAt = Math.max(executedAt, intent.executedAt ?? executedAt) as EpochMs;
    return intent;
  }

  byClient(clientOrderId: string): TrackedOrder | undefined {
    return this.byClientId.get(clientOrderId);
  }

  byVenue(venueOrderId: string): TrackedOrder | undefined {
    return this.byVenueId.get(venueOrderId);
  }

  /** Whose a message is: by the venue's id first. */
  find({ clientOrderId, venueOrderId }: OrderReport | FillReport): TrackedOrder | undefined {
    return (
      this.byVenueId.get(venueOrderId) ?? (clientOrderId === undefined ? undefined : this.byClientId.get(clientOrderId))
    );
  }

  working(): TrackedOrder[] {
    return [...this.byClientId.values()].filter(({ order }) => order.isWorking);
  }

  newestEntry(symbol: MarketSymbol): Order | undefined {
    return this.entries.get(symbol);
  }

  /** The last attempt at a leg of an order's intent; undefined when there was none. */
  lastAttempt(order: Order, leg: Leg): number | undefined {
    return this.intentOf(order).attempts.get(leg);
  }

  /** Takes one order out; attempts that were made stay made. */
  remove(tracked: TrackedOrder): void {
    this.intentOf(tracked.order).orders.delete(tracked);
    this.drop(tracked);
  }

  /** Takes out the orders of intents that ended, and that nothing was said of for so long; the newest entries' stay. */
  takeSettled(forMs: number): readonly SettledOrder[] {
    const before = this.mono() - forMs;
    const staying = new Set([...this.entries.values()].map(intentKey));
    const settled: SettledOrder[] = [];
    for (const [key, { orders, heardAt, executedAt }] of this.byIntent) {
      if (heardAt >= before || staying.has(key) || [...orders].some(({ order }) => order.isWorking)) continue;
      this.byIntent.delete(key);
      for (const tracked of orders) {
        this.drop(tracked);
        settled.push({ tracked, executedAt });
      }
    }
    return settled;
  }

  private drop({ order, venueOrderIds }: TrackedOrder): void {
    this.byClientId.delete(order.clientOrderId);
    for (const venueOrderId of venueOrderIds) this.byVenueId.delete(venueOrderId);
  }

  private intentOf(order: Order): IntentOrders {
    const key = intentKey(order);
    const known = this.byIntent.get(key);
    if (known !== undefined) return known;
    const made: IntentOrders = { orders: new Set(), attempts: new Map(), heardAt: 0, executedAt: undefined };
    this.byIntent.set(key, made);
    return made;
  }
}

function intentKey({ intent: { owner, occasion } }: Order): string {
  return `${owner.prefix} ${occasion}`;
}
