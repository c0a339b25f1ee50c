import type { GridQuantity } from '#core/grid.ts';
import type { Order } from '#core/orders.ts';
import { riskAtStop } from '#core/risk.ts';
import type { SymbolRun } from './symbol-run.ts';

/** Quote currency that the open position, or an entry on its way, commits: its margin, where there is leverage. */
export function committed({ grid, pending, price, book, leverage }: SymbolRun): number {
  const onItsWay = pending?.leg === 'entry' ? pending.remaining * (pending.price ?? grid.priceOf(price)) : 0;
  return (book.committed() + onItsWay) / (grid.priceScale * grid.quantityScale * leverage);
}

/** The fees of opening, and those that a venue locks for closing, as a fraction of what an entry commits. */
export function openingCost({ margin, leverage, grid }: SymbolRun): number {
  // A short's closing fee is of its bankruptcy price, (leverage + 1) / leverage of the entry: the most there is.
  const locked = margin?.model.closingFee === 'at-bankruptcy' ? leverage + 1 : 0;
  return (leverage + locked) * grid.takerFraction;
}

/** Quote currency that is lost from the last price on when the stops of the position, or of an entry, are hit. */
export function openRisk(run: SymbolRun): number {
  const { grid, pending, book, price } = run;
  let unprotected = Math.abs(book.position);
  let risk = 0;
  for (const { price: level, quantity } of run.standingStops()) {
    const protects = Math.min(unprotected, quantity) as GridQuantity;
    const distance = (price - grid.priceNumber(level!)) * Math.sign(book.position);
    risk += riskAtStop(grid, protects, price, Math.max(0, distance));
    unprotected -= protects;
  }
  risk += riskAtStop(grid, unprotected as GridQuantity, price, undefined);
  if (pending?.leg === 'entry') {
    const at = pending.price === undefined ? price : grid.priceNumber(pending.price);
    risk += riskAtStop(grid, pending.remaining, at, stopDistanceOf(run, pending, at));
  }
  return risk;
}

function stopDistanceOf({ grid }: SymbolRun, { attached }: Order, price: number): number | undefined {
  if (attached === undefined) return undefined;
  return attached.kind === 'distances' ? attached.stop : Math.abs(price - grid.priceNumber(attached.levels.stop));
}
