import { levelsAt } from '#core/brackets.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { Order, OrderRequest, RiskApproved } from '#core/orders.ts';
import { approveExit } from '#core/risk.ts';
import type { SubmitAnswer } from '#ports/venue.ts';
import type { Broker } from './broker.ts';
import type { TrackedOrder, TradedSymbol } from './tracked-order.ts';
import type { TrackedOrders } from './tracked-orders.ts';
import { wireOrder, wireOrderId } from './wire-order.ts';

export interface PositionGuardParts {
  readonly broker: Broker;
  readonly orders: TrackedOrders;
  readonly send: (order: RiskApproved<Order>) => Promise<SubmitAnswer>;
  /** Stores what was told, before an order leaves. */
  readonly store: () => Promise<void>;
  readonly say: (line: string) => void;
  /** Takes work that nobody waits for. */
  readonly beside: (work: Promise<void>) => void;
  /** Resolves once listings show what happened before. */
  readonly listed: () => Promise<void>;
}

/**
 * Sees to it that every position whose entry asked for a stop has one at the venue, of the right size. Most of the time the
 * venue carries it with the entry and there is nothing to do; where it does not, or only for a whole fill, the stop is sent
 * as an order of its own as soon as a part has filled. Where somebody else traded, entries that wait are taken back.
 */
export class PositionGuard {
  private readonly broker: Broker;
  private readonly orders: TrackedOrders;
  private readonly send: (order: RiskApproved<Order>) => Promise<SubmitAnswer>;
  private readonly store: () => Promise<void>;
  private readonly say: (line: string) => void;
  private readonly beside: (work: Promise<void>) => void;
  private readonly listed: () => Promise<void>;
  /** Symbols that are being seen to, and those of them that something happened to meanwhile. */
  private readonly busy = new Set<TradedSymbol>();
  private readonly again = new Set<TradedSymbol>();

  constructor({ broker, orders, send, store, say, beside, listed }: PositionGuardParts) {
    this.broker = broker;
    this.orders = orders;
    this.send = send;
    this.store = store;
    this.say = say;
    this.beside = beside;
    this.listed = listed;
  }

  /** Something filled or ended: what the venue does not carry is sent now, not at the next candle. */
  afterNews(): void {
    for (const traded of this.orders.tradedSymbols) {
      const entry = this.orders.newestEntry(traded.symbol);
      if (entry === undefined) continue;
      const isOpen = traded.position !== 0;
      if (isOpen ? this.carries(entry, traded) !== 'each-fill' : isLeft(entry)) this.beside(this.protect(traded));
    }
  }

  /** Places what is missing of the stops of a symbol's position. */
  async protect(traded: TradedSymbol): Promise<void> {
    this.again.add(traded);
    if (this.busy.has(traded)) return;
    this.busy.add(traded);
    try {
      while (this.again.delete(traded)) await this.cover(traded);
    } finally {
      this.busy.delete(traded);
    }
  }

  private async cover(traded: TradedSymbol): Promise<void> {
    if (traded.excess !== 0) await this.withdrawEntries(traded);
    const entry = this.orders.newestEntry(traded.symbol);
    if (traded.position === 0) return this.clear(traded, entry);
    if (entry?.attached === undefined) return;
    if (entry.isWorking && entry.filled > 0 && this.carries(entry, traded) === 'whole-fill') {
      // Its stop sleeps until all has filled: what is left is taken back, and what has filled gets a stop of its own.
      await this.broker.cancel(wireOrderId(entry));
      return;
    }
    if (this.missing(traded) === 0) return;
    // The stop that the venue made of the entry may not have been told of yet: another one would be one too many.
    for (const report of await this.broker.openOrders(traded.symbol)) this.orders.onOrder(report);
    const missing = this.missing(traded);
    if (missing > 0) await this.stop(entry, traded, missing);
  }

  /** Somebody else traded there: an entry that waits would add to what the bot does not know. */
  private async withdrawEntries({ symbol }: TradedSymbol): Promise<void> {
    for (const tracked of this.orders.workingEntries(symbol)) {
      // One whose answer is awaited is seen to once it is known to be there.
      if (tracked.order.state.kind !== 'open') continue;
      tracked.canceledFor ??= 'somebody else traded there';
      await this.broker.cancel(wireOrderId(tracked.order));
    }
  }

