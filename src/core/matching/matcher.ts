import type { Execution, Liquidity } from '../fills.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import type { ContractMargin } from '../margin/contract-margin.ts';
import type { CarryPayment } from '../margin/funding.ts';
import type { OrderIds } from '../order-ids.ts';
import type { Order, OrderChange, VenueOrderId } from '../orders.ts';
import type { EpochMs } from '../time.ts';
import { AttachedOrders, isAttached, isOfEntry, isPair } from './attached-orders.ts';
import type { ExecutionModel } from './execution-model.ts';
import { rowWalk } from './intrabar.ts';
import { MarginMatching } from './margin-matching.ts';
import { type Resting, RestingOrders } from './resting.ts';
import type { Firing, RowWalk } from './row-walk.ts';
import { slipped } from './slippage.ts';
import { firstRowFrom, type SideColumns, type Tape } from './tape.ts';
import { isImmediate } from './time-in-force.ts';

/** Who hears what happens to the orders of one symbol, synchronously and in the order it happened. */
export interface FillListener {
  /** The venue changed an order (its state, its level, its quantity), or made one (an attached stop or target). */
  onOrder(order: Order): void;
  onFill(execution: Execution): void;
  /** On margin alone. */
  onCarry?(payment: CarryPayment): void;
}

const NONE: readonly Order[] = Object.freeze([]);
const NOT_RESTING = 'what cannot trade at once is not left resting';
const PAIR_FILLED = 'the other one of the pair filled';
const POSITION_CLOSED = 'the position is closed';
const NOTHING_TO_REDUCE = 'there is no position left to reduce';

/** The orders that have come to one instrument's market, the position, and what the rows of a tape make of them. */
export class Matcher {
  listener: FillListener | undefined;
  /** Base units on the grid, signed: negative is short. */
  position = 0 as GridQuantity;
  /** Fills so far. */
  executions = 0;
  /** The candle that fills are told of. */
  index = 0;
  /** When the row that is matched ends; only margin asks. */
  rowEnd = 0;
  private readonly margin: MarginMatching | undefined;
  private readonly grid: Grid;
  private readonly tape: Tape;
  private readonly model: ExecutionModel;
  /** Orders that trade at the next open: market orders, and limits that do not rest. */
  private arrived: readonly Order[] = NONE;
  /** Those of them whose open it is, where one may be left of them. */
  private meeting: readonly Order[] = NONE;
  private readonly resting: RestingOrders;
  private readonly walk: RowWalk;
  private readonly attached: AttachedOrders;
  private readonly ids: OrderIds;

  constructor(grid: Grid, tape: Tape, model: ExecutionModel, ids: OrderIds, margin?: ContractMargin) {
    this.grid = grid;
    this.tape = tape;
    this.model = model;
    this.ids = ids;
    this.resting = new RestingOrders(grid, tape);
    const tell = (order: Order) => this.listener?.onOrder(order);
    const onCarry = (payment: CarryPayment) => this.listener?.onCarry?.(payment);
    this.margin = margin && new MarginMatching(margin, grid, tape, this.resting, onCarry);
    this.walk = rowWalk(grid, this.resting, model, tell);
    this.attached = new AttachedOrders(grid, this.resting, ids, model.entryRow, tell);
  }

  /** Orders that may trade. */
  orders(): readonly Order[] {
    return [...this.arrived, ...this.resting.all.map(({ order }) => order)];
  }

  /** Puts a working order where it waits. @param row The first one that it may trade in. */
  enter(order: Order, row: number): void {
    const isTriggered = order.progress?.triggered === true;
    const isLimit = isTriggered ? order.limit !== undefined : order.type === 'limit';
    if (order.type === 'market' || (isTriggered && !isLimit) || (isLimit && isImmediate(order))) {
      this.arrived = this.arrived.length === 0 ? [order] : [...this.arrived, order];
      return;
    }
    const pair = isAttached(order) ? this.resting.find((other) => isPair(other.order, order)) : undefined;
    const resting = this.resting.add(order, row, row, pair);
    if (resting.trailing !== undefined && row > 0) this.beginTrail(resting, row - 1);
  }

  /** Whether nothing can happen in a row before one of its levels is met. */
  get isWaiting(): boolean {
    return this.arrived.length === 0;
  }

  /** The first row of [from, to) in which a level may be met, `to` if there is none. */
  quietUntil(from: number, to: number): number {
    return this.resting.quietUntil(from, to);
  }

  /** Trades what a row makes possible. */
  match(row: number): void {
    if (this.margin !== undefined) this.beginOnMargin(this.margin, row);
    if (this.arrived.length > 0) {
      this.tradeArrived(row);
    } else if (this.resting.mayFire(row)) {
      this.walk.begin(row);
      this.walkThrough(row);
    }
  }

