import type { GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type Leg, Order, type OrderRequest } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { FillReport, FundingReport, OrderReport } from '#ports/venue.ts';
import type { WireOrderId } from './broker.ts';
import { EarlyFills } from './early-fills.ts';
import { ForeignFills } from './foreign-fills.ts';
import { OrderIndex } from './order-index.ts';
import { SettledPast } from './settled-past.ts';
import { TrackedOrder, type TradedSymbol } from './tracked-order.ts';

/** A fill as the books have it. */
export interface BookedFill {
  readonly clientOrderId: string;
  readonly venueTradeId: string;
  readonly executedAt: EpochMs;
}

/** So long a fill waits that would close more than there is: its entry's fill is on its way. */
const HOLD_MS = 2_000;
/**
 * So long what ended is remembered, with its fills: a stream says nothing again after so long, and what was executed before
 * the newest fill of what is forgotten has long been asked for.
 */
const KEEP_MS = 3_600_000;

/**
 * Our orders at somebody else's venue. Its reports and fills come in any order, late, and more than once; what comes out is
 * told once, in an order that can be: an order is open before it fills, and it ends when all that filled of it was told.
 */
export class TrackedOrders {
  private readonly symbols = new Map<MarketSymbol, TradedSymbol>();
  private readonly index: OrderIndex;
  private readonly early: EarlyFills;
  private readonly foreign = new ForeignFills();
  private readonly past = new SettledPast();
  /** Stops and targets whose entry's fill has not been told yet, by the entry's client order id: they come after it. */
  private readonly children = new Map<string, OrderReport[]>();
  private readonly mono: () => number;

  /** @param mono Milliseconds of a clock that never steps back. */
  constructor(mono: () => number) {
    this.mono = mono;
    this.index = new OrderIndex(mono);
    this.early = new EarlyFills(mono);
  }

  trade(traded: TradedSymbol): void {
    this.symbols.set(traded.symbol, traded);
  }

  /** @throws Error for a symbol that is not traded here: a fault of ours. */
  traded(symbol: MarketSymbol): TradedSymbol {
    const traded = this.symbols.get(symbol);
    if (traded === undefined) {
      throw new Error(`No orders of "${symbol}" are kept: only of ${[...this.symbols.keys()].join(', ')}`);
    }
    return traded;
  }

  get tradedSymbols(): readonly TradedSymbol[] {
    return [...this.symbols.values()];
  }

  /** From now on what the venue says of this order is told. */
  track(order: Order): TrackedOrder {
    const tracked = new TrackedOrder(order, this.traded(order.intent.owner.symbol));
    this.index.add(tracked);
    return tracked;
  }

  /** The entry that the symbol's position, or the last of it, comes from. */
  newestEntry(symbol: MarketSymbol): Order | undefined {
    return this.index.newestEntry(symbol);
  }

  /** The number of the next attempt at a leg of an entry; the first one is the venue's own. */
  nextAttempt(entry: Order, leg: Leg): number {
    return 1 + Math.max(entry.attempt, this.index.lastAttempt(entry, leg) ?? 0);
  }

  /** A fill that is in the books already. */
  passOver({ clientOrderId, venueTradeId, executedAt }: BookedFill): void {
    const tracked = this.index.byClient(clientOrderId);
    if (tracked === undefined) return;
    tracked.told.add(venueTradeId);
    this.index.heard(tracked.order, executedAt);
  }

  /** Funding of a symbol that is in the books already. */
  passOverFunding(symbol: MarketSymbol, at: EpochMs): void {
    this.past.noteFunding(symbol, at);
  }

  known(order: Order): TrackedOrder | undefined {
    return this.index.byClient(order.clientOrderId);
  }

  /** It is none of the venue's: it was refused, or never came. */
  forget(tracked: TrackedOrder): void {
    this.index.remove(tracked);
    this.children.delete(tracked.order.clientOrderId);
  }

