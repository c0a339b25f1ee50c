import type { AlpacaOrder } from './order.ts';

/** Every order of an account. */
export class OrderRegister {
  /** Oldest first. */
  readonly all: AlpacaOrder[] = [];
  /** What was not over when it was asked last. */
  private live: readonly AlpacaOrder[] = [];
  private readonly byId = new Map<string, AlpacaOrder>();
  private readonly byClientId = new Map<string, AlpacaOrder>();

  /** All that is not over, held legs too; oldest first. */
  get open(): readonly AlpacaOrder[] {
    this.live = this.live.filter(({ isOpen }) => isOpen);
    return this.live;
  }

  find(id: string): AlpacaOrder | undefined {
    return this.byId.get(id);
  }

  findByClientId(clientOrderId: string): AlpacaOrder | undefined {
    return this.byClientId.get(clientOrderId);
  }

  /** Takes an order and its legs; those that are there already stay as they are. */
  add(order: AlpacaOrder): void {
    for (const one of [order, ...order.legs]) {
      if (this.byId.has(one.id)) continue;
      this.all.push(one);
      this.live = [...this.live, one];
      this.byId.set(one.id, one);
      this.byClientId.set(one.made.clientOrderId, one);
    }
  }
}
