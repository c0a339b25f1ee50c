import type { ExecutionModel } from './execution-model.ts';
import type { Grid } from './grid.ts';
import { isBeyond, priceOf, type Resting, type RestingOrders } from './resting.ts';
import { type Firing, gapPrice, type OnTrailed, type RowWalk } from './row-walk.ts';

/**
 * A row without a path: what it touches is checked in a fixed order. What trails is moved before the checks or after
 * them, and last of all by the close, which comes after every other price.
 */
export class CheckWalk implements RowWalk {
  private readonly grid: Grid;
  private readonly book: RestingOrders;
  private readonly model: ExecutionModel;
  private readonly first: Resting['waits'];
  private readonly second: Resting['waits'];
  private readonly onTrailed: OnTrailed;
  /** Whether every touch is done with, and only the close is left. */
  private isAtClose = false;

  constructor(grid: Grid, book: RestingOrders, model: ExecutionModel, targetFirst: boolean, onTrailed: OnTrailed) {
    this.grid = grid;
    this.book = book;
    this.model = model;
    this.first = targetFirst ? 'to-be-reached' : 'to-be-hit';
    this.second = targetFirst ? 'to-be-hit' : 'to-be-reached';
    this.onTrailed = onTrailed;
  }

  begin(): void {
    this.isAtClose = false;
    if (!this.book.hasTrailing) return;
    for (const { trailing, level } of this.book.all) if (trailing) trailing.openLevel = level;
  }

  next(row: number): Firing | undefined {
    const { book } = this;
    if (book.isEmpty) return undefined;
    if (book.hasTrailing && !this.isAtClose && this.model.trailingSees === 'favourable-first') this.trail(row);
    const touched = this.touched(row, this.first) ?? this.touched(row, this.second);
    if (touched !== undefined) return this.firing(touched, row);
    return book.hasTrailing ? this.hitByClose(row) : undefined;
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
    const open = columns.open.values[row]!;
    const isGap = row >= resting.openFrom && isBeyond(resting, open, resting.trailing?.openLevel);
    return {
      resting,
      price: isGap ? gapPrice(this.grid, columns, resting, row, this.model) : priceOf(resting.order)!,
      openFrom: isGap ? row : row + 1,
    };
  }

  private hitByClose(row: number): Firing | undefined {
    if (!this.isAtClose) {
      this.isAtClose = true;
      this.trail(row);
    }
    const hit = this.book.all.find((one) => one.trailing?.movedAfter === row && this.closedBeyond(one, row));
    return hit && { resting: hit, price: priceOf(hit.order)!, openFrom: row + 1 };
  }

  /** By the best price of the row; one that came inside it by the close alone, as the best may have been before it. */
  private trail(row: number): void {
    for (const one of this.book.all) {
      if (one.trailing === undefined || one.from > row) continue;
      const { high, low, close } = this.book.columnsOf(one.order);
      const best = one.fires === 'below' ? high : low;
      const isMoved = this.book.follow(one, (one.openFrom <= row ? best : close).values[row]!);
      if (this.isAtClose) one.trailing.movedAfter = row;
      if (isMoved) this.onTrailed(one.order);
    }
  }

  private closedBeyond({ order, fires, level }: Resting, row: number): boolean {
    const close = this.book.columnsOf(order).close.values[row]!;
    return fires === 'below' ? close <= level : close >= level;
  }
}
