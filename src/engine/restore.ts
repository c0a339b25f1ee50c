import type { Bot } from '#core/bots.ts';
import type { BracketPlan } from '#core/brackets.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { MarginMove } from '#core/margin/contract-margin.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import type { SavedExchange } from '#core/matching/matching.ts';
import { money, price, type Quantity, quantity, ratio } from '#core/money.ts';
import {
  type Intent,
  Order,
  type OrderState,
  type OrderStateKind,
  type Progress,
  type VenueOrderId,
} from '#core/orders.ts';
import { type Direction, type EntrySignal, REASONS } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type { Trail } from '#core/trailing.ts';
import { SeriesUnavailable } from '#ports/market-data.ts';
import type { CarryRow, CycleRow, FillRow, OrderRow, Store } from '#ports/store.ts';
import type { StoredRevisions } from './store-recorder.ts';
import type { SymbolRun } from './symbol-run.ts';

const PAGE = 1000;

/** What a store knows of one bot. */
export interface StoredBot {
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly fills: readonly FillRow[];
  /** Funding and interest, in the order they were booked. */
  readonly carries: readonly CarryRow[];
  /** The newest cycle of each symbol: up to its occasion all is decided. */
  readonly lastCycles: ReadonlyMap<string, CycleRow>;
  /** Up to here the market's candles are closed, and what happened is traded; undefined for a bot that never ran. */
  readonly reached: EpochMs | undefined;
  readonly revisions: ReadonlyMap<string, { readonly trade: number; readonly position: number }>;
  /** By symbol: see `pendingReversal`. */
  readonly reversals: ReadonlyMap<string, EntrySignal>;
}

/** Reads a bot back. */
export async function readBot(store: Store, botId: string, { symbols, onOpposite }: Bot): Promise<StoredBot> {
  const lastCycles = new Map<string, CycleRow>();
  const reversals = new Map<string, EntrySignal>();
  for (const symbol of symbols) {
    const last = await store.lastCycle(botId, symbol);
    if (last === undefined) continue;
    lastCycles.set(symbol, last);
    const reversal = onOpposite === 'reverse' ? await pendingReversal(store, botId, last) : undefined;
    if (reversal) reversals.set(symbol, reversal);
  }
  const positions = (await store.positions()).filter((row) => row.botId === botId);
  const trades = await store.openTrades(botId);
  const revisions = new Map(
    positions.map(({ symbol, tradeId, revision }) => {
      const trade = trades.find(({ id }) => id === tradeId)?.revision ?? 0;
      return [symbol, { trade, position: revision }];
    }),
  );
  return {
    orders: await allOrders(store, botId),
    fills: await store.fills({ botId }),
    carries: await store.carries({ botId }),
    lastCycles,
    reached:
      lastCycles.size === 0 ? undefined : (Math.max(...[...lastCycles.values()].map((row) => row.occasion)) as EpochMs),
    revisions,
    reversals,
  };
}

/**
 * The signal that closed a symbol's position to open the other side, if it has not done so yet: the newest decision is
 * against the position, and since then the symbol has only waited for its order. Going on with it is a decision again.
 */
async function pendingReversal(store: Store, botId: string, last: CycleRow): Promise<EntrySignal | undefined> {
  const decision = await store.latestDecision(botId, last.symbol, last.timeframe);
  if (decision === undefined || !decision.executed) return undefined;
  if (last.occasion !== decision.occasion && !WAITING.includes(last.why)) return undefined;
  const { signal, position } = JSON.parse(decision.input) as {
    signal?: Omit<EntrySignal, 'kind' | 'reason'>;
    position: Direction;
  };
  if (signal === undefined || position === 'flat' || signal.direction === position) return undefined;
  return { kind: 'enter', ...signal, reason: REASONS.oppositeReverses };
}

/** Why a symbol whose position is being closed may have been left alone since. */
const WAITING: readonly string[] = [REASONS.orderPending.why, REASONS.betweenTicks.why];

async function allOrders(store: Store, botId: string): Promise<Map<string, OrderRow>> {
  const orders = new Map<string, OrderRow>();
  for (let after: string | undefined; ; ) {
    const page = await store.orders({ botId }, after === undefined ? { limit: PAGE } : { limit: PAGE, after });
    for (const row of page.rows) orders.set(row.clientOrderId, row);
    if (page.next === undefined) return orders;
    after = page.next;
  }
}

