import type { GridQuantity } from '#core/grid.ts';
import { FLAT, increased, type Position, reduced } from '#core/margin/position.ts';
import type { Price, Quantity } from '#core/money.ts';
import type { BookedCarry } from '#core/positions.ts';
import type { EpochMs } from '#core/time.ts';
import type { Account } from '#engine/account.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';

/** A fill, or funding or interest, with what it moved in the account's balance. */
export interface Move {
  readonly run: SymbolRun;
  /** The trade it belongs to: a row of the run's log. */
  readonly k: number;
  /** Open time of the candle it was booked in. */
  readonly at: EpochMs;
  /** What a fill realised at the average cost, less its fee; or funding or interest, into the account. */
  readonly amount: bigint;
  readonly did: { readonly fill: number } | { readonly carry: BookedCarry };
}

/** Everything that moved an account's balance, in the order of its candles; of one time in the order of the symbols. */
export function movesOf({ runs }: Account): readonly Move[] {
  return runs.flatMap(movesOfRun).sort((a, b) => a.at - b.at);
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

function movesOfRun(run: SymbolRun): readonly Move[] {
  const { book, candles } = run;
  const { fills, trades } = book;
  const moves: Move[] = [];
  let position: Position = FLAT;
  let funded = 0;
  for (let k = 0, fill = 0; fill < fills.length; fill++) {
    while (k + 1 < trades.length && trades.firstFill[k + 1]! <= fill) k += 1;
    const { next, realized } = filled(run, fill, position);
    position = next;
    const at = fills.at(fill) as EpochMs;
    moves.push({ run, k, at, amount: realized - book.feeOf(fill) + book.coveredOf(fill), did: { fill } });
    for (; funded < book.carries.length && book.carries[funded]!.fills === fill + 1; funded++) {
      const carry = book.carries[funded]!;
      const paidAt = Math.max(at, candles.openTimeAt(candles.indexAt(carry.at))) as EpochMs;
      moves.push({ run, k, at: paidAt, amount: carry.amount, did: { carry } });
    }
  }
  return moves;
}

/** What a fill makes of a position; none goes past 0. */
function filled(run: SymbolRun, fill: number, position: Position): { next: Position; realized: bigint } {
  const { price, quantity } = exactFill(run, fill);
  const held = position.quantity;
  if (held === 0n || held > 0n === quantity > 0n) return { next: increased(position, quantity, price), realized: 0n };
  const { position: next, realizedPnl } = reduced(position, quantity, price);
  return { next, realized: realizedPnl };
}
