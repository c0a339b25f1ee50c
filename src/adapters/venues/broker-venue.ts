import type { MarketSymbol } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Grid, GridQuantity } from '#core/grid.ts';
import type { FillListener } from '#core/matcher.ts';
import type { Order, OrderChange, OrderState, RiskApproved } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import type { CancelAnswer, Capabilities, SubmitAnswer, Venue } from '#ports/venue.ts';
import type { Broker, WireChange } from './broker.ts';
import { PositionGuard } from './position-guard.ts';
import { type Tracked, TrackedOrders } from './tracked-orders.ts';
import { wireOrder, wireOrderId } from './wire-order.ts';

/** Between two look-ups of an order whose outcome is awaited: doubling from and to. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 2_000;
/**
 * After this long an order that a venue took is seen there, in all likelihood. Where nothing proves it, sending it again
 * under its id is safe: the venue takes no id twice.
 */
const SOON_SEEN_MS = 5_000;
/** How long the end of a canceled order is awaited before its outcome counts as unknown. */
const CANCEL_MS = 10_000;

export interface BrokerVenueOptions {
  readonly broker: Broker;
  readonly clock: WallClock;
  /** Ends the stream and every wait. */
  readonly abort: AbortSignal;
  /** Stores what was told. */
  readonly store: () => Promise<void>;
  /** Told of what a person should know of: a position without its stop, an order whose outcome is unknown. */
  readonly say: (line: string) => void;
}

/** What the books know of one symbol's orders when a venue is opened. */
export interface KnownOrders {
  /** All there ever were, oldest first. */
  readonly orders: readonly Order[];
  readonly venueTradeIds: readonly string[];
  /** When the funding was due that is in the books. */
  readonly fundedAt: readonly EpochMs[];
  readonly position: GridQuantity;
}

/**
 * A live account behind the Venue port: our orders, kept over a broker's wire. An order whose answer did not come is
 * unknown and is looked up until it is proven, one way or the other; it is never sent again. What the stream did not tell
 * is caught up on before anything is decided.
 */
export class BrokerVenue implements Venue {
  readonly name: string;
  readonly capabilities: Capabilities;
  private readonly broker: Broker;
  private readonly clock: WallClock;
  private readonly abort: AbortSignal;
  private readonly store: () => Promise<void>;
  private readonly say: (line: string) => void;
  private readonly orders = new TrackedOrders();
  private readonly guard: PositionGuard;
  private cursor: string;

  /** @param since Market time from which on fills may not be in the books. */
  constructor({ broker, clock, abort, store, say }: BrokerVenueOptions, since: EpochMs) {
    this.broker = broker;
    this.name = broker.name;
    this.capabilities = broker.capabilities;
    this.clock = clock;
    this.abort = abort;
    this.store = store;
    this.say = say;
    this.cursor = broker.cursorAt(since);
    this.guard = new PositionGuard(broker, this.orders, (order) => this.submit(order), store, say);
  }

  open(symbol: MarketSymbol, grid: Grid, candles: Candles): void {
    this.orders.trade({ symbol, grid, candles, listener: undefined, position: 0 as GridQuantity });
  }

  listen(symbol: MarketSymbol, listener: FillListener): void {
    this.orders.traded(symbol).listener = listener;
  }

  /** Takes over what the books know of a symbol; to be done before `start`. */
  resume(symbol: MarketSymbol, { orders, venueTradeIds, fundedAt, position }: KnownOrders): void {
    this.orders.traded(symbol).position = position;
    this.orders.passOver(symbol, venueTradeIds, fundedAt);
    for (const order of orders) if (order.state.kind !== 'intended') this.orders.track(order);
  }