/** A run as it was when it was last stored. */
export interface RestoredRun {
  readonly run: SymbolRun;
  /** What a venue of our own has to be told: it has no memory but the store. */
  readonly venue: SavedExchange;
  /** All orders there ever were, oldest first. */
  readonly orders: readonly Order[];
  /** What is in the books, oldest first. */
  readonly fills: readonly FillRow[];
  /** Stored and perhaps never sent: to be looked up at the venue, and sent if it is not there. */
  readonly unsent: readonly Order[];
}

/** A fill or a payment as it was booked: on margin, what stands behind the positions follows from them. */
export type BookedMove = MarginMove & { readonly run: SymbolRun };

/**
 * Puts stored fills, orders and decisions back into fresh runs whose candles are closed up to where the bot had come.
 * The book is made from the fills alone, as it was the first time.
 */
export function restoreRuns(
  stored: StoredBot,
  runs: readonly SymbolRun[],
): { runs: RestoredRun[]; moves: readonly BookedMove[]; revisions: StoredRevisions } {
  const orderRevisions = new Map<Order, { revision: number; createdAt: EpochMs }>();
  const openTrades = new Map<SymbolRun, { trade: number; position: number }>();
  const rows = inOrder(stored);
  const moved = new Map<FillRow | CarryRow, BookedMove>();
  const restored = runs.map((run) => {
    const { symbol } = run.owner;
    const orders = new Map<string, Order>();
    for (const row of stored.orders.values())
      if (row.symbol === symbol) orders.set(row.clientOrderId, orderOf(run, row));
    const fills = stored.fills.filter((row) => row.symbol === symbol);
    const ours = rows.filter(({ row }) => row.symbol === symbol);
    for (const one of ours) {
      const move = 'fill' in one ? applyFill(run, one.fill, orders) : applyCarry(run, one.carry);
      moved.set(one.row, move);
    }
    const opening = fills.findLast((row) => orders.get(row.clientOrderId)!.effect === 'open');
    const working = [...orders.values()].filter((order) => order.isWorking);
    const taken = [...orders.values()].filter(wasTaken);
    // A venue may tell of one that has ended, too: a fill that came late.
    for (const order of orders.values()) orderRevisions.set(order, stored.orders.get(order.clientOrderId)!);
    const revisions = stored.revisions.get(symbol);
    if (revisions) openTrades.set(run, revisions);
    const decidedAt = stored.lastCycles.get(symbol)?.occasion;
    run.resume(
      decidedAt === undefined ? 0 : run.candles.indexClosedAt(decidedAt) + 1,
      decidedAt ?? Number.NEGATIVE_INFINITY,
      working,
      stored.reversals.get(symbol),
    );
    return {
      run,
      venue: {
        matchedUntil: decidedAt ?? (0 as EpochMs),
        position: run.book.position,
        executions: fills.length,
        lastNumber: [...orders.values()].reduce((last, order) => Math.max(last, numberOf(order)), 0),
        newest: taken.reduce<Order | undefined>(newer, undefined),
        open: working.filter(({ state }) => state.kind === 'open'),
        opener: opening && orders.get(opening.clientOrderId),
      },
      orders: [...orders.values()].toSorted((a, b) => a.intent.occasion - b.intent.occasion),
      fills,
      unsent: working.filter(({ state }) => state.kind !== 'open'),
    };
  });
  const { fills, carries } = stored;
  return {
    runs: restored,
    moves: rows.map(({ row }) => moved.get(row)!),
    revisions: { orders: orderRevisions, openTrades, fills: fills.length, carries: carries.length },
  };
}

/** States that only an order which the venue took can be in. */
const TAKEN: readonly OrderStateKind[] = ['open', 'filled', 'canceled'];

/** An order may expire without having been sent; a day order's end is the venue's. */
function wasTaken({ state: { kind }, progress }: Order): boolean {
  return TAKEN.includes(kind) || (kind === 'expired' && progress?.expiresAt !== undefined);
}

/** The last number that the exchange gave an order: its id, or its place in the queue after an amend. */
function numberOf({ venueOrderId, progress }: Order): number {
  return Math.max(Number(venueOrderId ?? 0), progress?.queuedAs ?? 0);
}

function newer(newest: Order | undefined, order: Order): Order {
  return newest === undefined || order.intent.occasion > newest.intent.occasion ? order : newest;
}

type StoredMove =
  | { readonly row: FillRow; readonly fill: FillRow }
  | { readonly row: CarryRow; readonly carry: CarryRow };

