import type { Grid } from './grid.ts';
import type { ExecutionModel } from './matching/execution-model.ts';
import { isBeyond, priceOf, type Resting, type RestingOrders } from './matching/resting.ts';
import { type Firing, gapPrice, type OnTrailed, type RowWalk } from './matching/row-walk.ts';

/**
 * A row without a path: what it touches is checked in a fixed order, each level as it was at the open. Only then is moved
 * what trails; what it has moved to may be hit by what the row is taken to end with: by its close, which comes after every
 * other price, or by its adverse price too, where that comes after the favourable one.
 */
export class CheckWalk implements RowWalk {
  private readonly grid: Grid;
  private readonly book: RestingOrders;
  private readonly model: ExecutionModel;
  private readonly first: Resting['waits'];
  private readonly second: Resting['waits'];
  private readonly onTrailed: OnTrailed;
  /** Whether every touch is done with, and what trails has moved. */
  private isMoved = false;

  constructor(grid: Grid, book: RestingOrders, model: ExecutionModel, targetFirst: boolean, onTrailed: OnTrailed) {
    this.grid = grid;
    this.book = book;
    this.model = model;
    this.first = targetFirst ? 'to-be-reached' : 'to-be-hit';
    this.second = targetFirst ? 'to-be-hit' : 'to-be-reached';
    this.onTrailed = onTrailed;
  }

  begin(): void {
    this.isMoved = false;
  }

  next(row: number): Firing | undefined {
    if (this.book.isEmpty) return undefined;
    const touched = this.touched(row, this.first) ?? this.touched(row, this.second);
    if (touched !== undefined) return this.firing(touched, row);
    return this.book.hasTrailing ? this.firingMoved(row) : undefined;
  }

  private touched(row: number, waits: Resting['waits']): Resting | undefined {
    const { all, liquidation } = this.book;
    if (liquidation !== undefined && waits === 'to-be-hit' && this.isTouched(liquidation, row)) {
      return this.stopBefore(liquidation, row) ?? liquidation;
    }
    for (let k = 0; k < all.length; k++) {
      const one = all[k]!;
      if (one.waits === waits && this.isTouched(one, row)) return one;
    }
    return undefined;
  }

  private isTouched({ order, from, fires, level, trailing }: Resting, row: number): boolean {
    if (from > row || trailing?.movedAfter === row) return false;
    const { low, high } = this.book.columnsOf(order);
    return fires === 'below' ? low.values[row]! <= level : high.values[row]! >= level;
  }

  /** A stop that the price meets before it comes to where the venue ends the position. */
  private stopBefore({ fires, level }: Resting, row: number): Resting | undefined {
    return this.book.all.find((one) => {
      const isBefore = one.fires === fires && (fires === 'below' ? one.level > level : one.level < level);
      return isBefore && one.waits === 'to-be-hit' && this.isTouched(one, row);
    });
  }

  private firing(resting: Resting, row: number): Firing {
    const columns = this.book.columnsOf(resting.order);
    const isGap = row >= resting.openFrom && isBeyond(resting, columns.open.values[row]!);
    return {
      resting,
      price: isGap ? gapPrice(this.grid, columns, resting, row, this.model) : priceOf(resting.order)!,
      openFrom: isGap ? row : row + 1,
    };
  }

  private firingMoved(row: number): Firing | undefined {
    if (!this.isMoved) this.trail(row);
    this.isMoved = true;
    const hit = this.book.all.find((one) => one.trailing?.movedAfter === row && this.isHitMoved(one, row));
    return hit && { resting: hit, price: priceOf(hit.order)!, openFrom: row + 1 };
  }

  /** By the best price of the row; one that came inside it by the close alone, as the best may have been before it. */
  private trail(row: number): void {
    for (const one of this.book.all) {
      if (one.trailing === undefined || one.from > row) continue;
      const { high, low, close } = this.book.columnsOf(one.order);
      const best = one.fires === 'below' ? high : low;
      const isMoved = this.book.follow(one, (one.openFrom <= row ? best : close).values[row]!);
      one.trailing.movedAfter = row;
      if (isMoved) this.onTrailed(one.order);
    }
  }

  private isHitMoved({ order, fires, level, openFrom }: Resting, row: number): boolean {
    const { high, low, close } = this.book.columnsOf(order);
    const adverse = fires === 'below' ? low : high;
    const isLate = this.model.trailingSees === 'favourable-first' && openFrom <= row;
    const last = (isLate ? adverse : close).values[row]!;
    return fires === 'below' ? last <= level : last >= level;
  }
}
