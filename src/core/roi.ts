import type { Grid, GridPrice } from './grid.ts';

const MINUTE_MS = 60_000;

/** From so many minutes after an entry on, its target lies at this profit. */
export interface RoiStep {
  readonly afterMinutes: number;
  /** Percent of the entry's price: 0 and more, below 100. */
  readonly percent: number;
}

/** By rising minutes and falling percents; the first step is at 0 minutes. */
export type RoiTable = readonly RoiStep[];

/** The profit percent that a table asks for `elapsed` milliseconds after the entry. */
export function profitPercentAfter(table: RoiTable, elapsed: number): number {
  let percent = table[0]!.percent;
  for (const step of table) if (step.afterMinutes * MINUTE_MS <= elapsed) percent = step.percent;
  return percent;
}

/** Milliseconds from the entry to the first step after `elapsed` of them; Infinity after the last step. */
export function nextStepAfter(table: RoiTable, elapsed: number): number {
  const next = table.find(({ afterMinutes }) => afterMinutes * MINUTE_MS > elapsed);
  return next === undefined ? Number.POSITIVE_INFINITY : next.afterMinutes * MINUTE_MS;
}

/** Where an entry at `price` has made `percent`, before fees; on the tick and never farther away than asked. */
export function profitTarget(grid: Grid, direction: 'long' | 'short', price: GridPrice, percent: number): GridPrice {
  const sign = direction === 'long' ? 1 : -1;
  return grid.toTick(grid.priceNumber(price) * (1 + (sign * percent) / 100), sign > 0 ? 'down' : 'up');
}

/** The nearer to the entry of two targets; the second where there is no first. */
export function nearerTarget(direction: 'long' | 'short', one: GridPrice | undefined, other: GridPrice): GridPrice {
  if (one === undefined) return other;
  return one < other === (direction === 'long') ? one : other;
}
