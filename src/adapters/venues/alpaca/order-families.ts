import type { OrderReport } from '#ports/venue.ts';
import { type AlpacaOrder, legOf } from './decode-order.ts';

type AttachedTo = OrderReport['attachedTo'];

/** So many ids are kept, the newest: of others it can be asked again. */
const MOST_IDS = 10_000;

/**
 * Which orders belong together. A leg does not name its entry, and an order that is changed goes on as another one, with
 * another id: both are only told by the other side, so what was told is kept.
 */
export class OrderFamilies {
  /** What a leg belongs to, by its id; undefined for an order that is known to be no leg of ours. */
  private readonly attached = new NewestIds<AttachedTo>();
  /** The order that replaced another one, by that one's id. */
  private readonly successors = new NewestIds<string>();

  /** Learns from an order as it was told. */
  learn(order: AlpacaOrder): void {
    const { report, legs, replaces, replacedBy } = order;
    const { venueOrderId, clientOrderId } = report;
    if (replaces !== undefined) this.successors.set(replaces, venueOrderId);
    if (replacedBy !== undefined) this.successors.set(venueOrderId, replacedBy);
    if (replaces !== undefined && this.attached.has(replaces))
      this.attached.set(venueOrderId, this.attached.get(replaces));
    if (legs.length === 0) return;
    this.attached.set(venueOrderId, undefined);
    for (const leg of legs) {
      this.attached.set(
        leg.report.venueOrderId,
        clientOrderId === undefined ? undefined : { clientOrderId, leg: legOf(leg) },
      );
      this.learn(leg);
    }
  }

  /** Whether it is known what an order belongs to. */
  knows(venueOrderId: string): boolean {
    return this.attached.has(venueOrderId);
  }

  /** It was asked for, and nobody can say what it belongs to. */
  isAlone(venueOrderId: string): void {
    this.attached.set(venueOrderId, undefined);
  }

  /** The order as it is told further on: with the entry that it is a leg of. */
  report({ report }: AlpacaOrder): OrderReport {
    return { ...report, attachedTo: this.attached.get(report.venueOrderId) };
  }

  /** The id that an order goes on with. */
  newest(venueOrderId: string): string {
    let id = venueOrderId;
    for (let next = this.successors.get(id); next !== undefined; next = this.successors.get(id)) id = next;
    return id;
  }
}

/** A map by id that keeps the newest ones. */
class NewestIds<Value> extends Map<string, Value> {
  override set(id: string, value: Value): this {
    // What is told again is new again.
    this.delete(id);
    super.set(id, value);
    if (this.size > MOST_IDS) this.delete(this.keys().next().value!);
    return this;
  }
}