/** Fills, and the payments between them. */
function inOrder({ fills, carries }: StoredBot): readonly StoredMove[] {
  const moves: StoredMove[] = [];
  let paid = 0;
  const payUntil = (fillsBefore: number) => {
    for (; paid < carries.length && carries[paid]!.fillsBefore <= fillsBefore; paid++) {
      moves.push({ row: carries[paid]!, carry: carries[paid]! });
    }
  };
  for (const [n, fill] of fills.entries()) {
    payUntil(n);
    moves.push({ row: fill, fill });
  }
  payUntil(fills.length);
  return moves;
}

function applyCarry(run: SymbolRun, row: CarryRow): BookedMove {
  const payment: CarryPayment = {
    kind: row.kind,
    at: row.at,
    rate: ratio(row.rate),
    mark: price(row.mark),
    quantity: quantity(row.quantity),
    amount: money(row.amount),
  };
  run.book.carry(payment);
  return { run, payment };
}

function applyFill(run: SymbolRun, row: FillRow, orders: ReadonlyMap<string, Order>): BookedMove {
  const order = orders.get(row.clientOrderId);
  if (!order)
    throw new Error(
      `Cannot restore ${row.symbol} as the order ${row.clientOrderId} of fill ${row.venueTradeId} is not stored`,
    );
  const { grid, candles, book } = run;
  const closed = candles.indexAt(row.executedAt);
  // What happened in the running candle has the index that the candle will have.
  const index = closed >= 0 && row.executedAt >= candles.closeTimeAt(closed) ? candles.length : closed;
  if (index < 0) {
    throw new SeriesUnavailable(
      `Cannot go on with ${row.symbol} as its candles must reach back to what the bot has traded: its fill of ` +
        `${row.executedAt} lies before them; give the whole file back, or set DATA_DIR to a new directory`,
    );
  }
  const settlement = { fee: money(row.fee), covered: money(row.covered ?? '0') };
  const size = grid.gridQuantity(quantity(row.quantity));
  const signed = (row.side === 'buy' ? size : -size) as GridQuantity;
  const at = grid.gridPrice(price(row.price));
  // Fills at somebody else's venue once were stored without `covered`: their fee is not what the account's rates come to.
  const isPlain = row.covered === null && settlement.fee === grid.fee(at, signed, row.liquidity);
  book.apply({
    order,
    price: at,
    quantity: signed,
    index,
    at: row.executedAt,
    liquidity: row.liquidity,
    venueTradeId: row.venueTradeId,
    settlement: isPlain ? undefined : settlement,
  });
  const units = quantity(row.quantity);
  const exact = (row.side === 'buy' ? units : -units) as Quantity;
  return { run, quantity: exact, price: price(row.price), settlement };
}

function orderOf(run: SymbolRun, row: OrderRow): Order {
  const { grid } = run;
  const intent: Intent = { owner: run.owner, occasion: row.occasion };
  const request = {
    leg: row.leg,
    side: row.side,
    type: row.type,
    quantity: grid.gridQuantity(quantity(row.quantity)),
    price: row.price === null ? undefined : grid.gridPrice(price(row.price)),
    limit: row.limitPrice === null ? undefined : grid.gridPrice(price(row.limitPrice)),
    trail: row.trail === null ? undefined : (JSON.parse(row.trail) as Trail),
    postOnly: row.postOnly,
    timeInForce: row.timeInForce,
    effect: row.effect,
    attached: row.attached === null ? undefined : (JSON.parse(row.attached) as BracketPlan),
  };
  const progress = row.progress === null ? undefined : (JSON.parse(row.progress) as Progress);
  const venueOrderId = (row.venueOrderId ?? undefined) as VenueOrderId | undefined;
  return new Order(intent, request, row.attempt, stateOf(run, row), progress, venueOrderId);
}

function stateOf(run: SymbolRun, row: OrderRow): OrderState {
  const filled = run.grid.gridQuantity(quantity(row.filledQuantity));
  const venueOrderId = row.venueOrderId as VenueOrderId;
  const why = row.why ?? '';
  switch (row.state) {
    case 'open':
      return { kind: 'open', venueOrderId, filled };
    case 'filled':
      return { kind: 'filled', venueOrderId };
    case 'canceled':
    case 'expired':
      return { kind: row.state, filled, why };
    case 'rejected':
      return { kind: 'rejected', why };
    case 'intended':
    case 'submitted':
    case 'unknown':
      return { kind: row.state };
  }
}
