import { levelsAt } from './brackets.ts';
import type { Candles } from './candles.ts';
import type { Execution, Liquidity } from './fills.ts';
import { filterRefusal } from './filters.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { Order, type OrderRequest, type OrderState, type RiskApproved, type VenueOrderId } from './orders.ts';
import { RestingOrders } from './resting.ts';

/** Who hears what happens to the orders of one symbol, synchronously and in the order it happened. */
export interface FillListener {
  /** The venue changed an order's state, or made one (an attached stop or target). */
  onOrder(order: Order): void;
  onFill(execution: Execution): void;
}

/** What an exchange held when it last stopped. */
export interface SavedExchange {
  readonly position: GridQuantity;
  /** Fills and orders so far: the exchange's own ids go on from here. */
  readonly executions: number;
  readonly accepted: number;
  /** The newest order that was sent to it, working or not: no id up to this one is taken again. */
  readonly newest: Order | undefined;
  /** What still rests; the orders of one bracket share their intent. */
  readonly open: readonly Order[];
}

/** Answers to an order: accepted, or refused with a sentence. Nothing here is ever unknown. */
export type Acceptance = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly why: string };

const ACCEPTED: Acceptance = Object.freeze({ kind: 'accepted' });

/** Orders remembered after they ended, for look-ups by client order id. */
const REMEMBERED = 512;
const NONE_ARRIVED: readonly Order[] = Object.freeze([]);

/**
 * The exchange for one instrument of one account: synchronous, driven by closed candles.
 *
 * An order is accepted at a candle's close and trades from the next candle on: a market order at its open, a limit or
 * a stop at its level, or at the open when the candle opens beyond it. Inside a candle the worst comes first: stops
 * are checked before limits and targets. An attached stop and target live from the candle of the entry's fill; when
 * the entry filled inside a candle rather than at its open, the stop does and the target waits for the next one.
 */
export class Exchange {
  readonly grid: Grid;
  private readonly candles: Candles;
  private listener: FillListener | undefined;
  /** Market orders that wait for the next open. */
  private arrived: readonly Order[] = NONE_ARRIVED;
  private readonly resting: RestingOrders;
  private held = 0 as GridQuantity;
  private known: Order[] = [];
  private newestKey = 0;
  private venueOrders = 0;
  private executions = 0;

  constructor(grid: Grid, candles: Candles) {
    this.grid = grid;
    this.candles = candles;
    this.resting = new RestingOrders(grid, candles);
  }

  listen(listener: FillListener): void {
    this.listener = listener;
  }

  /** Base units on the grid, signed: negative is short. */
  get position(): GridQuantity {
    return this.held;
  }

  /**
   * Takes an order that trades from the next candle on. The same client order id twice makes one order.
   * @param last Index of the last closed candle.
   */
  accept(order: RiskApproved<Order>, last: number): Acceptance {
    const key = orderKey(order);
    if (key <= this.newestKey) {
      const same = this.orderById(order.clientOrderId);
      if (same) return ACCEPTED;
      return reject(
        order,
        `Cannot place order ${order.clientOrderId} as its client order id was used before; use a new one`,
      );
    }
    const why = this.refusal(order, last);
    if (why !== undefined) return reject(order, why);
    this.newestKey = key;
    this.take(order, last + 1);
    return ACCEPTED;
  }

  /** Cancels a working order. @returns false when there is no such order any more: it filled, or never was. */
  cancel(order: Order, why: string): boolean {
    if (!this.openOrders().includes(order)) return false;
    const sibling = this.resting.find((one) => one.order === order)?.sibling;
    if (sibling) sibling.sibling = undefined;
    this.arrived = this.arrived.filter((other) => other !== order);
    this.resting.remove((other) => other.order === order);
    this.end(order, why);
    return true;
  }

  openOrders(): readonly Order[] {
    return [...this.arrived, ...this.resting.orders()];
  }

  orderById(clientOrderId: string): Order | undefined {
    return (
      this.openOrders().find((order) => order.clientOrderId === clientOrderId) ??
      this.known.findLast((order) => order.clientOrderId === clientOrderId)
    );
  }

  /** Puts back what was there when the exchange last stopped. */
  restore({ position, executions, accepted, newest, open }: SavedExchange): void {
    this.held = position;
    this.executions = executions;
    this.venueOrders = accepted;
    this.newestKey = newest === undefined ? 0 : orderKey(newest);
    for (const order of open) {
      const pair = this.resting.find((other) => isPair(other.order, order));
      if (order.type === 'market') this.arrived = [...this.arrived, order];
      else this.resting.add(order, 0, 0, pair);
    }
  }

  /** Trades what candle `i` makes possible. Called once for each candle, in order. */
  match(i: number): void {
    if (this.arrived.length > 0) this.tradeArrived(i);
    else if (this.resting.mayFire(i)) this.tradeResting(i);
  }

  /** The first candle of [from, to) in which something trades, `to` if there is none. */
  quietUntil(from: number, to: number): number {
    return this.arrived.length > 0 ? from : this.resting.quietUntil(from, to);
  }

  private tradeArrived(i: number): void {
    const { arrived } = this;
    const open = this.grid.priceOf(this.candles.open.values[i]!);
    this.arrived = NONE_ARRIVED;
    for (const order of arrived) this.fill(order, open, i, 'taker', i);
    this.tradeResting(i);
  }

  /** Fires one order after another, and looks again after each: a fill may cancel orders or bring new ones. */
  private tradeResting(i: number): void {
    for (let next = this.resting.firing(i); next !== undefined; next = this.resting.firing(i)) {
      const { resting, price, atOpen } = next;
      const { order, sibling } = resting;
      this.resting.removePair(resting);
      this.fill(order, price, i, order.type === 'limit' ? 'maker' : 'taker', atOpen ? i : i + 1);
      if (sibling) this.end(sibling.order, 'the other one of the pair filled');
    }
  }

