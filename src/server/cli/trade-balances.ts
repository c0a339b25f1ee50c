import type { GridQuantity } from '#core/grid.ts';
import { FLAT, increased, type Position, reduced } from '#core/margin/position.ts';
import type { Money, Quantity } from '#core/money.ts';
import type { Account } from '#engine/account.ts';
import type { AccountTrade } from '#engine/account-trades.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';

/** What a fill or a funding payment moved in the account: fees and what a fill realised, at the average cost. */
interface Move {
  readonly run: SymbolRun;
  /** Open time of the candle it was booked in. */
  readonly at: number;
  /** The trade it belongs to. */
  readonly k: number;
  readonly amount: bigint;
}

/** An account's balance around a trade, without what is not realised of positions. */
export interface TradeBalances {
  readonly before: Money;
  /** Once the trade has ended, or after its last fill. */
  readonly after: Money;
}

/** Several symbols trade at once: between a trade's fills, those of others move the balance too. */
export function balancesAround(account: Account, { run, k }: AccountTrade): TradeBalances {
  const moves = account.runs.flatMap(movesOf).sort((a, b) => a.at - b.at);
  const isOfTrade = (move: Move) => move.run === run && move.k === k;
  const sum = (part: readonly Move[]) =>
    part.reduce((balance, { amount }) => balance + amount, account.startingBalance as bigint);
  return {
    before: sum(moves.slice(0, moves.findIndex(isOfTrade))) as Money,
    after: sum(moves.slice(0, moves.findLastIndex(isOfTrade) + 1)) as Money,
  };
}

function movesOf(run: SymbolRun): readonly Move[] {
  const { book, candles } = run;
  const { fills, trades } = book;
  const moves: Move[] = [];
  let position: Position = FLAT;
  let funded = 0;
  for (let k = 0, fill = 0; fill < fills.length; fill++) {
    while (k + 1 < trades.length && trades.firstFill[k + 1]! <= fill) k += 1;
    const { next, realized } = filled(run, fill, position);
    position = next;
    moves.push({ run, at: fills.at(fill), k, amount: realized - book.feeOf(fill) + book.coveredOf(fill) });
    for (; funded < book.funding.length && book.funding[funded]!.fills === fill + 1; funded++) {
      const { at, amount } = book.funding[funded]!;
      moves.push({ run, at: Math.max(fills.at(fill), candles.openTimeAt(candles.indexAt(at))), k, amount });
    }
  }
  return moves;
}

/** What a fill makes of a position; none goes past 0. */
function filled({ book, grid }: SymbolRun, fill: number, position: Position): { next: Position; realized: bigint } {
  const size = book.fills.quantity(fill);
  const price = grid.exactPrice(book.fills.price(fill));
  const units = grid.exactQuantity(Math.abs(size) as GridQuantity);
  const quantity = (size < 0 ? -units : units) as Quantity;
  const held = position.quantity;
  if (held === 0n || held > 0n === quantity > 0n) return { next: increased(position, quantity, price), realized: 0n };
  const { position: next, realizedPnl } = reduced(position, quantity, price);
  return { next, realized: realizedPnl };
}
