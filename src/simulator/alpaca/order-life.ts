import type { Money, Price, Quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { AlpacaTradeEvent } from '#protocols/alpaca.ts';
import type { Conditions } from '../conditions.ts';
import { type Holdings, notionalOf } from './holdings.ts';
import type { AlpacaOrder } from './order.ts';
import type { GroupListener } from './order-group.ts';
import { type OrderJson, orderJson } from './order-json.ts';
import { type Nanos, Stamps } from './stamps.ts';
import { type Activity, type Fill, fillActivity, OrderHistory, type TradeUpdate, tradeUpdate } from './trade-log.ts';

/** What time it is, and how the service is doing. */
export interface LifeWorld {
  readonly conditions: Conditions;
  /** Market time. */
  now(): EpochMs;
  wall(): EpochMs;
  makeId(): string;
}

/** What becomes of an account's orders: their states, the account's fills, and who hears of it. */
export class OrderLife implements GroupListener {
  readonly stamps: Stamps;
  /** Oldest first. */
  readonly activities: Activity[] = [];
  private readonly world: LifeWorld;
  private readonly holdings: Holdings;
  private readonly history = new OrderHistory();
  private readonly listeners = new Set<(update: TradeUpdate) => void>();

  constructor(world: LifeWorld, holdings: Holdings) {
    this.world = world;
    this.holdings = holdings;
    this.stamps = new Stamps(() => world.now());
  }

  /** @returns How to stop it. */
  listen(hear: (update: TradeUpdate) => void): () => void {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  /** An order as a listing shows it: as it was a while ago, where listings are late. */
  shown(order: AlpacaOrder, isNested: boolean): OrderJson | undefined {
    const { orderLagMs } = this.world.conditions;
    const legs = isNested ? order.legs.map((leg) => this.shown(leg, false)).filter((leg) => leg !== undefined) : [];
    if (orderLagMs === 0) return orderJson(order, legs);
    const look = this.history.lookAt(order, this.world.wall() - orderLagMs);
    return look && { ...look, legs: legs.length > 0 ? legs : null };
  }

  /** Fills that may be known by now, oldest first. */
  shownActivities(): readonly Activity[] {
    return this.activities.filter(({ knownAt }) => knownAt <= this.world.wall());
  }

  /** An order was made. */
  made(order: AlpacaOrder): void {
    for (const one of [order, ...order.legs]) this.note(one);
    if (order.status === 'pending_new' || order.status === 'accepted') this.tell(order.status, order);
  }

  /** Its market has taken it. */
  taken(order: AlpacaOrder): void {
    order.status = order.filled > 0n ? 'partially_filled' : 'new';
    this.tell('new', order);
  }

  onWoken(leg: AlpacaOrder): void {
    this.taken(leg);
  }

  onFill(order: AlpacaOrder, quantity: Quantity, price: Price, at: EpochMs): void {
    const { asset, side } = order.made;
    const cost = notionalOf(price, quantity);
    const sign = side === 'buy' ? 1n : -1n;
    this.holdings.fill(asset, (sign * quantity) as Quantity, (sign * cost) as Money, at);
    order.filled = (order.filled + quantity) as Quantity;
    order.cost = (order.cost + cost) as Money;
    const isWhole = order.remaining === 0n;
    order.status = isWhole ? 'filled' : 'partially_filled';
    const stamp = this.stamps.at(at);
    order.filledAt = stamp;
    const fill: Fill = { quantity, price, held: this.holdings.quantity(asset), executionId: this.world.makeId() };
    const knownAt = (this.world.wall() + this.world.conditions.fillLagMs) as EpochMs;
    this.activities.push(fillActivity(order, fill, stamp, knownAt));
    this.tell(isWhole ? 'fill' : 'partial_fill', order, fill, stamp);
    this.followSibling(order.sibling, isWhole, quantity);
  }

  onCanceled(order: AlpacaOrder): void {
    // What is only for an auction expires when it did not trade in it.
    const isAuction = order.made.timeInForce === 'opg' || order.made.timeInForce === 'cls';
    if (order.isOpen) this.end(order, isAuction ? 'expired' : 'canceled');
  }

  onRejected(order: AlpacaOrder): void {
    order.status = 'rejected';
    order.failedAt = this.stamps.next();
    this.tell('rejected', order);
  }

  end(order: AlpacaOrder, status: 'canceled' | 'expired', at = this.stamps.next()): void {
    order.status = status;
    if (status === 'canceled') order.canceledAt = at;
    else order.expiredAt = at;
    this.tell(status, order, undefined, at);
  }

  /** @param next What it goes on as. */
  replaced(order: AlpacaOrder, next: AlpacaOrder): void {
    order.status = 'replaced';
    order.replacedBy = next;
    order.replacedAt = this.stamps.next();
    this.tell('replaced', order);
  }

  /** One leg filled: the other one ends, or is for what is left. */
  private followSibling(sibling: AlpacaOrder | undefined, isWhole: boolean, quantity: Quantity): void {
    if (sibling === undefined || !sibling.isWorking) return;
    if (isWhole) {
      this.end(sibling, 'canceled');
    } else {
      sibling.quantity = (sibling.quantity! - quantity) as Quantity;
      this.note(sibling);
    }
  }

  private tell(event: AlpacaTradeEvent, order: AlpacaOrder, fill?: Fill, at: Nanos = this.stamps.next()): void {
    order.updatedAt = at;
    this.note(order);
    for (const hear of this.listeners) hear(tradeUpdate(event, order, at, fill));
  }
  private note(order: AlpacaOrder): void {
    this.history.note(order, this.world.wall(), this.world.conditions.orderLagMs > 0);
  }
}
