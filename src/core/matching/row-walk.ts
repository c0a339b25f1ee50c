import type { Grid, GridPrice } from '../grid.ts';
import type { Order } from '../orders.ts';
import type { ExecutionModel } from './execution-model.ts';
import { priceOf, type Resting } from './resting.ts';
import type { SideColumns } from './tape.ts';

/** Where and when a resting order fires. */
export interface Firing {
  readonly resting: Resting;
  readonly price: GridPrice;
  /** The first row in which a target that this fill brings along may trade, and at whose open both rest already. */
  readonly openFrom: number;
}

/** Says what fires in a row of the tape, one order after another: a fill may cancel orders or bring new ones. */
export interface RowWalk {
  /** Before anything trades in the row. */
  begin(row: number): void;
  /** What fires next in the row, undefined when it is over. */
  next(row: number): Firing | undefined;
}

/** Told when a trailing stop has moved. */
export type OnTrailed = (order: Order) => void;

/** Where an order trades that an open lies beyond. */
export function gapPrice(
  grid: Grid,
  { open, high, low }: SideColumns,
  { order, level }: Resting,
  row: number,
  model: ExecutionModel,
): GridPrice {
  const isInside = low.values[row]! <= level && level <= high.values[row]!;
  return model.gapFill === 'level' && isInside ? priceOf(order)! : grid.priceOf(open.values[row]!);
}
