import { unreachable } from '../brand.ts';
import type { Candles } from '../candles.ts';
import type { Grid, GridQuantity } from '../grid.ts';
import type { ContractMargin } from '../margin/contract-margin.ts';
import { byQueue, OrderIds, orderKey } from '../order-ids.ts';
import type { Order, OrderChange, RiskApproved } from '../orders.ts';
import { type Request, RequestsUnderway } from '../requests.ts';
import type { EpochMs } from '../time.ts';
import { admissionRefusal, amendRefusal, cannotPlace } from './admission.ts';
import { DEFAULT_EXECUTION, type ExecutionModel } from './execution-model.ts';
import { type FillListener, Matcher, takesAt } from './matcher.ts';
import { candleTape, firstRowFrom, type Tape } from './tape.ts';
import { type DayEnd, DayOrders, utcDayEnd } from './time-in-force.ts';

/** What an exchange held when it last stopped. */
export interface SavedExchange {
  /** Up to here it had matched what happened, be it inside a candle. */
  readonly matchedUntil: EpochMs;
  readonly position: GridQuantity;
  /** Fills so far, and the last number that an order was given: the exchange's own ids go on from here. */
  readonly executions: number;
  readonly lastNumber: number;
  /** The newest order that was sent to it, working or not: no id up to this one is taken again. */
  readonly newest: Order | undefined;
  /** What is underway or rests; the orders of one bracket share their intent. */
  readonly open: readonly Order[];
  /** The last order that opened the position or added to it: on margin, the venue's own order is named after it. */
  readonly opener?: Order | undefined;
}

/** Answers to an order or an amend: accepted, or refused with a sentence. Nothing here is ever unknown. */
export type Acceptance = { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly why: string };

const ACCEPTED: Acceptance = Object.freeze({ kind: 'accepted' });

/** What an exchange may be told beside its candles. */
export interface ExchangeSetup {
  readonly model?: ExecutionModel;
  /** What happened inside the candles: finer candles, public trades or quotes. Left out, the candles are all there is. */
  readonly inside?: Tape | undefined;
  /** When a day order ends; with the UTC day when left out. */
  readonly dayEndsAt?: DayEnd;
  /** The money behind a contract; left out, the instrument is bought and sold outright. */
  readonly margin?: ContractMargin | undefined;
}

/**
 * The exchange for one instrument of one account: synchronous, driven by the rows of a tape as the candles that hold them
 * close. What may happen inside a row is its execution model's.
 *
 * An order is accepted at a candle's close and trades from the next row on: a market order at its open, one with a level
 * there, or at the open when the row opens beyond it. An attached stop and target live from the row of the entry's fill;
 * when the entry filled inside a row rather than at its open, the stop does and the target waits for the next one, unless
 * the row has a path.
 */
export class Exchange {
  readonly grid: Grid;
  private readonly candles: Candles;
  private readonly model: ExecutionModel;
  private readonly inside: Tape | undefined;
  private readonly tape: Tape;
  private readonly matcher: Matcher;
  private readonly margin: ContractMargin | undefined;
  private readonly ids = new OrderIds();
  private readonly underway = new RequestsUnderway();
  private readonly days: DayOrders;
  /** When the next request arrives or the next day order ends; Infinity while none does. */
  private alarm = Number.POSITIVE_INFINITY;
  /** Up to here the rows of the running candle have been matched. */
  private matchedUntil = 0;

  /** @throws RangeError when the model replays a finer timeframe and there is none inside. */
  constructor(grid: Grid, candles: Candles, setup: ExchangeSetup = {}) {
    const { model = DEFAULT_EXECUTION, inside, dayEndsAt = utcDayEnd, margin } = setup;
    if (typeof model.intrabar !== 'string' && inside === undefined) {
      throw new RangeError(
        `Cannot replay ${model.intrabar.timeframe} candles inside those of "${grid.instrument.symbol}" as there are none; ` +
          'give them, or choose another intrabar model',
      );
    }
    this.grid = grid;
    this.candles = candles;
    this.model = model;
    this.inside = inside;
    this.tape = inside ?? candleTape(candles);
    this.days = new DayOrders(dayEndsAt);
    this.margin = margin;
    this.matcher = new Matcher(grid, this.tape, model, this.ids, margin);
  }

  listen(listener: FillListener): void {
    this.matcher.listener = listener;
  }

  /** Base units on the grid, signed: negative is short. */
  get position(): GridQuantity {
    return this.matcher.position;
  }

  /**
   * Takes an order that trades from the next row on. The same client order id twice makes one order.
   * @param last Index of the last closed candle.
   */
  accept(order: RiskApproved<Order>, last: number): Acceptance {
    const key = orderKey(order);
    if (this.ids.isUsed(key)) {
      if (this.orderById(order.clientOrderId)) return ACCEPTED;
      return reject(
        order,
        `Cannot place order ${order.clientOrderId} as its client order id was used before; use a new one`,
      );
    }
    const why = this.refusal(order, last);
    if (why !== undefined) return reject(order, why);
    this.ids.use(key);
    this.take(order, last);
    return ACCEPTED;
  }

