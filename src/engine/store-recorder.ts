import type { Execution } from '#core/fills.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import type { Order } from '#core/orders.ts';
import type { Decision, Reason } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type { Clock } from '#ports/clock.ts';
import type { ChangeSet, SnapshotRow, Store } from '#ports/store.ts';
import { type Changes, noChanges, rowsIn } from '../ports/changes.ts';
import type { Recorder } from './recorder.ts';
import {
  analysisRows,
  callRow,
  candleRow,
  carryRow,
  cycleRow,
  decisionRow,
  fillRow,
  orderRow,
  positionRow,
  tradeRow,
} from './rows.ts';
import type { Call, SymbolRun } from './symbol-run.ts';

/** Boundaries that did nothing are stored together: after this much wall time, or this many rows. */
const HOLD_MS = 250;
const HOLD_ROWS = 500;

/** Revisions of the stored rows that may still change: what a restart has to know. */
export interface StoredRevisions {
  readonly orders: ReadonlyMap<Order, { readonly revision: number; readonly createdAt: EpochMs }>;
  /** Of the open trade and position of a run. */
  readonly openTrades: ReadonlyMap<SymbolRun, { readonly trade: number; readonly position: number }>;
  readonly fills: number;
  readonly carries: number;
}

/** What is written down, and who hears of it. */
export interface Recorded {
  /** What the runs' candles come from, as the bot's row names it. */
  readonly market: string;
  readonly runs: readonly SymbolRun[];
  /** The account as it stands, at the end of a boundary that calls for a snapshot. */
  readonly snapshot: () => SnapshotRow | undefined;
  /** Told of each change-set once it is stored. */
  readonly onStored: (changes: ChangeSet) => void;
}

const NOTHING_STORED: StoredRevisions = { orders: new Map(), openTrades: new Map(), fills: 0, carries: 0 };

/**
 * Writes a bot's run to the store. Intents are stored before their orders leave, with all that happened up to then;
 * whatever did something is stored at the end of its boundary; and boundaries that did nothing wait for each other.
 * Each change-set holds a whole number of steps, so a restart goes on from a moment that really was.
 */
export class StoreRecorder implements Recorder {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly subject: Recorded;
  /** Of every order that somebody still holds: one that has ended may yet be told of. */
  private readonly orders = new WeakMap<Order, { revision: number; createdAt: EpochMs }>();
  /** What is stored of the run's open trade. */
  private readonly openTrades = new Map<SymbolRun, { trade: number; position: number }>();
  /** The first trade of a run that changed since the last commit. */
  private readonly changedTrades = new Map<SymbolRun, number>();
  private readonly changedOrders = new Map<Order, SymbolRun>();
  /** Candles of a run that are written down. */
  private readonly recorded = new Map<SymbolRun, number>();
  private sequence = 0;
  private carries = 0;
  private changes = noChanges();
  private mustStore = false;
  private storing: Promise<void> = Promise.resolve();
  private heldSince: number;

  constructor(store: Store, clock: Clock, subject: Recorded) {
    this.store = store;
    this.clock = clock;
    this.subject = subject;
    this.heldSince = clock.mono();
  }

  /** Goes on from what is stored. */
  resume(stored: StoredRevisions = NOTHING_STORED): void {
    for (const [order, { revision, createdAt }] of stored.orders) this.orders.set(order, { revision, createdAt });
    for (const [run, revisions] of stored.openTrades) this.openTrades.set(run, { ...revisions });
    for (const run of this.subject.runs) this.recorded.set(run, run.decided);
    this.sequence = stored.fills;
    this.carries = stored.carries;
  }

  intent(run: SymbolRun, order: Order, decision: Decision): void {
    const { occasion } = order.intent;
    this.changes.add.analyses.push(...analysisRows(run, decision, occasion));
    this.changes.add.decisions.push(decisionRow(run, decision, occasion, undefined));
    this.order(run, order);
  }

  beforeSending(): Promise<void> {
    for (const run of this.subject.runs) this.takeCycles(run);
    return this.storeNow();
  }

  refused(run: SymbolRun, decision: Decision, why: string): void {
    const occasion = run.timeAt(run.candles.length - 1);
    this.changes.add.analyses.push(...analysisRows(run, decision, occasion));
    this.changes.add.decisions.push(decisionRow(run, decision, occasion, why));
  }

