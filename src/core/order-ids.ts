import { unreachable } from './brand.ts';
import type { GridQuantity } from './grid.ts';
import type { Leg, Order, OrderState, VenueOrderId } from './orders.ts';

/** How many of the newest orders are remembered after they ended, for look-ups by client order id. */
const REMEMBERED = 512;

const ATTEMPTS = 16;

/** What an exchange knows orders by: no client order id is taken twice, and each order gets a number of its own. */
export class OrderIds {
  /** The newest ones, each in the place of one that is older by `REMEMBERED`. */
  private readonly known: Order[] = [];
  private oldest = 0;
  private newestKey = 0;
  private count = 0;

  /** Whether the client order id is not newer than all that were used before. */
  isUsed(key: number): boolean {
    return key <= this.newestKey;
  }

  /** From now on it is used. @param key The order's `orderKey`. */
  use(key: number): void {
    this.newestKey = key;
  }

  /** The state of an order that is open from now on. */
  nextOpenState(): OrderState {
    return { kind: 'open', venueOrderId: this.next() as VenueOrderId, filled: 0 as GridQuantity };
  }

  /** The next number; numbers rise. */
  next(): number {
    this.count += 1;
    return this.count;
  }

  /** Puts an order behind all that are there. */
  requeue(order: Order): void {
    order.note({ queuedAs: this.next() });
  }

  remember(order: Order): void {
    if (this.known.length < REMEMBERED) {
      this.known.push(order);
    } else {
      this.known[this.oldest] = order;
      this.oldest = (this.oldest + 1) % REMEMBERED;
    }
  }

  remembered(clientOrderId: string): Order | undefined {
    return this.known.find((order) => order.clientOrderId === clientOrderId);
  }

  /** @param last The last number that was given. @param newest The newest order that was sent. */
  restore(last: number, newest: Order | undefined, open: readonly Order[]): void {
    this.count = Math.max(last, ...open.map(placeOf));
    this.newestKey = newest === undefined ? 0 : orderKey(newest);
  }
}

/** Rises with every new order of an owner, so that a repeated id is seen by one comparison. */
export function orderKey(order: Order): number {
  return (order.intent.occasion * 4 + legRank(order.leg)) * ATTEMPTS + order.attempt;
}

/** An exit comes before an entry of the same occasion: a reversal closes first. */
function legRank(leg: Leg): number {
  switch (leg) {
    case 'exit':
      return 0;
    case 'entry':
      return 1;
    case 'stop':
      return 2;
    case 'target':
    case 'liquidation':
      return 3;
    default:
      return unreachable(leg);
  }
}

/** Orders in the order in which they queue: as they were taken, or amended since. */
export function byQueue(a: Order, b: Order): number {
  return placeOf(a) - placeOf(b);
}

function placeOf({ state, progress }: Order): number {
  return progress?.queuedAs ?? ('venueOrderId' in state ? Number(state.venueOrderId) : 0);
}