  /** Trades a market order at the close of the row, once it is over. What the row is too small for goes on to the next one. */
  tradeAtClose(order: Order, row: number): void {
    this.fill(order, this.available(order, order.remaining, row), this.closeOf(order, row), row, 'taker', row + 1);
    this.leave(order);
  }

  /** Takes an order that has come away. */
  remove(order: Order): void {
    const sibling = this.resting.find((one) => one.order === order)?.sibling;
    if (sibling) sibling.sibling = undefined;
    this.arrived = this.arrived.filter((other) => other !== order);
    this.resting.remove((other) => other.order === order);
  }

  withdraw(order: Order, why: string): void {
    this.remove(order);
    this.end(order, why);
  }

  end(order: Order, why: string): void {
    order.become({ kind: 'canceled', filled: order.filled, why });
    this.listener?.onOrder(order);
  }

  /** Changes an order, from `row` on; it goes to the end of the queue. */
  change(order: Order, change: OrderChange, row: number, at: EpochMs): void {
    if ((change.quantity ?? order.quantity) <= order.filled) {
      this.withdraw(order, 'it was amended to no more than had filled');
      return;
    }
    order.amend(change);
    order.note({ takesFrom: undefined });
    this.ids.requeue(order);
    const resting = this.resting.find((one) => one.order === order);
    if (resting) {
      if (order.type === 'limit') this.noteArrival(order, this.closeOf(order, row - 1), at);
      this.resting.remove((other) => other === resting);
      this.resting.add(order, Math.max(resting.from, row), row, resting.sibling);
    }
    this.listener?.onOrder(order);
  }

  /** Notes that a limit could take at once where the market was when it came: it makes nothing then. */
  noteArrival(order: Order, market: GridPrice, at: EpochMs): void {
    if (takesAt(order, market)) order.note({ takesFrom: at });
  }

  /** What the order's side of the market opened at, and closed at. */
  openOf(order: Order, row: number): GridPrice {
    return this.grid.priceOf(this.columnsOf(order).open.values[row]!);
  }

  closeOf(order: Order, row: number): GridPrice {
    return this.grid.priceOf(this.columnsOf(order).close.values[Math.max(0, row)]!);
  }

  reduces({ side }: Order): boolean {
    return side === 'buy' ? this.position < 0 : this.position > 0;
  }

  private tradeArrived(row: number): void {
    const { arrived } = this;
    const exitsLast = this.model.exitSignal === 'after-stop';
    this.arrived = NONE;
    if (this.model.volumeShare !== undefined) this.meeting = arrived;
    this.walk.begin(row);
    for (const order of arrived) if (!exitsLast || order.leg !== 'exit') this.meetOpen(order, row);
    this.margin?.fundBefore(this.rowEnd, row, this.position);
    this.walkThrough(row);
    if (exitsLast) for (const order of arrived) if (order.leg === 'exit') this.meetOpen(order, row);
    if (this.model.volumeShare !== undefined) this.meeting = NONE;
  }

  /** Fires one order after another, and looks again after each: a fill may cancel orders or bring new ones. */
  private walkThrough(row: number): void {
    for (let next = this.walk.next(row); next !== undefined; next = this.walk.next(row)) this.fire(next, row);
  }

  private meetOpen(order: Order, row: number): void {
    if (!order.isWorking) return;
    const open = this.openOf(order, row);
    if (takesAt(order, open)) this.fill(order, this.available(order, order.remaining, row), open, row, 'taker', row);
    if (order.isWorking) this.leave(order);
  }

  /** What a row is too small for: it goes on to the next open, or is over. */
  private leave(order: Order): void {
    if (!order.isWorking) return;
    if (isImmediate(order)) this.end(order, NOT_RESTING);
    else this.arrived = [...this.arrived, order];
  }

  private fire({ resting, price, openFrom }: Firing, row: number): void {
    const { order, sibling } = resting;
    if (order.leg === 'liquidation') {
      this.liquidate(price);
      return;
    }
    const isTrigger = order.type !== 'limit' && order.progress?.triggered !== true;
    if (isTrigger && order.limit !== undefined && !takesAt(order, price)) {
      this.becomeLimit(resting, openFrom, row + 1);
      return;
    }
    const liquidity = isTrigger || this.isArrival(order, row, openFrom) ? 'taker' : 'maker';
    const { remaining } = order;
    const quantity = this.available(order, remaining, row);
    if (quantity === remaining) {
      this.resting.removePair(resting);
      this.fill(order, quantity, price, row, liquidity, openFrom);
      if (sibling) this.end(sibling.order, PAIR_FILLED);
    } else if (isTrigger) {
      this.fireInPart(resting, quantity, price, row, openFrom);
    } else {
      resting.from = row + 1;
      this.fill(order, quantity, price, row, liquidity, openFrom);
      if (!order.isWorking) this.removeEnded(resting);
      else if (sibling && quantity > 0) this.attached.reduce(sibling, quantity);
    }
  }

