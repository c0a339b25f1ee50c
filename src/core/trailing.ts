import { unreachable } from './brand.ts';
import type { Grid, GridPrice } from './grid.ts';

/** How far a trailing stop stays behind the best price. */
export type TrailDistance =
  /** Quote per base, above 0. */
  | { readonly kind: 'absolute'; readonly distance: number }
  /** Percent of the best price: above 0, below 100. */
  | { readonly kind: 'percent'; readonly percent: number };

/** How a trailing stop follows the price. */
export interface Trail {
  readonly distance: TrailDistance;
  /** It follows only once the price has been here; undefined for at once. */
  readonly activation: GridPrice | undefined;
}

/**
 * Where a trailing stop lies once the price has been at `best`, on the tick and never farther away than asked.
 *
 * It depends on the best price alone, and rises with it: so the highest of its levels is the level of the highest price,
 * and a stop that keeps the better of two levels needs to remember nothing else.
 *
 * @param side Of the stop: a sell trails below the highest price, a buy above the lowest.
 * @param best Quote per base.
 * @returns undefined before the activation price was reached.
 */
export function trailedLevel(grid: Grid, side: 'buy' | 'sell', trail: Trail, best: number): GridPrice | undefined {
  const { activation, distance } = trail;
  if (activation !== undefined) {
    const from = grid.priceNumber(activation);
    if (side === 'sell' ? best < from : best > from) return undefined;
  }
  const behind = distanceFrom(best, distance);
  return side === 'sell' ? grid.toTick(best - behind, 'up') : grid.toTick(best + behind, 'down');
}

function distanceFrom(best: number, distance: TrailDistance): number {
  switch (distance.kind) {
    case 'absolute':
      return distance.distance;
    case 'percent':
      return (best * distance.percent) / 100;
    default:
      return unreachable(distance);
  }
}

/** Why no stop can trail like this, or undefined. */
export function trailRefusal({ distance }: Trail): string | undefined {
  if (distance.kind === 'absolute') {
    return distance.distance > 0 ? undefined : `its distance must be above 0: current value is ${distance.distance}`;
  }
  return distance.percent > 0 && distance.percent < 100
    ? undefined
    : `its distance must be above 0 % and below 100 %: current value is ${distance.percent} %`;
}