  /**
   * Cancels a working order: at once, or when the request arrives. @returns false when there is no such order any more: it
   * filled, or never was.
   */
  cancel(order: Order, why: string, last = this.candles.length - 1): boolean {
    if (!this.openOrders().includes(order)) return false;
    if (this.model.latencyMs === 0) this.matcher.withdraw(order, why);
    else this.send({ at: this.arrivalOf(last), order, asks: { kind: 'cancel', why } });
    return true;
  }

  /**
   * Changes a working order, at once or when the request arrives; it keeps its id and loses its place in the queue. One that
   * has filled as much as it is amended to by then, or more, ends.
   */
  amend(order: Order, change: OrderChange, last = this.candles.length - 1): Acceptance {
    const row = this.rowAfter(last);
    const isWorking = this.openOrders().includes(order);
    const why = amendRefusal(this.grid, order, change, this.matcher.closeOf(order, row - 1), isWorking);
    if (why !== undefined) return { kind: 'rejected', why };
    if (this.model.latencyMs === 0) this.matcher.change(order, change, row, this.timeAfter(last));
    else this.send({ at: this.arrivalOf(last), order, asks: { kind: 'amend', change } });
    return ACCEPTED;
  }

  openOrders(): readonly Order[] {
    return [...this.underway.orders(), ...this.matcher.orders()];
  }

  orderById(clientOrderId: string): Order | undefined {
    return (
      this.openOrders().find((order) => order.clientOrderId === clientOrderId) ?? this.ids.remembered(clientOrderId)
    );
  }

  /** Puts back what was there when the exchange last stopped. */
  restore({ matchedUntil, position, executions, lastNumber, newest, open, opener }: SavedExchange): void {
    this.matchedUntil = matchedUntil;
    this.matcher.position = position;
    this.matcher.executions = executions;
    this.ids.restore(lastNumber, newest, open);
    for (const order of open.toSorted(byQueue)) {
      this.days.restore(order);
      this.underway.restore(order);
      if (order.progress?.actsFrom === undefined) this.matcher.enter(order, 0);
    }
    if (this.margin !== undefined) this.restoreMargin(this.margin, opener);
    this.setAlarm();
  }

  /**
   * Says where candle `i` opens or closes to the contracts that stand on the same wallet. Where several symbols close
   * together, all of them say so before the first is matched and after the last one was.
   */
  mark(i: number, at: 'open' | 'close'): void {
    const { margin, grid, candles } = this;
    if (margin?.isBackedByOthers) margin.markAt(grid.exactPrice(grid.priceOf(candles[at].values[i]!)));
  }

  /** Ends a position at the close of candle `i` whose wallet does not carry it any more, once all have been marked. */
  settle(i: number): void {
    if (this.margin?.isBackedByOthers) this.matcher.settleAtClose(this.rowAfter(i) - 1);
  }

  /** What was due by then is done with, and the venue's own order stands where it stood. */
  private restoreMargin(margin: ContractMargin, opener: Order | undefined): void {
    const last = this.candles.length - 1;
    if (last < 0) return;
    this.mark(last, 'close');
    margin.passOver(this.timeAfter(last));
    this.matcher.guardAfter(opener, this.rowAfter(last));
  }

  /** Trades what candle `i` makes possible. Called once for each candle, in order. */
  match(i: number): void {
    this.matcher.index = i;
    if (this.margin !== undefined) this.matcher.rowEnd = this.closeTimeOf(i);
    if (this.inside === undefined) this.matchRow(i);
    else this.matchRows(this.inside, this.candles.openTimeOf(i), this.closeTimeOf(i));
    if (this.alarm !== Number.POSITIVE_INFINITY) this.endDays(this.closeTimeOf(i));
  }

  /** Trades what the rows of the running candle before `time` make possible; for where rows are known inside candles. */
  matchUntil(time: EpochMs): void {
    const { inside, candles, matcher } = this;
    if (inside === undefined) return;
    matcher.index = candles.length;
    this.matchRows(inside, candles.openTimeOf(candles.length), time);
    this.matchedUntil = Math.max(this.matchedUntil, time);
  }

  /** The first candle of [from, to) in which anything may happen, `to` if there is none. */
  quietUntil(from: number, to: number): number {
    const { inside, matcher, margin } = this;
    if (!matcher.isWaiting) return from;
    const alarm = margin === undefined ? this.alarm : Math.min(this.alarm, margin.fundedAfter);
    const end = alarm === Number.POSITIVE_INFINITY ? to : this.firstClosingAt(alarm, from, to);
    if (inside === undefined) return matcher.quietUntil(from, end);
    if (end === from) return from;
    const lastRow = firstRowFrom(inside, this.closeTimeOf(end - 1));
    const row = matcher.quietUntil(firstRowFrom(inside, this.candles.openTimeOf(from)), lastRow);
    return row === lastRow ? end : this.firstClosingAt(inside.openTime.values[row]! + 1, from, end);
  }