  /**
   * Forgets what ended long ago; to be called when all that was executed so far was asked for, told and stored. What is said
   * of it again is known for old.
   */
  settle(): void {
    for (const { tracked, executedAt } of this.index.takeSettled(KEEP_MS)) {
      this.children.delete(tracked.order.clientOrderId);
      this.past.settle(tracked.traded.symbol, executedAt);
    }
  }

  /** Orders that may still do something. */
  working(): TrackedOrder[] {
    return this.index.working();
  }

  workingEntries(symbol: MarketSymbol): TrackedOrder[] {
    return this.working().filter(({ order, traded }) => traded.symbol === symbol && order.leg === 'entry');
  }

  /** The stops and targets of an entry that are at the venue. */
  workingExits(symbol: MarketSymbol): TrackedOrder[] {
    return this.working().filter(({ order, traded }) => traded.symbol === symbol && order.effect === 'reduce-only');
  }

  /** The venue's ids of orders that filled and that nobody has heard of. */
  get strangers(): readonly (WireOrderId & { readonly venueOrderId: string })[] {
    const unheard = [...this.early.orders].filter((venueOrderId) => this.index.byVenue(venueOrderId) === undefined);
    return unheard.map((venueOrderId) => ({
      symbol: this.early.of(venueOrderId)!.fills[0]!.symbol,
      clientOrderId: undefined,
      venueOrderId,
    }));
  }

  /** What filled without an order of ours was somebody else's: it is none of our books as long as nobody adopts it. */
  dropStranger(venueOrderId: string): void {
    for (const fill of this.early.take(venueOrderId)) this.foreign.add(fill);
  }

  /** For how long the fills of an order that nobody has heard of have waited for it, ms. */
  waitedForStranger(venueOrderId: string): number {
    return this.early.waitedMs(venueOrderId);
  }

  /**
   * Books what somebody else closed of our position as an exit of ours, where their newest fills come to exactly that.
   * @param excess What the venue holds beyond the books, against the position and no larger than it.
   * @returns Whether it was so.
   */
  adoptExit(traded: TradedSymbol, excess: GridQuantity): boolean {
    const entry = this.index.newestEntry(traded.symbol);
    const adopted = entry && this.foreign.take(traded, excess, entry.side);
    if (entry === undefined || adopted === undefined) return false;
    for (const fill of adopted) {
      const known = this.index.byVenue(fill.venueOrderId);
      const tracked = known ?? this.made(entry, 'exit', { ...fill, type: 'market', price: undefined });
      this.accepted(tracked, fill.venueOrderId);
      this.book(tracked, fill);
    }
    return true;
  }

  /** For how long the venue has not shown an order that was open there, ms; asked each time that it does not. */
  absentFor(tracked: TrackedOrder): number {
    tracked.absentSince ??= this.mono();
    return this.mono() - tracked.absentSince;
  }

  /** The venue took an order, under an id of its own. */
  accepted(tracked: TrackedOrder, venueOrderId: string): void {
    this.index.named(tracked, venueOrderId);
    this.index.heard(tracked.order);
    if (tracked.order.isWorking && tracked.order.state.kind !== 'open') tracked.open(venueOrderId);
    this.tellEarly(tracked, venueOrderId);
  }

  /** @returns Whether the report is of an order of ours. */
  onOrder(report: OrderReport): boolean {
    if (this.isAhead(report)) return true;
    const tracked = this.index.find(report) ?? this.attachedChild(report);
    if (tracked === undefined) return false;
    if (!tracked.take(report)) return true;
    this.accepted(tracked, report.venueOrderId);
    tracked.takeTerms(report);
    tracked.end();
    this.tellHeld();
    return true;
  }

  onFill(fill: FillReport): void {
    const { symbol, venueTradeId, venueOrderId, executedAt } = fill;
    if (!this.symbols.has(symbol)) return;
    const known = this.index.find(fill);
    if (known === undefined ? this.past.includes(symbol, executedAt) : known.told.has(venueTradeId)) return;
    const tracked = known ?? (fill.kind === 'liquidation' ? this.liquidation(fill) : undefined);
    if (tracked === undefined || tracked.closesTooMuch(fill)) {
      if (tracked !== undefined) this.accepted(tracked, venueOrderId);
      this.early.add(fill);
      return;
    }
    this.accepted(tracked, venueOrderId);
    this.book(tracked, fill);
    tracked.end();
    this.tellChildren(tracked);
    this.tellHeld();
  }