  /** How much of a position nothing would close, if it is not being closed as a whole. */
  private missing(traded: TradedSymbol): GridQuantity {
    const exits = this.orders.workingExits(traded.symbol);
    // Both only reduce, so a stop beside an exit closes no more than there is; where it cannot be, the exit goes first.
    if (this.broker.restingExitsHold && exits.some(({ order }) => order.leg === 'exit')) return 0 as GridQuantity;
    return Math.max(0, ownPosition(traded) - covered(exits, traded)) as GridQuantity;
  }

  /**
   * Nothing is left of a position that is over: the rest of its entry would open another one, and a stop of ours would close
   * the next one.
   */
  private async clear(traded: TradedSymbol, entry: Order | undefined): Promise<void> {
    if (entry !== undefined && isLeft(entry)) await this.broker.cancel(wireOrderId(entry));
    for (const { order, report } of this.orders.workingExits(traded.symbol)) {
      const isOurs = order.leg === 'stop' && report !== undefined && report.attachedTo === undefined;
      if (isOurs && order.state.kind === 'open') await this.broker.cancel(wireOrderId(order));
    }
  }

  private async stop(entry: Order, traded: TradedSymbol, quantity: GridQuantity): Promise<void> {
    const direction = entry.side === 'buy' ? 'long' : 'short';
    const { stop: price } = levelsAt(entry.attached!, traded.grid, direction, (entry.price ?? 0) as GridPrice);
    const request = {
      leg: 'stop',
      side: entry.side === 'buy' ? 'sell' : 'buy',
      type: 'stop',
      quantity,
      price,
      timeInForce: 'gtc',
      effect: 'reduce-only',
      attached: undefined,
    } as const satisfies OrderRequest;
    const answer = await this.place(entry, traded, request);
    // A stop that comes too late has nothing to protect any more: what closed the position is told of soon.
    if (answer.kind !== 'rejected' || !(await this.isThere(traded))) return;
    this.say(
      `${this.broker.name} refuses the stop of ${traded.symbol}: ${answer.why}; the position is closed at the market`,
    );
    const closed = await this.place(entry, traded, { ...request, type: 'market', price: undefined });
    if (closed.kind === 'rejected' && (await this.isThere(traded)))
      this.say(`${traded.symbol} is without a stop as ${this.broker.name} refuses to close it too: ${closed.why}`);
  }

  /** Whether the venue still holds something on the side of the position. */
  private async isThere({ symbol, position }: TradedSymbol): Promise<boolean> {
    await this.listed();
    const there = (await this.broker.positions()).find((held) => held.symbol === symbol);
    return there !== undefined && there.quantity > 0n === position > 0;
  }

  /** Each try has an id of its own: one that was refused is used up. */
  private async place(
    entry: Order,
    traded: TradedSymbol,
    request: OrderRequest & { readonly effect: 'reduce-only' },
  ): Promise<SubmitAnswer> {
    const order = approveExit(entry.intent, request, this.orders.nextAttempt(entry, 'stop'));
    traded.listener?.onOrder(order);
    await this.store();
    order.submitted();
    const answer = await this.send(order);
    if (answer.kind === 'rejected' && order.isWorking) order.become({ kind: 'rejected', why: answer.why });
    else if (answer.kind === 'unknown' && order.state.kind === 'submitted') order.become({ kind: 'unknown' });
    traded.listener?.onOrder(order);
    return answer;
  }

  private carries(entry: Order, { grid }: TradedSymbol) {
    return this.broker.attachedStop(wireOrder(entry, grid));
  }
}

/** Whether an entry goes on filling: called where all of it that had filled is closed again. */
function isLeft({ isWorking, filled }: Order): boolean {
  return isWorking && filled > 0;
}

/** How much of what our fills have come to is still there: the owner may have closed it by hand. */
function ownPosition({ position, excess }: TradedSymbol): number {
  return Math.max(0, Math.min(Math.abs(position), Math.sign(position) * (position + excess)));
}

/** What the stops that may be live would close of the position. */
function covered(exits: readonly TrackedOrder[], { position }: TradedSymbol): number {
  const closes = position > 0 ? 'sell' : 'buy';
  return exits.reduce(
    (sum, { order }) => (order.leg === 'stop' && order.side === closes ? sum + order.remaining : sum),
    0,
  );
}
