import type { FillReport } from '#ports/venue.ts';

/** Fills of one order that cannot be booked yet. */
export interface WaitingFills {
  /** When the first of them was told, by the clock that never steps back. */
  readonly since: number;
  /** Oldest first; those that are booked are taken out. */
  readonly fills: FillReport[];
}

/** Fills that came before what they need: their order, or the fill of what they close. By the venue's id of their order. */
export class EarlyFills {
  private readonly waiting = new Map<string, WaitingFills>();
  private readonly mono: () => number;

  /** @param mono Milliseconds of a clock that never steps back. */
  constructor(mono: () => number) {
    this.mono = mono;
  }

  add(fill: FillReport): void {
    const waiting = this.waiting.get(fill.venueOrderId) ?? { since: this.mono(), fills: [] };
    if (!waiting.fills.some(({ venueTradeId }) => venueTradeId === fill.venueTradeId)) waiting.fills.push(fill);
    this.waiting.set(fill.venueOrderId, waiting);
  }

  of(venueOrderId: string): WaitingFills | undefined {
    return this.waiting.get(venueOrderId);
  }

  /** The venue's ids of the orders that they are of. */
  get orders(): Iterable<string> {
    return this.waiting.keys();
  }

  /** For how long those of an order have waited, ms; 0 when there are none. */
  waitedMs(venueOrderId: string): number {
    const waiting = this.waiting.get(venueOrderId);
    return waiting === undefined ? 0 : this.mono() - waiting.since;
  }

  /** Takes those of an order out. */
  take(venueOrderId: string): readonly FillReport[] {
    const { fills = [] } = this.waiting.get(venueOrderId) ?? {};
    this.waiting.delete(venueOrderId);
    return fills;
  }
}
