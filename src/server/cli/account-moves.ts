import type { GridQuantity } from '#core/grid.ts';
import { FLAT, increased, type Position, reduced } from '#core/margin/position.ts';
import type { Price, Quantity } from '#core/money.ts';
import type { BookedCarry } from '#core/positions.ts';
import type { EpochMs } from '#core/time.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';

/** A fill, by its row in the run's log, or funding or interest. */
export interface Booking {
  readonly run: SymbolRun;
  readonly did: { readonly fill: number } | { readonly carry: BookedCarry };
}

/** A booking with what it moved in the account's balance. */
export interface Move extends Booking {
  /** The trade it belongs to: a row of the run's log. */
  readonly k: number;
  /** Open time of the candle it was booked in. */
  readonly at: EpochMs;
  /** What a fill realised at the average cost, less its fee; or funding or interest, into the account. */
  readonly amount: bigint;
}

/** Everything that was booked. @param order The run of each booking, in the order in which they came. */
export function* bookingsOf(order: Iterable<SymbolRun>): Generator<Booking> {
  const next = new Map<SymbolRun, { fill: number; carry: number }>();
  for (const run of order) {
    const at = next.get(run) ?? { fill: 0, carry: 0 };
    next.set(run, at);
    const carry = run.book.carries[at.carry];
    if (carry !== undefined && carry.fills === at.fill) {
      at.carry += 1;
      yield { run, did: { carry } };
    } else {
      at.fill += 1;
      yield { run, did: { fill: at.fill - 1 } };
    }
  }
}

/** Everything that moved an account's balance, in the order in which it did. */
export function* movesOf(order: Iterable<SymbolRun>): Generator<Move> {
  const held = new Map<SymbolRun, { k: number; at: EpochMs; position: Position }>();
  for (const booking of bookingsOf(order)) {
    const { run, did } = booking;
    const { book, candles } = run;
    const { k, at, position } = held.get(run) ?? { k: 0, at: 0 as EpochMs, position: FLAT };
    if ('carry' in did) {
      const paidAt = Math.max(at, candles.openTimeAt(candles.indexAt(did.carry.at))) as EpochMs;
      yield { ...booking, k, at: paidAt, amount: did.carry.amount };
      continue;
    }
    const { fill } = did;
    const isNext = k + 1 < book.trades.length && book.trades.firstFill[k + 1]! <= fill;
    const { next, realized } = filled(run, fill, position);
    const now = { k: isNext ? k + 1 : k, at: book.fills.at(fill) as EpochMs, position: next };
    held.set(run, now);
    yield { ...booking, k: now.k, at: now.at, amount: realized - book.feeOf(fill) + book.coveredOf(fill) };
  }
}

/** A fill as the venue told it, exactly. */
export function exactFill({ book, grid }: SymbolRun, fill: number): { price: Price; quantity: Quantity } {
  const quantity = book.fills.quantity(fill);
  const units = grid.exactQuantity(Math.abs(quantity) as GridQuantity);
  return {
    price: grid.exactPrice(book.fills.price(fill)),
    quantity: (quantity < 0 ? -units : units) as Quantity,
  };
}

/** What a fill makes of a position; none goes past 0. */
function filled(run: SymbolRun, fill: number, position: Position): { next: Position; realized: bigint } {
  const { price, quantity } = exactFill(run, fill);
  const held = position.quantity;
  if (held === 0n || held > 0n === quantity > 0n) return { next: increased(position, quantity, price), realized: 0n };
  const { position: next, realizedPnl } = reduced(position, quantity, price);
  return { next, realized: realizedPnl };
}
