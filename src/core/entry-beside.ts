import type { LimitEntry } from './bots.ts';

/**
 * Where an entry waits while the market trades at `price`: under it for a long, above it for a short, and at it for an entry
 * at the market. Quote per base, before it is rounded to the tick.
 */
export function entryBeside(price: number, direction: 'long' | 'short', order: LimitEntry | undefined): number {
  const offset = (order?.offsetPercent ?? 0) / 100;
  return direction === 'long' ? price * (1 - offset) : price * (1 + offset);
}