  call(run: SymbolRun, call: Call, reason: Reason): void {
    this.changes.add.cycles.push(callRow(run, call, reason));
    // Who asked waits for the answer.
    if (call.occasion.kind === 'request') this.mustStore = true;
  }

  order(run: SymbolRun, order: Order): void {
    this.changedOrders.set(order, run);
    this.mustStore = true;
  }

  fill(run: SymbolRun, execution: Execution): void {
    this.order(run, execution.order);
    this.changes.add.fills.push(fillRow(run, execution, this.sequence));
    this.sequence += 1;
    if (!this.changedTrades.has(run)) this.changedTrades.set(run, run.book.trades.length - 1);
  }

  carry(run: SymbolRun, payment: CarryPayment): void {
    this.changes.add.carries.push(carryRow(run, payment, this.carries, this.sequence));
    this.carries += 1;
    this.mustStore = true;
    // A venue may tell of it late: a trade that is closed and stored stays as it is.
    const isOpen = run.book.position !== 0;
    if (isOpen && !this.changedTrades.has(run)) this.changedTrades.set(run, run.book.trades.length - 1);
  }

  boundary(): Promise<void> | undefined {
    for (const run of this.subject.runs) this.takeCycles(run);
    const snapshot = this.subject.snapshot();
    if (snapshot) this.changes.add.snapshots.push(snapshot);
    if (this.mustStore || this.clock.mono() - this.heldSince >= HOLD_MS || rowsIn(this.changes) >= HOLD_ROWS)
      return this.storeNow();
    return undefined;
  }

  /** Stores what is held back; for the end of a run. */
  flush(): Promise<void> {
    return this.mustStore || rowsIn(this.changes) > 0 ? this.storeNow() : this.storing;
  }

  /** Stores all there is, after what is being stored. Once something could not be stored, nothing is any more. */
  private storeNow(): Promise<void> {
    this.takeOrders();
    for (const [run, first] of this.changedTrades) this.takeTrades(run, first);
    this.changedTrades.clear();
    const changes: Changes = this.changes;
    this.changes = noChanges();
    this.mustStore = false;
    this.heldSince = this.clock.mono();
    this.storing = this.storing.then(async () => {
      await this.store.commit(changes);
      this.subject.onStored(changes);
    });
    return this.storing;
  }

  /** Every candle that was decided since the last time, and what was done with it. */
  private takeCycles(run: SymbolRun): void {
    const { cycles, candles } = this.changes.add;
    for (let i = this.recorded.get(run) ?? 0; i < run.decided; i++) {
      cycles.push(cycleRow(run, i));
      candles.push(candleRow(run, i, this.subject.market));
    }
    this.recorded.set(run, run.decided);
  }

  private takeOrders(): void {
    const now = this.clock.now();
    for (const [order, run] of this.changedOrders) {
      const known = this.orders.get(order);
      const createdAt = known?.createdAt ?? now;
      const revision = (known?.revision ?? 0) + 1;
      this.changes.put.orders.push(orderRow(run, order, now, createdAt, revision));
      this.orders.set(order, { revision, createdAt });
    }
    this.changedOrders.clear();
  }

  /** Trades from `first` on, and the position, as they stand after the fills since the last commit. */
  private takeTrades(run: SymbolRun, first: number): void {
    const { put, remove } = this.changes;
    const { trades, position } = run.book;
    const stored = this.openTrades.get(run);
    const last = trades.length - 1;
    for (let k = first; k <= last; k++) put.trades.push(tradeRow(run, k, k === first && stored ? stored.trade + 1 : 1));
    const goesOn = stored !== undefined && first === last && position !== 0;
    if (stored && !goesOn) remove.positions.push({ accountId: run.owner.accountId, symbol: run.owner.symbol });
    if (position === 0) {
      this.openTrades.delete(run);
    } else {
      const revisions = goesOn ? { trade: stored.trade + 1, position: stored.position + 1 } : { trade: 1, position: 1 };
      put.positions.push(positionRow(run, revisions.position));
      this.openTrades.set(run, revisions);
    }
  }
}
