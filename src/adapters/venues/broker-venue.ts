import type { Candles } from '#core/candles.ts';
import type { Grid, GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import type { Order, OrderChange, OrderState, RiskApproved } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { type CancelAnswer, type Capabilities, type SubmitAnswer, type Venue, VenueUnavailable } from '#ports/venue.ts';
import type { Broker, WireChange } from './broker.ts';
import { CatchUp, LATE_LISTING_MS } from './catch-up.ts';
import { PositionCheck } from './position-check.ts';
import { PositionGuard } from './position-guard.ts';
import type { TrackedOrder } from './tracked-order.ts';
import { type BookedFill, TrackedOrders } from './tracked-orders.ts';
import { VenueInquiry } from './venue-inquiry.ts';
import { wireOrder, wireOrderId } from './wire-order.ts';

/** How often everything is asked for that the stream may not have told: a stop that is gone is not missed for longer. */
const AUDIT_MS = 30_000;

export interface BrokerVenueOptions {
  readonly broker: Broker;
  readonly clock: WallClock;
  /** Ends the stream and every wait. */
  readonly abort: AbortSignal;
  /** Stores what was told. */
  readonly store: () => Promise<void>;
  /** Told of what a person should know of: a position without its stop, an order whose outcome is unknown. */
  readonly say: (line: string) => void;
  /** Market time as it goes on by itself. */
  readonly marketNow: () => EpochMs;
}

/** What the books know of one symbol's orders when a venue is opened. */
export interface KnownOrders {
  /** All there ever were, oldest first. */
  readonly orders: readonly Order[];
  readonly fills: readonly BookedFill[];
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
  private readonly marketNow: () => EpochMs;
  private readonly orders: TrackedOrders;
  private readonly inquiry: VenueInquiry;
  private readonly guard: PositionGuard;
  private readonly catchingUp: CatchUp;
  private readonly failing = Promise.withResolvers<never>();
  /** Rejects with what makes it impossible to go on: what is not in the store must not go on in memory. */
  readonly failure: Promise<never> = this.failing.promise;

  /** @param since Market time from which on fills may not be in the books. */
  constructor({ broker, clock, abort, store, say, marketNow }: BrokerVenueOptions, since: EpochMs) {
    this.broker = broker;
    this.name = broker.name;
    this.capabilities = broker.capabilities;
    this.clock = clock;
    this.abort = abort;
    this.store = store;
    this.marketNow = marketNow;
    this.failure.catch(() => undefined);
    const orders = new TrackedOrders(() => clock.mono());
    const inquiry = new VenueInquiry({ broker, orders, clock, abort }, since);
    const guard = new PositionGuard({
      broker,
      orders,
      send: (order) => this.submit(order),
      store,
      say,
      beside: (work) => this.beside(work),
      listed: () => clock.sleep(LATE_LISTING_MS, abort),
    });
    const check = new PositionCheck(broker, orders, say);
    this.orders = orders;
    this.inquiry = inquiry;
    this.guard = guard;
    this.catchingUp = new CatchUp({ venue: broker.name, orders, inquiry, check, guard, clock, abort, store, say });
  }

  open(symbol: MarketSymbol, grid: Grid, candles: Candles): void {
    const none = 0 as GridQuantity;
    this.orders.trade({ symbol, grid, candles, listener: undefined, position: none, excess: none });
  }

  listen(symbol: MarketSymbol, listener: FillListener): void {
    this.orders.traded(symbol).listener = listener;
  }

  /** Takes over what the books know of a symbol; to be done before `start`. */
  resume(symbol: MarketSymbol, { orders, fills, fundedAt, position }: KnownOrders): void {
    this.orders.traded(symbol).position = position;
    // One that is intended may have left all the same, a moment before the process ended.
    for (const order of orders) this.orders.track(order);
    for (const fill of fills) this.orders.passOver(fill);
    for (const at of fundedAt) this.orders.passOverFunding(symbol, at);
  }

  /**
   * Opens the stream and catches up on all that happened since the books were written.
   * @throws VenueUnavailable without a stream: it can be started again then. VenueRefused
   */
  async start(): Promise<void> {
    await this.broker.stream(
      {
        onOrder: (report) => this.hear(() => this.orders.onOrder(report)),
        onFill: (fill) => this.hear(() => this.orders.onFill(fill)),
        onFunding: (funding) => this.hear(() => this.orders.onFunding(funding)),
        // Before the next decision everything is asked for anyway; this is for what must be protected meanwhile.
        onGap: () => this.beside(this.catchUp()),
      },
      this.abort,
    );
    await this.untilCaughtUp();
    void this.audit();
  }

  /**
   * Asks for everything that may have happened and was not told: after it the books are what the venue says. Without an
   * answer it throws, and nothing may be decided.
   * @throws VenueUnavailable, VenueRefused
   */
  catchUp(): Promise<void> {
    return this.catchingUp.once();
  }

  /** Catches up, and tries again and again while the venue does not answer; that is said. @throws VenueRefused */
  untilCaughtUp(): Promise<void> {
    return this.catchingUp.untilDone();
  }

  /** Catches up now and then, however long the candles are. */
  private async audit(): Promise<void> {
    for (;;) {
      await this.clock.sleep(AUDIT_MS, this.abort);
      if (this.abort.aborted) return;
      const audited = this.catchUp();
      this.beside(audited);
      await audited.catch(() => undefined);
    }
  }

  /** Something that no decision waits for. A venue without an answer is asked again; anything else is the end. */
  private beside(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof VenueUnavailable) && !this.abort.aborted) this.failing.reject(error);
    });
  }

  async submit(order: RiskApproved<Order>): Promise<SubmitAnswer> {
    if (this.orders.known(order) !== undefined) return { kind: 'accepted' };
    const obstacle = order.leg === 'entry' ? this.obstacle(order) : undefined;
    if (obstacle !== undefined) return { kind: 'rejected', why: obstacle };
    const tracked = this.orders.track(order);
    if (order.leg === 'exit' && this.broker.restingExitsHold) await this.cancelExits(tracked.traded.symbol);
    const answer = await this.broker.place(wireOrder(order, tracked.traded.grid));
    if (answer.kind === 'accepted') {
      this.orders.accepted(tracked, answer.venueOrderId);
      // It was on its way when somebody else's trade was found out.
      if (order.leg === 'entry' && tracked.traded.excess !== 0) this.beside(this.guard.protect(tracked.traded));
      return { kind: 'accepted' };
    }
    if (answer.kind === 'rejected') {
      this.orders.forget(tracked);
      // What protected the position may have been taken back for it.
      if (order.leg === 'exit') this.guard.afterNews();
      return answer;
    }
    this.beside(this.prove(tracked));
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
    if (answer.kind !== 'unknown') await this.inquiry.awaitEnd(tracked);
    const { kind } = order.state;
    if (kind === 'canceled') return { kind };
    return order.isWorking ? { kind: 'unknown', why: 'its end was not told' } : { kind: 'not-working' };
  }

  async find(order: Order): Promise<OrderState | undefined> {
    const tracked = this.orders.known(order) ?? this.orders.track(order);
    if (await this.inquiry.isThere(tracked)) return tracked.order.state;
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
    this.beside(this.store());
  }

  /** Why an entry does not leave, as a sentence. */
  private obstacle({ intent: { owner, occasion } }: Order): string | undefined {
    const { symbol, candles, excess } = this.orders.traded(owner.symbol);
    if (excess !== 0)
      return `Cannot enter ${symbol} as ${this.name} must hold what the bot has traded: somebody else traded there`;
    if (this.marketNow() < occasion + candles.durationMs) return undefined;
    return `Cannot enter ${symbol} as its candle must be the last that closed: another one has closed since`;
  }

  /** Looks for an order whose answer did not come; a stop that never came is sent anew. */
  private async prove(tracked: TrackedOrder): Promise<void> {
    await this.inquiry.untilProven(tracked);
    await this.guard.protect(tracked.traded);
    await this.store();
  }

  private async cancelExits(symbol: MarketSymbol): Promise<void> {
    for (const { order } of this.orders.workingExits(symbol))
      if (order.state.kind === 'open') await this.cancel(order, 'the position is being closed');
  }
}

/** Whether the venue's stream has not told of it already. */
function isNews({ price, limit, quantity }: Order, change: OrderChange): boolean {
  const { price: asked = price, limit: askedLimit = limit, quantity: askedQuantity = quantity } = change;
  return asked !== price || askedLimit !== limit || askedQuantity !== quantity;
}

function wireChange({ price, limit, quantity }: OrderChange, { traded: { grid } }: TrackedOrder): WireChange {
  return {
    ...(price !== undefined && { price: grid.exactPrice(price) }),
    ...(limit !== undefined && { limit: grid.exactPrice(limit) }),
    ...(quantity !== undefined && { quantity: grid.exactQuantity(quantity) }),
  };
}