  /** A part of an order was all that there was to do. */
  private removeEnded(resting: Resting): void {
    const { sibling } = resting;
    this.resting.remove((other) => other === resting || other === sibling);
    if (sibling?.order.isWorking) this.end(sibling.order, PAIR_FILLED);
  }

  /** A triggered order that the row is too small for goes on as what it has become. */
  private fireInPart(resting: Resting, quantity: GridQuantity, price: GridPrice, row: number, openFrom: number): void {
    const { order, sibling } = resting;
    this.resting.removePair(resting);
    if (isAttached(order)) this.endRestOfEntry(order);
    this.fill(order, quantity, price, row, 'taker', openFrom);
    if (sibling) this.end(sibling.order, PAIR_FILLED);
    if (!order.isWorking) return;
    // It was off the book while it filled: what ends with the position has not reached it.
    if (order.effect === 'reduce-only' && this.position === 0) this.end(order, POSITION_CLOSED);
    else this.goOnTriggered(order, row + 1);
  }

  private goOnTriggered(order: Order, row: number): void {
    this.noteTriggered(order);
    if (isImmediate(order)) {
      this.end(order, NOT_RESTING);
    } else {
      this.enter(order, row);
      this.listener?.onOrder(order);
    }
  }

  /** A stop-limit or take-profit-limit that met its trigger and not its limit. */
  private becomeLimit(resting: Resting, from: number, openFrom: number): void {
    const { order } = resting;
    this.resting.remove((other) => other === resting);
    this.noteTriggered(order);
    if (isImmediate(order)) {
      this.end(order, NOT_RESTING);
    } else {
      this.resting.add(order, from, openFrom, undefined);
      this.listener?.onOrder(order);
    }
  }

  /** It queues behind all that is there. */
  private noteTriggered(order: Order): void {
    order.note({ triggered: true });
    this.ids.requeue(order);
  }

  /** @param openFrom The first row whose open is not before this fill: an attached target trades from there on. */
  private fill(
    order: Order,
    wanted: GridQuantity,
    market: GridPrice,
    row: number,
    liquidity: Liquidity,
    openFrom: number,
  ): void {
    if (wanted === 0) return;
    const { position } = this;
    const sign = order.side === 'buy' ? 1 : -1;
    const reducible = Math.max(0, -sign * position);
    const quantity = (order.effect === 'reduce-only' ? Math.min(wanted, reducible) : wanted) as GridQuantity;
    if (quantity === 0) {
      this.end(order, NOTHING_TO_REDUCE);
      return;
    }
    const price = liquidity === 'taker' ? this.takerPrice(order, market, quantity, row) : market;
    const signed = (sign * quantity) as GridQuantity;
    const { margin } = this;
    const why = order.effect === 'open' ? margin?.refusal(signed, price, liquidity) : undefined;
    if (why !== undefined) {
      this.end(order, why);
      return;
    }
    this.position = (position + sign * quantity) as GridQuantity;
    takeFill(order, quantity, quantity < wanted);
    const settlement = margin?.fill(order, signed, price, liquidity, row, this.position);
    this.executions += 1;
    this.listener?.onFill({
      order,
      price,
      quantity: signed,
      index: this.index,
      liquidity,
      venueTradeId: this.executions,
      settlement,
    });
    if (order.attached) this.attached.cover(order, order.attached, quantity, price, row, openFrom);
    else if (this.position === 0) this.endReducing();
    else if (this.model.volumeShare !== undefined && isAttached(order)) this.endRestOfEntry(order);
  }

  /** Funding that is due by the row's open, and what an open beyond the liquidation price does before anything trades. */
  private beginOnMargin(margin: MarginMatching, row: number): void {
    margin.begin(row, this.position);
    const open = margin.beyondLiquidation('open', row);
    if (open !== undefined) this.liquidate(open);
    // Orders that trade at the open come before what is due inside the row.
    if (this.arrived.length === 0) margin.fundBefore(this.rowEnd, row, this.position);
  }

  /** Stands guard over a position that was there before. @param opener What opened it or added to it last. */
  guardAfter(opener: Order | undefined, row: number): void {
    this.margin!.restore(opener, this.position, row);
  }

  /** Ends the position where the other positions of its wallet have moved too much by the close of the row. */
  settleAtClose(row: number): void {
    const margin = this.margin!;
    margin.guard(this.position, row + 1);
    const close = margin.beyondLiquidation('close', row);
    if (close !== undefined) this.liquidate(close);
  }

