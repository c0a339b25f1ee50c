import type { Order, OrderChange } from './orders.ts';
import type { EpochMs } from './time.ts';

/** Something that was sent to an exchange and acts from `at` on. */
export interface Request {
  readonly at: EpochMs;
  readonly order: Order;
  readonly asks: RequestKind;
}

export type RequestKind =
  | { readonly kind: 'place' }
  | { readonly kind: 'cancel'; readonly why: string }
  | { readonly kind: 'amend'; readonly change: OrderChange };

/**
 * What is on its way to an exchange, in the order it will come. Each request is noted on its order as well, so that it is
 * stored with it and arrives after a restart.
 */
export class RequestsUnderway {
  private list: Request[] = [];

  /** When the first of them arrives; Infinity when none is underway. */
  get nextAt(): number {
    return this.list.length === 0 ? Number.POSITIVE_INFINITY : this.list[0]!.at;
  }

  /** Orders that have not arrived. */
  orders(): Order[] {
    return this.list.filter(({ asks }) => asks.kind === 'place').map(({ order }) => order);
  }

  send(request: Request): void {
    const { at, order, asks } = request;
    if (asks.kind === 'place') order.note({ actsFrom: at });
    else order.note({ pending: [...(order.progress?.pending ?? []), { at, ...asks }] });
    this.list.push(request);
  }

  /** Takes out what has arrived by `time`, oldest first. */
  arrivedBy(time: number): readonly Request[] {
    const arrived = this.list.filter(({ at }) => at <= time);
    if (arrived.length === 0) return arrived;
    this.list = this.list.filter(({ at }) => at > time);
    for (const { order, asks } of arrived) {
      if (asks.kind === 'place') order.note({ actsFrom: undefined });
      else order.note({ pending: restOf(order.progress?.pending?.slice(1)) });
    }
    return arrived;
  }

  /** Puts back what a stored order had underway. */
  restore(order: Order): void {
    const { actsFrom, pending = [] } = order.progress ?? {};
    if (actsFrom !== undefined) this.list.push({ at: actsFrom, order, asks: { kind: 'place' } });
    for (const { at, ...asks } of pending) this.list.push({ at, order, asks });
    this.list.sort((a, b) => a.at - b.at);
  }
}

function restOf<Item>(list: readonly Item[] | undefined): readonly Item[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