  /** Tells the fills that waited for others, where they can be told now, or have waited for long. */
  tellHeld(): void {
    for (const venueOrderId of this.early.orders) {
      const tracked = this.index.byVenue(venueOrderId);
      if (tracked === undefined) continue;
      this.tellEarly(tracked, venueOrderId);
      tracked.end();
    }
  }

  onFunding({ symbol, kind, at, rate, mark, quantity, amount }: FundingReport): void {
    const traded = this.symbols.get(symbol);
    if (traded === undefined || this.past.noteFunding(symbol, at)) return;
    traded.listener?.onCarry?.({ kind, at, rate, mark, quantity, amount });
  }

  private book(tracked: TrackedOrder, fill: FillReport): void {
    this.index.heard(tracked.order, fill.executedAt);
    tracked.book(fill);
  }

  /** Keeps the report of a stop or target for when the fill of its entry is told. */
  private isAhead(report: OrderReport): boolean {
    const { attachedTo } = report;
    const entry = attachedTo && this.index.byClient(attachedTo.clientOrderId);
    if (attachedTo === undefined || entry === undefined || entry.order.filled > 0) return false;
    this.children.set(attachedTo.clientOrderId, [...(this.children.get(attachedTo.clientOrderId) ?? []), report]);
    return true;
  }

  private tellChildren({ order }: TrackedOrder): void {
    const reports = this.children.get(order.clientOrderId);
    if (reports === undefined) return;
    this.children.delete(order.clientOrderId);
    for (const report of reports) this.onOrder(report);
  }

  /** A stop or target that the venue made of an entry of ours. */
  private attachedChild(report: OrderReport): TrackedOrder | undefined {
    const { attachedTo } = report;
    const entry = attachedTo && this.index.byClient(attachedTo.clientOrderId);
    if (attachedTo === undefined || entry === undefined) return undefined;
    return this.made(entry.order, attachedTo.leg, report);
  }

  private liquidation(fill: FillReport): TrackedOrder | undefined {
    const entry = this.index.newestEntry(fill.symbol);
    if (entry === undefined) return undefined;
    return this.made(entry, 'liquidation', { ...fill, type: 'stop' });
  }

  /** An order of an entry that nobody here sent: it is open from the start. There may be several of one leg. */
  private made(
    entry: Order,
    leg: Leg,
    {
      side,
      type,
      quantity,
      price,
      venueOrderId,
    }: Pick<OrderReport, 'side' | 'type' | 'quantity' | 'price' | 'venueOrderId'>,
  ): TrackedOrder {
    const { intent } = entry;
    const { grid } = this.traded(intent.owner.symbol);
    const isFirst = this.index.lastAttempt(entry, leg) === undefined;
    const attempt = isFirst ? entry.attempt : this.nextAttempt(entry, leg);
    const request: OrderRequest = {
      leg,
      side,
      type,
      quantity: grid.gridQuantity(quantity),
      price: price && grid.gridPrice(price),
      timeInForce: 'gtc',
      effect: 'reduce-only',
      attached: undefined,
    };
    const tracked = this.track(new Order(intent, request, attempt));
    tracked.open(venueOrderId);
    return tracked;
  }

  private tellEarly(tracked: TrackedOrder, venueOrderId: string): void {
    const early = this.early.of(venueOrderId);
    if (early === undefined) return;
    const { since, fills } = early;
    const hasWaited = this.mono() - since > HOLD_MS;
    while (fills.length > 0 && (hasWaited || !tracked.closesTooMuch(fills[0]!))) this.book(tracked, fills.shift()!);
    if (fills.length === 0) this.early.take(venueOrderId);
    this.tellChildren(tracked);
  }
}
