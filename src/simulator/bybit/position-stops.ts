import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { OrderChange } from '#core/orders.ts';
import type { BybitStopOrderType } from '#protocols/bybit-words.ts';
import type { Book } from './book.ts';
import { type Child, childTerms } from './child-terms.ts';
import { isWorking, type OrderRecord, PLAIN_TERMS } from './order-record.ts';

/** The levels that close a whole position. */
export interface FullLevels {
  readonly takeProfit: GridPrice | undefined;
  readonly stopLoss: GridPrice | undefined;
  readonly trailing: { readonly distance: number; readonly activation: GridPrice | undefined } | undefined;
}

const NO_LEVELS: FullLevels = { takeProfit: undefined, stopLoss: undefined, trailing: undefined };

/**
 * The stops and targets of one position. Those that close the whole of it are as large as it is, whatever was added or
 * taken; partial ones are for what filled of their entry, two of a pair ending each other.
 */
export class PositionStops {
  /** What closes the whole position. */
  full: FullLevels = NO_LEVELS;
  /** Whose fill set it. */
  private parentOrderLinkId = '';
  private readonly book: Book;
  /** Of the position: 1 long, -1 short, 0 flat. */
  private side = 0;
  private readonly siblings = new Map<OrderRecord, OrderRecord>();
  /** Entries whose partial stops are to be placed, and how much of them has some. */
  private readonly uncovered = new Map<OrderRecord, GridQuantity>();
  /** Pairs that the exchange itself keeps, by their entry. */
  private readonly kept = new Set<OrderRecord>();

  constructor(book: Book) {
    this.book = book;
  }

  /** Working orders that close a position at a level, and nothing but that. */
  children(): readonly OrderRecord[] {
    return this.book.working().filter(({ terms }) => terms.createType !== 'CreateByUser' && terms.stopOrderType !== '');
  }

  /** The exchange made a stop or target of an entry. */
  adopt(parent: OrderRecord): void {
    this.kept.add(parent);
  }

  onFill(record: OrderRecord): void {
    const { attached } = record.terms;
    const side = Math.sign(this.book.position);
    if (side !== this.side) {
      // It is another position, or none.
      this.full = NO_LEVELS;
      this.uncovered.clear();
      this.side = side;
    }
    const sibling = this.siblings.get(record);
    if (sibling !== undefined) this.book.cancel(sibling, 'CancelByOCO');
    if (attached === undefined) return;
    if (attached.tpslMode === 'Full') {
      this.full = { ...this.full, takeProfit: attached.takeProfit, stopLoss: attached.stopLoss };
      this.parentOrderLinkId = record.terms.orderLinkId;
    } else if (!this.uncovered.has(record)) {
      this.uncovered.set(record, 0 as GridQuantity);
    }
  }

  /** Makes the orders what the position and its levels want them to be. */
  settle(): void {
    const closes = this.side > 0 ? 'Sell' : 'Buy';
    for (const child of this.children()) {
      if (this.side === 0 || child.terms.side !== closes) this.book.cancel(child, 'CancelByTpSlTsClear');
    }
    if (this.side === 0) return;
    this.settleFull('TakeProfit', this.full.takeProfit);
    this.settleFull('StopLoss', this.full.stopLoss);
    this.settleTrailing();
    for (const [entry, covered] of this.uncovered) this.coverPart(entry, covered);
  }

  /** A pair for a part of the position, by its owner's wish. */
  addPartial(quantity: GridQuantity, target: GridPrice | undefined, stop: GridPrice | undefined, limits: Limits): void {
    const pair = [
      this.placeChild('target', target, limits.tp, quantity, ''),
      this.placeChild('stop', stop, limits.sl, quantity, ''),
    ] as const;
    this.pair(...pair);
  }

  private get size(): GridQuantity {
    return Math.abs(this.book.position) as GridQuantity;
  }

