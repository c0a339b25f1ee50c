import type { GridQuantity } from '#core/grid.ts';
import type { Side } from '#core/orders.ts';
import type { FillReport } from '#ports/venue.ts';
import type { TradedSymbol } from './tracked-order.ts';

/** So many are kept. */
const MOST = 200;

/** Somebody else's fills, the newest ones, in case that they closed what is ours. */
export class ForeignFills {
  /** Oldest first. */
  private fills: FillReport[] = [];

  add(fill: FillReport): void {
    if (this.fills.some(({ venueTradeId }) => venueTradeId === fill.venueTradeId)) return;
    this.fills.push(fill);
    if (this.fills.length > MOST) this.fills.shift();
  }

  /**
   * Takes the newest ones of a symbol out that come to exactly this much.
   * @param quantity In base units on the grid, signed.
   * @param against The side that opened what they closed: none of them is of it.
   * @returns Oldest first; undefined where none do.
   */
  take({ symbol, grid }: TradedSymbol, quantity: GridQuantity, against: Side): readonly FillReport[] | undefined {
    const theirs = this.fills.filter((fill) => fill.symbol === symbol);
    let sum = 0;
    let first = theirs.length;
    while (first > 0 && sum !== quantity) {
      first -= 1;
      const size = grid.gridQuantity(theirs[first]!.quantity);
      sum += theirs[first]!.side === 'buy' ? size : -size;
    }
    const taken = theirs.slice(first);
    if (sum !== quantity || taken.some(({ side }) => side === against)) return undefined;
    this.fills = this.fills.filter((fill) => !taken.includes(fill));
    return taken;
  }
}
