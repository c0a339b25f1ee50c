import type { Candles } from '#core/candles.ts';
import type { Grid, GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import type { Money } from '#core/money.ts';
import type { Order, OrderState, VenueOrderId } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { FillReport, OrderReport } from '#ports/venue.ts';

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

const NO_COST = 0n as Money;

/** An order of ours and what its venue said of it: each thing it says is told once. */
export class TrackedOrder {
  readonly order: Order;
  readonly traded: TradedSymbol;
  /** The newest thing that its venue said. */
  report: OrderReport | undefined;
  /** Why we took it back, when we did. */
  canceledFor: string | undefined;
  /** Since when, by the clock that never steps back, the venue has not shown an order that was open there. */
  absentSince: number | undefined;
  /** Under which ids the venue has it: one that is changed may go on under another. */
  readonly venueOrderIds = new Set<string>();
  /** The venue's ids of those of its fills that were told. */
  readonly told = new Set<string>();

  constructor(order: Order, traded: TradedSymbol) {
    this.order = order;
    this.traded = traded;
  }

  /** The venue took it. */
  open(venueOrderId: string): void {
    const { order } = this;
    if (order.state.kind === 'intended') order.submitted();
    order.become({ kind: 'open', venueOrderId: venueOrderId as VenueOrderId, filled: 0 as GridQuantity });
    this.tell();
  }

  /** Takes a report over. @returns Whether it is news. */
  take(report: OrderReport): boolean {
    this.absentSince = undefined;
    if (this.report !== undefined && isOlder(report, this.report)) return false;
    this.report = report;
    return true;
  }

  /** Price and quantity as the venue has them now. */
  takeTerms(report: OrderReport): void {
    const { order } = this;
    if (!order.isWorking || report.state !== 'open') return;
    const { grid } = this.traded;
    const price = report.price === undefined ? order.price : grid.gridPrice(report.price);
    const quantity = grid.gridQuantity(report.quantity);
    if (price === order.price && quantity === order.quantity) return;
    order.amend({ quantity, ...(price !== undefined && { price }) });
    this.tell();
  }

  /** Only a fill that is in the books counts as told: one that could not be booked comes again. */
  book(fill: FillReport): void {
    if (this.told.has(fill.venueTradeId)) return;
    const { order, traded } = this;
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
    this.told.add(fill.venueTradeId);
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

  /** Whether a fill of what only reduces would turn the position: what it closes is not in the books yet. */
  closesTooMuch({ side, quantity }: FillReport): boolean {
    const { position, grid } = this.traded;
    if (this.order.effect !== 'reduce-only') return false;
    return grid.gridQuantity(quantity) > (side === 'sell' ? position : -position);
  }

  /** Whether the venue ended it and not all of its fills were told. */
  get lacksFills(): boolean {
    const { report, order, traded } = this;
    return report !== undefined && order.isWorking && traded.grid.gridQuantity(report.filled) > order.filled;
  }

  /** Ends it where its venue has ended it, once all that filled of it was told. */
  end(): void {
    const { order, report } = this;
    if (report === undefined || report.state === 'open' || !order.isWorking || this.lacksFills) return;
    if (report.state === 'filled' && order.filled > 0) {
      // All of it filled: it was smaller in the end than when it was last told of.
      order.amend({ quantity: order.filled });
      this.become({ kind: 'filled', venueOrderId: report.venueOrderId as VenueOrderId });
      return;
    }
    const ended = endOf(report, order.filled, this.canceledFor);
    if (ended !== undefined) this.become(ended);
  }

  /** It is proven that the venue never took it. */
  neverTaken(why: string): void {
    this.become({ kind: 'rejected', why });
  }

  /** It was open at the venue, and for a long time is not there any more. */
  vanished(why: string): void {
    this.become({ kind: 'canceled', filled: this.order.filled, why });
  }

  private become(state: OrderState): void {
    this.order.become(state);
    this.tell();
  }

  private tell(): void {
    this.traded.listener?.onOrder(this.order);
  }
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
