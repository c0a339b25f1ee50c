import { type BracketPlan, levelsAt, trailAt } from '../brackets.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import type { OrderIds } from '../order-ids.ts';
import { Order, type OrderRequest } from '../orders.ts';
import type { Trail } from '../trailing.ts';
import type { ExecutionModel } from './execution-model.ts';
import type { Resting, RestingOrders } from './resting.ts';

/**
 * The stops and targets that entries bring along, each cancelling the other. They are as large as what has filled of their
 * entry and not yet left again, so that no part of a position is without its stop and none is closed twice.
 */
export class AttachedOrders {
  private readonly grid: Grid;
  private readonly book: RestingOrders;
  private readonly ids: OrderIds;
  private readonly entryRow: ExecutionModel['entryRow'];
  private readonly tell: (order: Order) => void;

  /** @param tell Hears of each order that is made or changed. */
  constructor(
    grid: Grid,
    book: RestingOrders,
    ids: OrderIds,
    entryRow: ExecutionModel['entryRow'],
    tell: (order: Order) => void,
  ) {
    this.entryRow = entryRow;
    this.grid = grid;
    this.book = book;
    this.ids = ids;
    this.tell = tell;
  }

  /**
   * After `quantity` more of an entry filled in `row` at `price`. Levels count from its first fill.
   * @param openFrom The first row in which the target may trade, and at whose open both rest already.
   */
  cover(
    entry: Order,
    plan: BracketPlan,
    quantity: GridQuantity,
    price: GridPrice,
    row: number,
    openFrom: number,
  ): void {
    if (entry.filled !== quantity) this.grow(entry, quantity);
    else if (this.entryRow === 'exits') this.make(entry, plan, price, row, openFrom);
    else this.make(entry, plan, price, row + 1, Math.max(row + 1, openFrom));
  }

  /** After `quantity` of one half filled: the other half is for what is left. */
  reduce(sibling: Resting, quantity: GridQuantity): void {
    this.resize(sibling.order, -quantity as GridQuantity);
  }

  private grow(entry: Order, by: GridQuantity): void {
    // One that its owner took back stays away.
    for (const { order } of this.book.all) if (isAttached(order) && isOfEntry(order, entry)) this.resize(order, by);
  }

  private resize(order: Order, by: GridQuantity): void {
    order.amend({ quantity: (order.quantity + by) as GridQuantity });
    this.tell(order);
  }

  /** @param from The first row in which the stop may trade. */
  private make(entry: Order, plan: BracketPlan, price: GridPrice, from: number, openFrom: number): void {
    const direction = entry.side === 'buy' ? 'long' : 'short';
    const { stop, target } = levelsAt(plan, this.grid, direction, price);
    const trail = plan.trail && trailAt(plan.trail, this.grid, direction, price);
    const resting = this.book.add(this.child(entry, 'stop', stop, trail), from, openFrom, undefined);
    if (trail !== undefined) this.book.follow(resting, this.grid.priceNumber(price));
    this.tell(resting.order);
    if (target === undefined) return;
    this.tell(this.book.add(this.child(entry, 'target', target, undefined), openFrom, openFrom, resting).order);
  }

  /** Nobody sent it, so it is open from the start. */
  private child(entry: Order, leg: 'stop' | 'target', price: GridPrice, trail: Trail | undefined): Order {
    const request: OrderRequest = {
      leg,
      side: entry.side === 'buy' ? 'sell' : 'buy',
      type: leg === 'target' ? 'limit' : trail === undefined ? 'stop' : 'trailing-stop',
      quantity: entry.filled,
      price,
      trail,
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