  /** Opens the stream and catches up on all that happened since the books were written. */
  async start(): Promise<void> {
    await this.broker.stream(
      {
        onOrder: (report) => this.hear(() => this.orders.onOrder(report)),
        onFill: (fill) => this.hear(() => this.orders.onFill(fill)),
        onFunding: (funding) => this.hear(() => this.orders.onFunding(funding)),
        // Before the next decision everything is asked for anyway; this is for what must be protected meanwhile.
        onGap: () => void this.catchUp().catch((error: Error) => this.say(error.message)),
      },
      this.abort,
    );
    await this.catchUp();
  }

  /**
   * Asks for everything that may have happened and was not told: after it the books are what the venue says. Without an
   * answer it throws, and nothing may be decided.
   * @throws VenueUnavailable, VenueRefused
   */
  async catchUp(): Promise<void> {
    await this.askForFills();
    const listed = new Set<string>();
    for (const { symbol } of this.orders.tradedSymbols) {
      for (const report of await this.broker.openOrders(symbol)) {
        listed.add(report.venueOrderId);
        this.orders.onOrder(report);
      }
    }
    for (const tracked of this.orders.working()) if (!isListed(tracked, listed)) await this.lookUp(tracked);
    for (const stranger of this.orders.strangers) {
      const report = await this.broker.order(stranger);
      if (report === undefined || !this.orders.onOrder(report)) this.orders.dropStranger(stranger.venueOrderId!);
    }
    // What was looked up may have told of fills that were not there a moment ago.
    if (this.orders.working().some((tracked) => this.orders.lacksFills(tracked))) await this.askForFills();
    for (const traded of this.orders.tradedSymbols) await this.guard.protect(traded);
    await this.store();
  }

  async submit(order: RiskApproved<Order>): Promise<SubmitAnswer> {
    if (this.orders.known(order) !== undefined) return { kind: 'accepted' };
    const tracked = this.orders.track(order);
    if (order.leg === 'exit' && this.broker.restingExitsHold) await this.cancelExits(tracked.traded.symbol);
    const answer = await this.broker.place(wireOrder(order, tracked.traded.grid));
    if (answer.kind === 'accepted') {
      this.orders.accepted(tracked, answer.venueOrderId);
      return { kind: 'accepted' };
    }
    if (answer.kind === 'rejected') {
      this.orders.forget(tracked);
      // What protected the position may have been taken back for it.
      if (order.leg === 'exit') this.guard.afterNews();
      return answer;
    }
    void this.prove(tracked).catch((error: Error) => this.say(error.message));
    return answer;
  }

  async amend(order: Order, change: OrderChange): Promise<SubmitAnswer> {
    const tracked = this.orders.known(order);
    if (tracked === undefined || !order.isWorking) {
      return { kind: 'rejected', why: `Cannot amend order ${order.clientOrderId} as it is not working any more` };
    }
    const answer = await this.broker.amend(wireOrderId(tracked.order), wireChange(change, tracked));
    if (answer.kind === 'accepted' && order.isWorking && isNews(order, change)) {
      order.amend(change);
      tracked.traded.listener?.onOrder(order);
    }
    return answer;
  }

  async cancel(order: Order, why: string): Promise<CancelAnswer> {
    const tracked = this.orders.known(order);
    if (tracked === undefined || !order.isWorking) return { kind: 'not-working' };
    tracked.canceledFor = why;
    const answer = await this.broker.cancel(wireOrderId(tracked.order));
    // An answer says that the request came; the order may have filled while it was on its way.
    if (answer.kind !== 'unknown') await this.awaitEnd(tracked);
    const { kind } = order.state;
    if (kind === 'canceled') return { kind };
    return order.isWorking ? { kind: 'unknown', why: 'its end was not told' } : { kind: 'not-working' };
  }

  async find(order: Order): Promise<OrderState | undefined> {
    const tracked = this.orders.known(order) ?? this.orders.track(order);
    await this.askForFills();
    if (await this.lookUp(tracked)) return tracked.order.state;
    // It may have left a moment ago, before the process that sent it ended.
    await this.clock.sleep(this.broker.provenAbsentAfterMs ?? SOON_SEEN_MS, this.abort);
    if (await this.lookUp(tracked)) return tracked.order.state;
    this.orders.forget(tracked);
    return undefined;
  }

