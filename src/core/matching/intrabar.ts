import type { Grid } from '../grid.ts';
import { CheckWalk } from '../price-checks.ts';
import { type ExecutionModel, rowModelOf } from './execution-model.ts';
import { PathWalk } from './price-path.ts';
import type { RestingOrders } from './resting.ts';
import type { OnTrailed, RowWalk } from './row-walk.ts';

/** What fires in the rows of a tape, as the execution model has it. */
export function rowWalk(grid: Grid, book: RestingOrders, model: ExecutionModel, onTrailed: OnTrailed): RowWalk {
  const rowModel = rowModelOf(model);
  if (rowModel === 'ohlc-adaptive') return new PathWalk(grid, book, model, onTrailed);
  return new CheckWalk(grid, book, model, rowModel === 'target-first', onTrailed);
}