  /** What falls due before `until`, where no row lies before it any more. @param row The last one. */
  fundWithoutRow(until: number, row: number): void {
    this.margin!.fundBefore(until, row, this.position);
  }

  /** The venue ends the position. @param market Where the market is. */
  private liquidate(market: GridPrice): void {
    const { grid, position } = this;
    const { order } = this.resting.liquidation!;
    const { price, settlement } = this.margin!.liquidate(market);
    this.position = 0 as GridQuantity;
    order.become(this.ids.nextOpenState());
    this.listener?.onOrder(order);
    takeFill(order, order.quantity, false);
    this.executions += 1;
    this.listener?.onFill({
      order,
      price: grid.gridPrice(price),
      quantity: -position as GridQuantity,
      index: this.index,
      liquidity: 'taker',
      venueTradeId: this.executions,
      settlement,
    });
    this.endReducing();
  }

  /** How much of an order the row can fill. */
  private available(order: Order, remaining: GridQuantity, row: number): GridQuantity {
    const { volumeShare } = this.model;
    if (volumeShare === undefined) return remaining;
    const most = this.grid.toLot(this.columnsOf(order).volume.values[row]! * volumeShare);
    if (most >= remaining) return remaining;
    return order.timeInForce === 'fok' ? (0 as GridQuantity) : most;
  }

  private takerPrice(order: Order, market: GridPrice, quantity: GridQuantity, row: number): GridPrice {
    const { slippage } = this.model;
    if (slippage.kind === 'none') return market;
    return slipped(slippage, this.grid, order.side, market, quantity, this.columnsOf(order), row, limitOf(order));
  }

  private columnsOf(order: Order): SideColumns {
    return this.resting.columnsOf(order);
  }

  /** Whether a limit meets at this open what it could take when it came. */
  private isArrival(order: Order, row: number, openFrom: number): boolean {
    const takesFrom = order.progress?.takesFrom;
    return takesFrom !== undefined && openFrom === row && firstRowFrom(this.tape, takesFrom) === row;
  }

  /** Where a stop that just came follows from. */
  private beginTrail(resting: Resting, row: number): void {
    if (this.resting.follow(resting, this.columnsOf(resting.order).close.values[row]!))
      this.listener?.onOrder(resting.order);
  }

  /** Ends what a flat position leaves behind: the orders that only reduce it, and what is left of an entry. */
  private endReducing(): void {
    if (this.model.volumeShare !== undefined) this.endRestOfMeeting();
    if (this.resting.isEmpty && this.arrived.length === 0) return;
    const isOver = (order: Order) => order.effect === 'reduce-only' || order.filled > 0;
    const over = this.orders().filter(isOver);
    this.arrived = this.arrived.filter((order) => !isOver(order));
    this.resting.remove(({ order }) => isOver(order));
    for (const order of over) if (order.isWorking) this.end(order, POSITION_CLOSED);
  }

  private endRestOfMeeting(): void {
    for (const order of this.meeting) if (order.filled > 0 && order.isWorking) this.end(order, POSITION_CLOSED);
  }

  /** A stop or target that fills ends what is left of its entry. */
  private endRestOfEntry(child: Order): void {
    const rest = [...this.meeting, ...this.orders()].find(
      (order) => order.leg === 'entry' && order.isWorking && order.filled > 0 && isOfEntry(child, order),
    );
    if (rest) this.withdraw(rest, 'its position is being closed');
  }
}

/** @param isCut Whether the position was too small for more. */
function takeFill(order: Order, quantity: GridQuantity, isCut: boolean): void {
  const venueOrderId = venueOrderIdOf(order);
  const filled = (order.filled + quantity) as GridQuantity;
  if (filled === order.quantity) order.become({ kind: 'filled', venueOrderId });
  else if (isCut) order.become({ kind: 'canceled', filled, why: 'the position was smaller than the order' });
  else order.become({ kind: 'open', venueOrderId, filled });
}

function venueOrderIdOf(order: Order): VenueOrderId {
  const { state } = order;
  if (state.kind !== 'open') throw new Error(`Order ${order.clientOrderId} is "${state.kind}" where it must be open`);
  return state.venueOrderId;
}

/** The worst price at which it trades; undefined where it takes any. */
function limitOf({ type, price, limit }: Order): GridPrice | undefined {
  return type === 'limit' ? price : limit;
}

/** Whether it could trade at once where the market is at `price`. */
export function takesAt(order: Order, price: GridPrice): boolean {
  const limit = limitOf(order);
  return limit === undefined || (order.side === 'buy' ? price <= limit : price >= limit);
}