  /** @param openFrom The first candle whose open is not before this fill: an attached target trades from there on. */
  private fill(order: Order, price: GridPrice, i: number, liquidity: Liquidity, openFrom: number): void {
    const { held } = this;
    const sign = order.side === 'buy' ? 1 : -1;
    let quantity = order.quantity;
    if (order.effect === 'reduce-only') {
      quantity = Math.min(quantity, Math.max(0, -sign * held)) as GridQuantity;
      if (quantity === 0) {
        this.end(order, 'there is no position left to reduce');
        return;
      }
    }
    this.held = (held + sign * quantity) as GridQuantity;
    const venueOrderId = venueOrderIdOf(order);
    if (quantity === order.quantity) order.become({ kind: 'filled', venueOrderId });
    else order.become({ kind: 'canceled', filled: quantity, why: 'the position was smaller than the order' });
    this.executions += 1;
    this.listener?.onFill({
      order,
      price,
      quantity: (sign * quantity) as GridQuantity,
      index: i,
      liquidity,
      venueTradeId: this.executions,
    });
    if (order.attached) this.attach(order, price, i, openFrom);
    else if (this.held === 0) this.endReducing();
  }

  /** Makes the stop and target of an entry that just filled, each cancelling the other. */
  private attach(entry: Order, price: GridPrice, i: number, openFrom: number): void {
    const direction = entry.side === 'buy' ? 'long' : 'short';
    const levels = levelsAt(entry.attached!, this.grid, direction, price);
    const stop = this.resting.add(this.makeChild(entry, 'stop', levels.stop), i, openFrom, undefined);
    if (levels.target !== undefined) {
      this.resting.add(this.makeChild(entry, 'target', levels.target), openFrom, openFrom, stop);
    }
  }

  /** Nobody sent it, so it is open from the start. */
  private makeChild(entry: Order, leg: 'stop' | 'target', price: GridPrice): Order {
    const request: OrderRequest = {
      leg,
      side: entry.side === 'buy' ? 'sell' : 'buy',
      type: leg === 'stop' ? 'stop' : 'limit',
      quantity: entry.quantity,
      price,
      timeInForce: 'gtc',
      effect: 'reduce-only',
      attached: undefined,
    };
    const order = new Order(entry.intent, request, 1, this.nextOpenState());
    this.remember(order);
    this.listener?.onOrder(order);
    return order;
  }

  private take(order: Order, from: number): void {
    this.open(order);
    if (order.type === 'market') {
      this.arrived = this.arrived.length === 0 ? [order] : [...this.arrived, order];
    } else {
      this.resting.add(order, from, from, undefined);
    }
  }

  private open(order: Order): void {
    order.become(this.nextOpenState());
    this.remember(order);
    this.listener?.onOrder(order);
  }

  private nextOpenState(): OrderState {
    this.venueOrders += 1;
    return { kind: 'open', venueOrderId: this.venueOrders as VenueOrderId, filled: 0 as GridQuantity };
  }

  /** Ends the reduce-only orders that a flat position leaves behind. */
  private endReducing(): void {
    if (this.resting.isEmpty && this.arrived.length === 0) return;
    const left = this.openOrders().filter((order) => order.effect === 'reduce-only');
    this.arrived = this.arrived.filter((order) => order.effect !== 'reduce-only');
    this.resting.remove(({ order }) => order.effect === 'reduce-only');
    for (const order of left) this.end(order, 'the position is closed');
  }

  private end(order: Order, why: string): void {
    order.become({ kind: 'canceled', filled: order.filled, why });
    this.listener?.onOrder(order);
  }

  private remember(order: Order): void {
    if (this.known.length >= 2 * REMEMBERED) this.known = this.known.slice(REMEMBERED);
    this.known.push(order);
  }

  /** Why the order cannot be taken, or undefined. */
  private refusal(order: Order, last: number): string | undefined {
    const { grid } = this;
    const { price, effect, side, timeInForce } = order;
    if (timeInForce !== 'gtc') {
      return `Cannot place order on "${grid.instrument.symbol}" as its time in force must be gtc: current value is ${timeInForce}`;
    }
    if (effect === 'reduce-only' && !(side === 'buy' ? this.held < 0 : this.held > 0)) {
      return `Cannot place order on "${grid.instrument.symbol}" as it is reduce-only and there is no position to reduce`;
    }
    return filterRefusal(grid, order, price ?? grid.priceOf(this.candles.close.values[last]!));
  }
}

function reject(order: Order, why: string): Acceptance {
  order.become({ kind: 'rejected', why });
  return { kind: 'rejected', why };
}

function venueOrderIdOf(order: Order): VenueOrderId {
  const { state } = order;
  if (state.kind !== 'open') throw new Error(`Order ${order.clientOrderId} is "${state.kind}" where it must be open`);
  return state.venueOrderId;
}

function isPair(a: Order, b: Order): boolean {
  return a.intent.occasion === b.intent.occasion && a.leg !== b.leg && a.effect === 'reduce-only' && a.side === b.side;
}

/** An exit comes before an entry of the same occasion: a reversal closes first. */
const LEG_RANK = { exit: 0, entry: 1, stop: 2, target: 3 } as const;
const ATTEMPTS = 16;

/** Rises with every new order of an owner, so that a repeated id is seen by one comparison. */
function orderKey(order: Order): number {
  return (order.intent.occasion * 4 + LEG_RANK[order.leg]) * ATTEMPTS + order.attempt;
}