  async position(symbol: MarketSymbol): Promise<GridQuantity> {
    const { grid } = this.orders.traded(symbol);
    const held = (await this.broker.positions()).find((position) => position.symbol === symbol);
    return held === undefined ? (0 as GridQuantity) : grid.gridQuantity(held.quantity);
  }

  private hear(take: () => void): void {
    take();
    this.guard.afterNews();
    void this.store().catch((error: Error) => this.say(error.message));
  }

  private async askForFills(): Promise<void> {
    for (;;) {
      const { fills, funding, cursor } = await this.broker.fillsSince(this.cursor);
      for (const fill of fills) this.orders.onFill(fill);
      for (const payment of funding) this.orders.onFunding(payment);
      const isNew = cursor !== this.cursor;
      this.cursor = cursor;
      if (!isNew || fills.length + funding.length === 0) return;
    }
  }

  /** @returns Whether the venue has the order. */
  private async lookUp(tracked: Tracked): Promise<boolean> {
    const report = await this.broker.order(wireOrderId(tracked.order));
    if (report === undefined) return false;
    this.orders.onOrder(report);
    return true;
  }

  /** Looks for an order whose answer did not come, until it is there or can never be. */
  private async prove(tracked: Tracked): Promise<void> {
    // It may have waited for its turn before it left: it left by now.
    const leftAt = this.clock.wall();
    const { provenAbsentAfterMs = Number.POSITIVE_INFINITY } = this.broker;
    let pause = FIRST_LOOK_MS;
    while (!this.abort.aborted) {
      await this.clock.sleep(pause, this.abort);
      pause = Math.min(2 * pause, LONGEST_LOOK_MS);
      const askedAt = this.clock.wall();
      try {
        if (await this.lookUp(tracked)) break;
      } catch {
        continue;
      }
      if (askedAt - leftAt > provenAbsentAfterMs) {
        this.orders.neverTaken(tracked, `${this.name} proves that it never came`);
        break;
      }
    }
    await this.store();
  }

  private async awaitEnd(tracked: Tracked): Promise<void> {
    const begun = this.clock.mono();
    for (let pause = FIRST_LOOK_MS; tracked.order.isWorking; pause = Math.min(2 * pause, LONGEST_LOOK_MS)) {
      await this.lookUp(tracked);
      if (this.orders.lacksFills(tracked)) await this.askForFills();
      if (!tracked.order.isWorking || this.abort.aborted || this.clock.mono() - begun > CANCEL_MS) return;
      await this.clock.sleep(pause, this.abort);
    }
  }

  private async cancelExits(symbol: MarketSymbol): Promise<void> {
    for (const { order } of this.orders.workingExits(symbol))
      if (order.state.kind === 'open') await this.cancel(order, 'the position is being closed');
  }
}

/** Whether an order works by the listing that was read now: what was told of it before may be over. */
function isListed({ report, order }: Tracked, listed: ReadonlySet<string>): boolean {
  return report !== undefined && listed.has(report.venueOrderId) && order.state.kind === 'open';
}

/** Whether the venue's stream has not told of it already. */
function isNews({ price, limit, quantity }: Order, change: OrderChange): boolean {
  const { price: asked = price, limit: askedLimit = limit, quantity: askedQuantity = quantity } = change;
  return asked !== price || askedLimit !== limit || askedQuantity !== quantity;
}

function wireChange({ price, limit, quantity }: OrderChange, { traded: { grid } }: Tracked): WireChange {
  return {
    ...(price !== undefined && { price: grid.exactPrice(price) }),
    ...(limit !== undefined && { limit: grid.exactPrice(limit) }),
    ...(quantity !== undefined && { quantity: grid.exactQuantity(quantity) }),
  };
}