  private settleFull(type: 'TakeProfit' | 'StopLoss', level: GridPrice | undefined): void {
    const child = this.onlyChild(type);
    if (level === undefined) {
      if (child) this.book.cancel(child, 'CancelByUser');
      return;
    }
    if (child === undefined) {
      const kind = type === 'StopLoss' ? 'stop' : 'target';
      this.place(
        { kind, isPartial: false, level, limit: undefined, parentOrderLinkId: this.parentOrderLinkId },
        this.size,
      );
    } else if (child.terms.trigger?.price !== level || child.terms.quantity !== this.size) {
      this.rework(child, level);
    }
  }

  private settleTrailing(): void {
    const { trailing } = this.full;
    const child = this.onlyChild('TrailingStop');
    const isSame =
      child !== undefined &&
      trailing !== undefined &&
      child.terms.trail?.distance === trailing.distance &&
      child.terms.quantity === this.size;
    if (isSame) return;
    if (child) this.book.cancel(child, 'CancelByUser');
    if (trailing === undefined) return;
    const side = this.book.position > 0 ? 'Sell' : 'Buy';
    const level = trailing.activation ?? this.book.lastPrice;
    const record = this.book.account.newRecord(this.book, {
      ...PLAIN_TERMS,
      side,
      orderType: 'Market',
      quantity: this.size,
      price: level,
      timeInForce: 'IOC',
      reduceOnly: true,
      closeOnTrigger: true,
      trigger: { price: level, direction: side === 'Sell' ? 2 : 1, by: 'LastPrice' },
      stopOrderType: 'TrailingStop',
      createType: 'CreateByTrailingStop',
      trail: trailing,
    });
    this.book.place(record);
  }

  /** The newest one: an entry that was sent while flat may have brought another one. */
  private onlyChild(type: BybitStopOrderType): OrderRecord | undefined {
    const all = this.children().filter(({ terms }) => terms.stopOrderType === type);
    for (const older of all.slice(0, -1)) this.book.cancel(older, 'CancelByTpSlTsClear');
    return all.at(-1);
  }

  private rework(child: OrderRecord, level: GridPrice): void {
    const { terms, core } = child;
    const isResized = terms.quantity !== this.size;
    child.terms = { ...terms, quantity: this.size, trigger: { ...terms.trigger!, price: level }, price: level };
    const isOurs = core?.leg === 'exit';
    const change: OrderChange = isResized ? { price: level, quantity: this.size } : { price: level };
    // One that the exchange made is for what filled of its entry, and cannot be resized.
    if (isResized && !isOurs) this.book.replace(child);
    else this.book.amend(child, change);
  }

  private coverPart(entry: OrderRecord, covered: GridQuantity): void {
    const { attached, orderLinkId } = entry.terms;
    // A part of it may have closed the other side.
    const open = Math.min(entry.filled - covered, this.size) as GridQuantity;
    if (attached === undefined || this.kept.has(entry) || open === 0) return;
    this.uncovered.set(entry, entry.filled);
    const target = this.placeChild('target', attached.takeProfit, attached.tpLimitPrice, open, orderLinkId);
    const stop = this.placeChild('stop', attached.stopLoss, attached.slLimitPrice, open, orderLinkId);
    this.pair(target, stop);
  }

  private placeChild(
    kind: Child['kind'],
    level: GridPrice | undefined,
    limit: GridPrice | undefined,
    quantity: GridQuantity,
    parentOrderLinkId: string,
  ): OrderRecord | undefined {
    return level === undefined
      ? undefined
      : this.place({ kind, isPartial: true, level, limit, parentOrderLinkId }, quantity);
  }

  private place(child: Child, quantity: GridQuantity): OrderRecord {
    const { book } = this;
    const terms = childTerms(child, book.position > 0 ? 'Sell' : 'Buy', quantity);
    const record = book.account.newRecord(book, terms);
    book.place(record);
    return record;
  }

  private pair(one: OrderRecord | undefined, other: OrderRecord | undefined): void {
    if (one === undefined || other === undefined || !isWorking(one) || !isWorking(other)) return;
    this.siblings.set(one, other);
    this.siblings.set(other, one);
  }
}

/** Where partial ones become limit orders. */
export interface Limits {
  readonly tp: GridPrice | undefined;
  readonly sl: GridPrice | undefined;
}
