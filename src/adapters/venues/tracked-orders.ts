import type { MarketSymbol } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Grid, GridQuantity } from '#core/grid.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import type { Money } from '#core/money.ts';
import { type Leg, Order, type OrderRequest, type OrderState, type VenueOrderId } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { FillReport, FundingReport, OrderReport } from '#ports/venue.ts';
import type { WireOrderId } from './broker.ts';
import { type IntentOrders, OrdersByIntent } from './intent-orders.ts';

/** One symbol that is traded at a venue: its numbers, its candles, and who hears of its orders. */
export interface TradedSymbol {
  readonly symbol: MarketSymbol;
  readonly grid: Grid;
  readonly candles: Candles;
  listener: FillListener | undefined;
  /** What our fills have come to, in base units on the grid, signed. */
  position: GridQuantity;
  /** What the venue holds beyond it: somebody else traded there. */
  excess: GridQuantity;
}

/** An order of ours and the newest thing that its venue said of it. */
export interface Tracked {
  readonly order: Order;
  readonly traded: TradedSymbol;
  report: OrderReport | undefined;
  /** Why we took it back, when we did. */
  canceledFor: string | undefined;
  /** Since when, by the clock that never steps back, the venue has not shown an order that was open there. */
  absentSince: number | undefined;
  /** Under which ids the venue has it: one that is changed may go on under another. */
  readonly venueOrderIds: Set<string>;
  /** The venue's ids of those of its fills that were told. */
  readonly told: Set<string>;
}

/** A fill as the books have it. */
export interface BookedFill {
  readonly clientOrderId: string;
  readonly venueTradeId: string;
  readonly executedAt: EpochMs;
}

/** Fills of an order that is none of ours as far as is known. */
interface Early {
  /** When the first of them was told, by the clock that never steps back. */
  readonly since: number;
  readonly fills: FillReport[];
}

const NO_COST = 0n as Money;
/** So long a fill waits that would close more than there is: its entry's fill is on its way. */
const HOLD_MS = 2_000;
/**
 * So long what ended is remembered, with its fills: a stream says nothing again after so long, and what was executed before
 * the newest fill of what is forgotten has long been asked for.
 */
const KEEP_MS = 3_600_000;
/** Somebody else's fills that are kept, in case that they closed what is ours. */
const MOST_FOREIGN = 200;

/**
 * Our orders at somebody else's venue. Its reports and fills come in any order, late, and more than once; what comes out is
 * told once, in an order that can be: an order is open before it fills, and it ends when all that filled of it was told.
 */
export class TrackedOrders {
  private readonly symbols = new Map<MarketSymbol, TradedSymbol>();
  private readonly byClientId = new Map<string, Tracked>();
  private readonly byVenueId = new Map<string, Tracked>();
  private readonly byIntent = new OrdersByIntent();
  /** When the funding was due that was told, of each symbol. */
  private readonly funded = new Map<MarketSymbol, Set<EpochMs>>();
  /** Executions of a symbol up to then are settled: of an order that nobody knows, they are of one that was forgotten. */
  private readonly settledUntil = new Map<MarketSymbol, EpochMs>();
  /** Fills of orders that nobody has heard of yet, by the venue's id of the order. */
  private readonly early = new Map<string, Early>();
  /** Fills of somebody else's orders, oldest first: the newest ones. */
  private foreign: FillReport[] = [];
  /** Stops and targets whose entry's fill has not been told yet, by the entry's client order id: they come after it. */
  private readonly children = new Map<string, OrderReport[]>();
  /** The newest entry of each symbol: what the venue does of its own belongs to it. */
  private readonly entries = new Map<MarketSymbol, Order>();
  private readonly mono: () => number;