  /** The rows in [from, to) that have not been matched. */
  private matchRows(inside: Tape, from: number, to: number): void {
    const end = firstRowFrom(inside, to);
    const first = firstRowFrom(inside, Math.max(from, this.matchedUntil));
    // A restart goes on after `to`: what falls due by then is paid without a row too.
    if (this.margin !== undefined && first === end && end > 0) this.matcher.fundWithoutRow(to, end - 1);
    for (let row = first; row < end; row++) {
      if (this.margin !== undefined) this.matcher.rowEnd = row + 1 < end ? inside.openTime.values[row + 1]! : to;
      this.matchRow(row);
    }
  }

  private matchRow(row: number): void {
    if (this.alarm !== Number.POSITIVE_INFINITY) this.reach(row);
    this.matcher.match(row);
  }

  /** What happens by the time that a row begins: days end and requests arrive. */
  private reach(row: number): void {
    const time = this.tape.openTime.values[row]! as EpochMs;
    this.endDays(time);
    for (const request of this.underway.arrivedBy(time)) this.carryOut(request, row);
    this.setAlarm();
  }

  private refusal(order: Order, last: number): string | undefined {
    const { matcher, grid } = this;
    const reference = order.limit ?? order.price ?? matcher.closeOf(order, this.rowAfter(last) - 1);
    const why = admissionRefusal(grid, order, reference, matcher.position);
    if (why !== undefined || !order.postOnly) return why;
    const isTaking = takesAt(order, matcher.closeOf(order, this.rowAfter(last) - 1));
    return isTaking ? cannotPlace(grid, 'it is post-only and would take') : undefined;
  }

  private take(order: Order, last: number): void {
    const { matcher, model } = this;
    order.become(this.ids.nextOpenState());
    this.ids.remember(order);
    if (order.timeInForce === 'day') {
      this.days.add(order, this.timeAfter(last));
      this.setAlarm();
    }
    if (model.latencyMs > 0) {
      this.send({ at: this.arrivalOf(last), order, asks: { kind: 'place' } });
      return;
    }
    const row = this.rowAfter(last);
    if (order.type === 'limit') matcher.noteArrival(order, matcher.closeOf(order, row - 1), this.timeAfter(last));
    matcher.listener?.onOrder(order);
    if (order.type === 'market' && model.signalActs === 'this-close') {
      matcher.index = this.matchedUntil > this.closeTimeOf(last) ? last + 1 : last;
      matcher.tradeAtClose(order, row - 1);
    } else {
      matcher.enter(order, row);
    }
  }

  private send(request: Request): void {
    this.underway.send(request);
    this.setAlarm();
    this.matcher.listener?.onOrder(request.order);
  }

  /** A request has come, as a row begins. What it was about may be over: then it comes too late. */
  private carryOut({ at, order, asks }: Request, row: number): void {
    if (!order.isWorking) return;
    switch (asks.kind) {
      case 'place':
        this.letIn(order, row, at);
        return;
      case 'cancel':
        this.matcher.withdraw(order, asks.why);
        return;
      case 'amend':
        this.matcher.change(order, asks.change, row, at);
        return;
      default:
        unreachable(asks);
    }
  }

  /** An order comes in, and things may have changed since it was sent. */
  private letIn(order: Order, row: number, at: EpochMs): void {
    const { matcher } = this;
    const open = matcher.openOf(order, row);
    if (order.effect === 'reduce-only' && !matcher.reduces(order)) {
      matcher.end(order, 'there is no position left to reduce');
    } else if (order.postOnly && takesAt(order, open)) {
      matcher.end(order, 'it is post-only and would take');
    } else {
      this.ids.requeue(order);
      if (order.type === 'limit') matcher.noteArrival(order, open, at);
      matcher.enter(order, row);
      matcher.listener?.onOrder(order);
    }
  }

  private endDays(time: number): void {
    for (const order of this.days.endedBy(time)) {
      this.matcher.remove(order);
      order.become({ kind: 'expired', filled: order.filled, why: 'its day ended' });
      this.matcher.listener?.onOrder(order);
    }
    this.setAlarm();
  }

  private setAlarm(): void {
    this.alarm = Math.min(this.underway.nextAt, this.days.nextEnd);
  }

  private closeTimeOf(i: number): EpochMs {
    return (this.candles.openTimeOf(i) + this.candles.durationMs) as EpochMs;
  }

  private arrivalOf(last: number): EpochMs {
    return (this.timeAfter(last) + this.model.latencyMs) as EpochMs;
  }

  /** The first row after the candle `last`, and after what was matched of the next one. */
  private rowAfter(last: number): number {
    return this.inside === undefined ? last + 1 : firstRowFrom(this.inside, this.timeAfter(last));
  }

  /** How far market time has come when the candle `last` is the last closed one. */
  private timeAfter(last: number): EpochMs {
    return Math.max(this.closeTimeOf(last), this.matchedUntil) as EpochMs;
  }

  /** The first candle of [from, to) that closes at `time` or later. */
  private firstClosingAt(time: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.closeTimeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function reject(order: Order, why: string): Acceptance {
  order.become({ kind: 'rejected', why });
  return { kind: 'rejected', why };
}
