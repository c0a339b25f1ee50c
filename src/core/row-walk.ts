import type { ExecutionModel } from './execution-model.ts';
import type { Grid, GridPrice } from './grid.ts';
import type { Order } from './orders.ts';
import type { Resting } from './resting.ts';

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
  { columns, level, price }: Resting,
  row: number,
  model: ExecutionModel,
): GridPrice {
  const isInside = columns.low.values[row]! <= level && level <= columns.high.values[row]!;
  return model.gapFill === 'level' && isInside ? price : grid.priceOf(columns.open.values[row]!);
}