  /** @param mono Milliseconds of a clock that never steps back. */
  constructor(mono: () => number) {
    this.mono = mono;
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
  track(order: Order): Tracked {
    const traded = this.traded(order.intent.owner.symbol);
    const tracked: Tracked = {
      order,
      traded,
      report: undefined,
      canceledFor: undefined,
      absentSince: undefined,
      venueOrderIds: new Set(),
      told: new Set(),
    };
    this.byClientId.set(order.clientOrderId, tracked);
    if (order.venueOrderId !== undefined) this.named(tracked, String(order.venueOrderId));
    const { orders, attempts } = this.heard(tracked);
    orders.add(tracked);
    attempts.set(order.leg, Math.max(order.attempt, attempts.get(order.leg) ?? 0));
    const newest = this.entries.get(traded.symbol);
    if (order.leg === 'entry' && !(newest && newest.intent.occasion > order.intent.occasion))
      this.entries.set(traded.symbol, order);
    return tracked;
  }

  /** The entry that the symbol's position, or the last of it, comes from. */
  newestEntry(symbol: MarketSymbol): Order | undefined {
    return this.entries.get(symbol);
  }

  /** The number of the next attempt at a leg of an entry; the first one is the venue's own. */
  nextAttempt(entry: Order, leg: Leg): number {
    return 1 + Math.max(entry.attempt, this.byIntent.of(entry).attempts.get(leg) ?? 0);
  }

  /** A fill that is in the books already. */
  passOver({ clientOrderId, venueTradeId, executedAt }: BookedFill): void {
    const tracked = this.byClientId.get(clientOrderId);
    if (tracked !== undefined) this.executed(tracked, venueTradeId, executedAt);
  }

  /** Funding of a symbol that is in the books already. */
  passOverFunding(symbol: MarketSymbol, at: EpochMs): void {
    this.fundedAt(symbol).add(at);
  }

  known(order: Order): Tracked | undefined {
    return this.byClientId.get(order.clientOrderId);
  }

  /** It is none of the venue's: it was refused, or never came. */
  forget(tracked: Tracked): void {
    this.byIntent.of(tracked.order).orders.delete(tracked);
    this.drop(tracked);
  }

  /**
   * Forgets what ended long ago; to be called when all that was executed so far was asked for, told and stored. What is said
   * of it again is known for old.
   */
  settle(): void {
    for (const { orders, executedAt } of this.byIntent.takeSettled(this.mono() - KEEP_MS, this.entries.values())) {
      for (const tracked of orders) {
        this.drop(tracked);
        this.settleUntil(tracked.traded.symbol, executedAt);
      }
    }
    for (const [symbol, times] of this.funded) {
      const until = this.settledUntil.get(symbol) ?? Number.NEGATIVE_INFINITY;
      for (const at of times) if (at <= until) times.delete(at);
    }
  }

  /** Orders that may still do something. */
  working(): Tracked[] {
    return [...this.byClientId.values()].filter(({ order }) => order.isWorking);
  }

  workingEntries(symbol: MarketSymbol): Tracked[] {
    return this.working().filter(({ order, traded }) => traded.symbol === symbol && order.leg === 'entry');
  }

  /** The stops and targets of an entry that are at the venue. */
  workingExits(symbol: MarketSymbol): Tracked[] {
    return this.working().filter(({ order, traded }) => traded.symbol === symbol && order.effect === 'reduce-only');
  }

  /** The venue's ids of orders that filled and that nobody has heard of. */
  get strangers(): readonly (WireOrderId & { readonly venueOrderId: string })[] {
    const unheard = [...this.early].filter(([venueOrderId]) => !this.byVenueId.has(venueOrderId));
    return unheard.map(([venueOrderId, { fills }]) => ({
      symbol: fills[0]!.symbol,
      clientOrderId: undefined,
      venueOrderId,
    }));
  }

  /** What filled without an order of ours was somebody else's: it is none of our books as long as nobody adopts it. */
  dropStranger(venueOrderId: string): void {
    const { fills = [] } = this.early.get(venueOrderId) ?? {};
    this.early.delete(venueOrderId);
    for (const fill of fills) {
      if (this.foreign.some(({ venueTradeId }) => venueTradeId === fill.venueTradeId)) continue;
      this.foreign.push(fill);
      if (this.foreign.length > MOST_FOREIGN) this.foreign.shift();
    }
  }

  /**
   * Books what somebody else closed of our position as an exit of ours, where their newest fills come to exactly that.
   * @param excess What the venue holds beyond the books, against the position and no larger than it.
   * @returns Whether it was so.
   */
  adoptExit({ symbol, grid }: TradedSymbol, excess: GridQuantity): boolean {
    const entry = this.entries.get(symbol);
    const theirs = this.foreign.filter((fill) => fill.symbol === symbol);
    let sum = 0;
    let first = theirs.length;
    while (first > 0 && sum !== excess) {
      first -= 1;
      const size = grid.gridQuantity(theirs[first]!.quantity);
      sum += theirs[first]!.side === 'buy' ? size : -size;
    }
    const adopted = theirs.slice(first);
    if (entry === undefined || sum !== excess || adopted.some(({ side }) => side === entry.side)) return false;
    this.foreign = this.foreign.filter((fill) => !adopted.includes(fill));
    for (const fill of adopted) {
      const known = this.byVenueId.get(fill.venueOrderId);
      const tracked = known ?? this.made(entry, 'exit', { ...fill, type: 'market', price: undefined });
      this.accepted(tracked, fill.venueOrderId);
      this.book(tracked, fill);
    }
    return true;
  }

  /** For how long the fills of an order that nobody has heard of have waited for it, ms. */
  waitedForStranger(venueOrderId: string): number {
    const early = this.early.get(venueOrderId);
    return early === undefined ? 0 : this.mono() - early.since;
  }

  /** For how long the venue has not shown an order that was open there, ms; asked each time that it does not. */
  absentFor(tracked: Tracked): number {
    tracked.absentSince ??= this.mono();
    return this.mono() - tracked.absentSince;
  }

  /** The venue took an order, under an id of its own. */
  accepted(tracked: Tracked, venueOrderId: string): void {
    this.named(tracked, venueOrderId);
    this.heard(tracked);
    if (tracked.order.isWorking && tracked.order.state.kind !== 'open') this.open(tracked, venueOrderId);
    this.tellEarly(tracked, venueOrderId);
  }

  /** @returns Whether the report is of an order of ours. */
  onOrder(report: OrderReport): boolean {
    if (this.isAhead(report)) return true;
    const tracked = this.find(report) ?? this.attachedChild(report);
    if (tracked === undefined) return false;
    tracked.absentSince = undefined;
    if (tracked.report !== undefined && isOlder(report, tracked.report)) return true;
    tracked.report = report;
    this.accepted(tracked, report.venueOrderId);
    this.takeTerms(tracked, report);
    this.end(tracked);
    this.tellHeld();
    return true;
  }

  onFill(fill: FillReport): void {
    if (!this.symbols.has(fill.symbol)) return;
    const known = this.find(fill);
    if (known === undefined ? this.isSettled(fill.symbol, fill.executedAt) : known.told.has(fill.venueTradeId)) return;
    const tracked = known ?? (fill.kind === 'liquidation' ? this.liquidation(fill) : undefined);
    if (tracked === undefined || closesTooMuch(tracked, fill)) {
      if (tracked !== undefined) this.accepted(tracked, fill.venueOrderId);
      const waiting = this.early.get(fill.venueOrderId) ?? { since: this.mono(), fills: [] };
      if (!waiting.fills.some(({ venueTradeId }) => venueTradeId === fill.venueTradeId)) waiting.fills.push(fill);
      this.early.set(fill.venueOrderId, waiting);
      return;
    }
    this.accepted(tracked, fill.venueOrderId);
    this.book(tracked, fill);
    this.end(tracked);
    this.tellChildren(tracked);
    this.tellHeld();
  }

  /** Tells the fills that waited for others, where they can be told now, or have waited for long. */
  tellHeld(): void {
    for (const venueOrderId of this.early.keys()) {
      const tracked = this.byVenueId.get(venueOrderId);
      if (tracked === undefined) continue;
      this.tellEarly(tracked, venueOrderId);
      this.end(tracked);
    }
  }

  onFunding({ symbol, kind, at, rate, mark, quantity, amount }: FundingReport): void {
    const traded = this.symbols.get(symbol);
    const told = this.fundedAt(symbol);
    if (traded === undefined || told.has(at) || this.isSettled(symbol, at)) return;
    told.add(at);
    traded.listener?.onCarry?.({ kind, at, rate, mark, quantity, amount });
  }

  /** Whether the venue ended it and not all of its fills were told. */
  lacksFills({ order, report, traded }: Tracked): boolean {
    return report !== undefined && order.isWorking && traded.grid.gridQuantity(report.filled) > order.filled;
  }

  /** It is proven that the venue never took it. */
  neverTaken({ order, traded }: Tracked, why: string): void {
    order.become({ kind: 'rejected', why });
    traded.listener?.onOrder(order);
  }

  /** Something was said of an order: its intent is not forgotten soon. */
  private heard({ order }: Tracked): IntentOrders {
    const intent = this.byIntent.of(order);
    intent.heardAt = this.mono();
    return intent;
  }

  private named(tracked: Tracked, venueOrderId: string): void {
    tracked.venueOrderIds.add(venueOrderId);
    this.byVenueId.set(venueOrderId, tracked);
  }

  private executed(tracked: Tracked, venueTradeId: string, at: EpochMs): void {
    tracked.told.add(venueTradeId);
    const intent = this.heard(tracked);
    intent.executedAt = Math.max(at, intent.executedAt ?? at) as EpochMs;
  }

  private drop({ order, venueOrderIds }: Tracked): void {
    this.byClientId.delete(order.clientOrderId);
    this.children.delete(order.clientOrderId);
    for (const venueOrderId of venueOrderIds) this.byVenueId.delete(venueOrderId);
  }

  private settleUntil(symbol: MarketSymbol, at: EpochMs | undefined): void {
    if (at !== undefined && !this.isSettled(symbol, at)) this.settledUntil.set(symbol, at);
  }

  private isSettled(symbol: MarketSymbol, at: EpochMs): boolean {
    const until = this.settledUntil.get(symbol);
    return until !== undefined && at <= until;
  }

  private fundedAt(symbol: MarketSymbol): Set<EpochMs> {
    const known = this.funded.get(symbol);
    if (known !== undefined) return known;
    const made = new Set<EpochMs>();
    this.funded.set(symbol, made);
    return made;
  }

  private find({ clientOrderId, venueOrderId }: OrderReport | FillReport): Tracked | undefined {
    return (
      this.byVenueId.get(venueOrderId) ?? (clientOrderId === undefined ? undefined : this.byClientId.get(clientOrderId))
    );
  }

  private open({ order, traded }: Tracked, venueOrderId: string): void {
    if (order.state.kind === 'intended') order.submitted();
    order.become({ kind: 'open', venueOrderId: venueOrderId as VenueOrderId, filled: 0 as GridQuantity });
    traded.listener?.onOrder(order);
  }

  /** Keeps the report of a stop or target for when the fill of its entry is told. */
  private isAhead(report: OrderReport): boolean {
    const { attachedTo } = report;
    const entry = attachedTo && this.byClientId.get(attachedTo.clientOrderId);
    if (attachedTo === undefined || entry === undefined || entry.order.filled > 0) return false;
    this.children.set(attachedTo.clientOrderId, [...(this.children.get(attachedTo.clientOrderId) ?? []), report]);
    return true;
  }

  private tellChildren({ order }: Tracked): void {
    const reports = this.children.get(order.clientOrderId);
    if (reports === undefined) return;
    this.children.delete(order.clientOrderId);
    for (const report of reports) this.onOrder(report);
  }

  /** A stop or target that the venue made of an entry of ours. */
  private attachedChild(report: OrderReport): Tracked | undefined {
    const { attachedTo } = report;
    const entry = attachedTo && this.byClientId.get(attachedTo.clientOrderId);
    if (attachedTo === undefined || entry === undefined) return undefined;
    return this.made(entry.order, attachedTo.leg, report);
  }

  private liquidation(fill: FillReport): Tracked | undefined {
    const entry = this.entries.get(fill.symbol);
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
  ): Tracked {
    const { intent } = entry;
    const { grid } = this.traded(intent.owner.symbol);
    const isFirst = !this.byIntent.of(entry).attempts.has(leg);
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
    this.open(tracked, venueOrderId);
    return tracked;
  }

  private tellEarly(tracked: Tracked, venueOrderId: string): void {
    const early = this.early.get(venueOrderId);
    if (early === undefined) return;
    const { since, fills } = early;
    const hasWaited = this.mono() - since > HOLD_MS;
    while (fills.length > 0 && (hasWaited || !closesTooMuch(tracked, fills[0]!))) this.book(tracked, fills.shift()!);
    if (fills.length === 0) this.early.delete(venueOrderId);
    this.tellChildren(tracked);
  }

  /** Price and quantity as the venue has them now. */
  private takeTerms({ order, traded }: Tracked, report: OrderReport): void {
    if (!order.isWorking || report.state !== 'open') return;
    const { grid, listener } = traded;
    const price = report.price === undefined ? order.price : grid.gridPrice(report.price);
    const quantity = grid.gridQuantity(report.quantity);
    if (price === order.price && quantity === order.quantity) return;
    order.amend({ quantity, ...(price !== undefined && { price }) });
    listener?.onOrder(order);
  }

  /** Only a fill that is in the books counts as told: one that could not be booked comes again. */
  private book(tracked: Tracked, fill: FillReport): void {
    if (tracked.told.has(fill.venueTradeId)) return;
    const { order, traded } = tracked;
    const { grid, candles, listener } = traded;
    const size = grid.gridQuantity(fill.quantity);
    const filled = (order.filled + size) as GridQuantity;
    const venueOrderId = fill.venueOrderId as VenueOrderId;
    const signed = (fill.side === 'buy' ? size : -size) as GridQuantity;
    const wasFilled = order.state.kind === 'filled';
    // More than was asked for can only be what a later change asked for.
    if (filled > order.quantity) order.amend({ quantity: filled });
    if (!wasFilled && filled === order.quantity) order.become({ kind: 'filled', venueOrderId });
    else if (order.isWorking) order.become({ kind: 'open', venueOrderId, filled });
    // A fill that comes after the order's end: it traded while it was being canceled.
    else if ('why' in order.state && 'filled' in order.state) order.become({ ...order.state, filled });
    traded.position = (traded.position + signed) as GridQuantity;
    this.executed(tracked, fill.venueTradeId, fill.executedAt);
    listener?.onFill({
      order,
      // Shares fill between all grids; what the books cannot keep of it is never in our favour.
      price: grid.roundedPrice(fill.price, fill.side === 'buy' ? 'up' : 'down'),
      quantity: signed,
      index: candleOf(candles, fill.executedAt),
      at: fill.executedAt as EpochMs,
      liquidity: fill.liquidity,
      venueTradeId: fill.venueTradeId,
      settlement: { fee: fill.fee, covered: NO_COST },
    });
  }

  /** It was open at the venue, and for a long time is not there any more. */
  vanished({ order, traded }: Tracked, why: string): void {
    order.become({ kind: 'canceled', filled: order.filled, why });
    traded.listener?.onOrder(order);
  }

  /** Ends an order that its venue has ended, once all that filled of it was told. */
  private end(tracked: Tracked): void {
    const { order, report, traded } = tracked;
    if (report === undefined || report.state === 'open' || !order.isWorking || this.lacksFills(tracked)) return;
    if (report.state === 'filled' && order.filled > 0) {
      // All of it filled: it was smaller in the end than when it was last told of.
      order.amend({ quantity: order.filled });
      order.become({ kind: 'filled', venueOrderId: report.venueOrderId as VenueOrderId });
      traded.listener?.onOrder(order);
      return;
    }
    const ended = endOf(report, order.filled, tracked.canceledFor);
    if (ended === undefined) return;
    order.become(ended);
    traded.listener?.onOrder(order);
  }
}

/** Whether a fill of what only reduces would turn the position: what it closes is not in the books yet. */
function closesTooMuch({ order, traded: { position, grid } }: Tracked, { side, quantity }: FillReport): boolean {
  if (order.effect !== 'reduce-only') return false;
  return grid.gridQuantity(quantity) > (side === 'sell' ? position : -position);
}

/** Whether a report tells less than another one of the same order: of one moment, the end and the larger fill come last. */
function isOlder(report: OrderReport, than: OrderReport): boolean {
  if (report.updatedAt !== than.updatedAt) return report.updatedAt < than.updatedAt;
  return report.state === 'open' && (than.state !== 'open' || report.filled < than.filled);
}

/** The candle that something happened in: one beyond the last closed one while it runs. */
function candleOf(candles: Candles, at: EpochMs): number {
  const i = Math.max(0, candles.indexAt(at));
  return i < candles.length && candles.closeTimeAt(i) <= at ? i + 1 : i;
}

/** @returns undefined for one that filled: its last fill ends it. */
function endOf(
  { state, why }: OrderReport,
  filled: GridQuantity,
  canceledFor: string | undefined,
): OrderState | undefined {
  switch (state) {
    case 'open':
    case 'filled':
      return undefined;
    case 'rejected':
      return { kind: 'canceled', filled, why };
    case 'canceled':
    case 'expired':
      return { kind: state, filled, why: canceledFor ?? why };
  }
}
