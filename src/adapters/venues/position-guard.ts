import { levelsAt } from '#core/brackets.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { Order, OrderRequest, RiskApproved } from '#core/orders.ts';
import { approveExit } from '#core/risk.ts';
import type { SubmitAnswer } from '#ports/venue.ts';
import type { Broker } from './broker.ts';
import type { Tracked, TrackedOrders, TradedSymbol } from './tracked-orders.ts';
import { wireOrder, wireOrderId } from './wire-order.ts';

/**
 * Sees to it that every position whose entry asked for a stop has one at the venue, of the right size. Most of the time the
 * venue carries it with the entry and there is nothing to do; where it does not, or only for a whole fill, the stop is sent
 * as an order of its own as soon as a part has filled.
 */
export class PositionGuard {
  private readonly broker: Broker;
  private readonly orders: TrackedOrders;
  private readonly send: (order: RiskApproved<Order>) => Promise<SubmitAnswer>;
  private readonly store: () => Promise<void>;
  private readonly say: (line: string) => void;
  /** Symbols that are being seen to, and those of them that something happened to meanwhile. */
  private readonly busy = new Set<TradedSymbol>();
  private readonly again = new Set<TradedSymbol>();

  /** @param store Stores what was told, before an order leaves. */
  constructor(
    broker: Broker,
    orders: TrackedOrders,
    send: (order: RiskApproved<Order>) => Promise<SubmitAnswer>,
    store: () => Promise<void>,
    say: (line: string) => void,
  ) {
    this.broker = broker;
    this.orders = orders;
    this.send = send;
    this.store = store;
    this.say = say;
  }

  /** Something filled or ended: what the venue does not carry is sent now, not at the next candle. */
  afterNews(): void {
    for (const traded of this.orders.tradedSymbols) {
      const entry = this.orders.newestEntry(traded.symbol);
      if (entry !== undefined && traded.position !== 0 && this.carries(entry, traded) !== 'each-fill')
        void this.protect(traded).catch((error: Error) => this.say(error.message));
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
    const entry = this.orders.newestEntry(traded.symbol);
    if (entry?.attached === undefined || traded.position === 0) return;
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

  /** How much of a position nothing would close, if it is not being closed as a whole. */
  private missing(traded: TradedSymbol): GridQuantity {
    const exits = this.orders.workingExits(traded.symbol);
    if (exits.some(({ order }) => order.leg === 'exit')) return 0 as GridQuantity;
    return Math.max(0, Math.abs(traded.position) - covered(exits)) as GridQuantity;
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
    if (answer.kind !== 'rejected') return;
    this.say(
      `${this.broker.name} refuses the stop of ${traded.symbol}: ${answer.why}; the position is closed at the market`,
    );
    const closed = await this.place(entry, traded, { ...request, type: 'market', price: undefined });
    if (closed.kind === 'rejected')
      this.say(`${traded.symbol} is without a stop as ${this.broker.name} refuses to close it too: ${closed.why}`);
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

/** What the stops that may be live would close. */
function covered(exits: readonly Tracked[]): number {
  return exits.reduce((sum, { order }) => (order.leg === 'stop' ? sum + order.remaining : sum), 0);
}
