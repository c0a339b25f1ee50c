import type { Leg, Order } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { Tracked } from './tracked-orders.ts';

/** The orders of one intent: an entry and all that came of it, or an exit. What is said of one may refer to the others. */
export interface IntentOrders {
  readonly orders: Set<Tracked>;
  /** The last attempt at each leg: no client order id is used twice. */
  readonly attempts: Map<Leg, number>;
  /** When anything was said of them last, by the clock that never steps back. */
  heardAt: number;
  /** The newest of their executions; undefined when nothing filled. */
  executedAt: EpochMs | undefined;
}

/** Orders by the intent that they are of. */
export class OrdersByIntent {
  private readonly intents = new Map<string, IntentOrders>();

  of(order: Order): IntentOrders {
    const key = keyOf(order);
    const known = this.intents.get(key);
    if (known !== undefined) return known;
    const made: IntentOrders = { orders: new Set(), attempts: new Map(), heardAt: 0, executedAt: undefined };
    this.intents.set(key, made);
    return made;
  }

  /** Takes out what ended, and was said nothing of since `heardAt`. @param kept Entries whose intents stay. */
  takeSettled(heardAt: number, kept: Iterable<Order>): readonly IntentOrders[] {
    const staying = new Set([...kept].map(keyOf));
    const settled: IntentOrders[] = [];
    for (const [key, intent] of this.intents) {
      if (intent.heardAt >= heardAt || staying.has(key)) continue;
      if ([...intent.orders].some(({ order }) => order.isWorking)) continue;
      this.intents.delete(key);
      settled.push(intent);
    }
    return settled;
  }
}

function keyOf({ intent: { owner, occasion } }: Order): string {
  return `${owner.prefix} ${occasion}`;
}
