import type { Brackets } from './bots.ts';
import type { Grid, GridPrice } from './grid.ts';
import { nearerTarget, profitTarget } from './roi.ts';
import type { Trail, TrailDistance } from './trailing.ts';

/** Stop and target as prices on the grid. */
export interface BracketLevels {
  readonly stop: GridPrice;
  readonly target: GridPrice | undefined;
}

/** A stop that begins where the bracket has it and follows the price. */
export interface AttachedTrail {
  readonly distance: TrailDistance;
  /** How far above the fill (below it for a short) the price must have been before it follows, quote per base; 0 at once. */
  readonly activation: number;
}

/**
 * What goes out with an entry: levels when they count from the signal, distances (quote per base) when they count from
 * the fill that is not known yet.
 */
export type BracketPlan = {
  readonly trail?: AttachedTrail | undefined;
  /** The target lies no farther than so many percent of the fill from it, on the tick. */
  readonly profitPercent?: number | undefined;
} & (
  | { readonly kind: 'levels'; readonly levels: BracketLevels }
  | {
      readonly kind: 'distances';
      readonly stop: number;
      readonly target: number | undefined;
      readonly rounding: Brackets['rounding'];
    }
);

/**
 * Levels around an anchor price. The stop of a long lies below it and the target above; a short's are mirrored.
 * With `toward-entry` both lie on the tick and never farther away than asked: a larger loss or a later profit than
 * decided is the worse mistake.
 *
 * @param anchor Quote per base.
 * @param stop Distance, positive. @param target Distance, positive, or undefined for none.
 */
export function bracketLevels(
  grid: Grid,
  direction: 'long' | 'short',
  anchor: number,
  stop: number,
  target: number | undefined,
  rounding: Brackets['rounding'],
): BracketLevels {
  const sign = direction === 'long' ? 1 : -1;
  const stopPrice = anchor - sign * stop;
  const targetPrice = target === undefined ? undefined : anchor + sign * target;
  if (rounding === 'none') {
    return { stop: grid.priceOf(stopPrice), target: targetPrice === undefined ? undefined : grid.priceOf(targetPrice) };
  }
  return {
    stop: grid.toTick(stopPrice, direction === 'long' ? 'up' : 'down'),
    target: targetPrice === undefined ? undefined : grid.toTick(targetPrice, direction === 'long' ? 'down' : 'up'),
  };
}

/** The levels of a plan once its anchor is known: `fillPrice` is where the entry filled. */
export function levelsAt(
  plan: BracketPlan,
  grid: Grid,
  direction: 'long' | 'short',
  fillPrice: GridPrice,
): BracketLevels {
  const levels =
    plan.kind === 'levels'
      ? plan.levels
      : bracketLevels(grid, direction, grid.priceNumber(fillPrice), plan.stop, plan.target, plan.rounding);
  if (plan.profitPercent === undefined) return levels;
  const target = profitTarget(grid, direction, fillPrice, plan.profitPercent);
  return { stop: levels.stop, target: nearerTarget(direction, levels.target, target) };
}

/** How the stop of an entry that filled at `fillPrice` follows the price. */
export function trailAt(
  { distance, activation }: AttachedTrail,
  grid: Grid,
  direction: 'long' | 'short',
  fillPrice: GridPrice,
): Trail {
  if (!(activation > 0)) return { distance, activation: undefined };
  const sign = direction === 'long' ? 1 : -1;
  return {
    distance,
    activation: grid.toTick(grid.priceNumber(fillPrice) + sign * activation, sign > 0 ? 'up' : 'down'),
  };
}
