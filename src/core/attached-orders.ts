import { type BracketPlan, levelsAt, trailAt } from './brackets.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import type { OrderIds } from './order-ids.ts';
import { Order, type OrderRequest } from './orders.ts';
import type { Resting, RestingOrders } from './resting.ts';

/**
 * The stops and targets that entries bring along, each cancelling the other. They are as large as what has filled of their
 * entry and not yet left again, so that no part of a position is without its stop and none is closed twice.
 */
export class AttachedOrders {
  private readonly grid: Grid;
  private readonly book: RestingOrders;
  private readonly ids: OrderIds;
  private readonly tell: (order: Order) => void;

  /** @param tell Hears of each order that is made or changed. */
  constructor(grid: Grid, book: RestingOrders, ids: OrderIds, tell: (order: Order) => void) {
    this.grid = grid;
    this.book = book;
    this.ids = ids;
    this.tell = tell;
  }

  /**
   * After `quantity` more of an entry filled at `price`. Levels count from its first fill.
   * @param from The first row in which the stop may trade. @param openFrom In which the target may, and at whose open both
   *   rest already.
   */
  cover(
    entry: Order,
    plan: BracketPlan,
    quantity: GridQuantity,
    price: GridPrice,
    from: number,
    openFrom: number,
  ): void {
    if (entry.filled === quantity) {
      this.make(entry, plan, quantity, price, from, openFrom);
    } else {
      // One that its owner took back stays away.
      for (const { order } of this.book.all)
        if (isAttached(order) && isOfEntry(order, entry)) this.resize(order, quantity);
    }
  }

  /** After `quantity` of one half filled: the other half is for what is left. */
  reduce(sibling: Resting, quantity: GridQuantity): void {
    this.resize(sibling.order, -quantity as GridQuantity);
  }

  private resize(order: Order, by: GridQuantity): void {
    order.amend({ quantity: (order.quantity + by) as GridQuantity });
    this.tell(order);
  }

  private make(
    entry: Order,
    plan: BracketPlan,
    quantity: GridQuantity,
    price: GridPrice,
    from: number,
    openFrom: number,
  ): void {
    const direction = entry.side === 'buy' ? 'long' : 'short';
    const levels = levelsAt(plan, this.grid, direction, price);
    const trail = plan.trail && trailAt(plan.trail, this.grid, direction, price);
    const type = trail === undefined ? 'stop' : 'trailing-stop';
    const order = this.child(entry, 'stop', type, quantity, levels.stop, trail);
    const stop = this.book.add(order, from, openFrom, undefined);
    if (trail !== undefined) this.book.follow(stop, this.grid.priceNumber(price));
    this.tell(order);
    if (levels.target === undefined) return;
    const target = this.child(entry, 'target', 'limit', quantity, levels.target, undefined);
    this.book.add(target, openFrom, openFrom, stop);
    this.tell(target);
  }

  /** Nobody sent it, so it is open from the start. */
  private child(
    entry: Order,
    leg: 'stop' | 'target',
    type: OrderRequest['type'],
    quantity: GridQuantity,
    price: GridPrice,
    trail: OrderRequest['trail'],
  ): Order {
    const request: OrderRequest = {
      leg,
      side: entry.side === 'buy' ? 'sell' : 'buy',
      type,
      quantity,
      price,
      limit: undefined,
      trail,
      postOnly: false,
      timeInForce: 'gtc',
      effect: 'reduce-only',
      attached: undefined,
    };
    const order = new Order(entry.intent, request, entry.attempt, this.ids.nextOpenState());
    this.ids.remember(order);
    return order;
  }
}

/** Whether a stop or target came with this entry. */
export function isOfEntry(child: Order, entry: Order): boolean {
  return child.intent.occasion === entry.intent.occasion && child.attempt === entry.attempt;
}

/** Whether they are the stop and the target of one entry. */
export function isPair(a: Order, b: Order): boolean {
  return isAttached(a) && isAttached(b) && a.leg !== b.leg && a.side === b.side && isOfEntry(a, b);
}

export function isAttached({ leg }: Order): boolean {
  return leg === 'stop' || leg === 'target';
}
