import type { Order } from '#core/orders.ts';
import type { Decision } from '#core/signals.ts';
import type { RunListener, SymbolRun } from './symbol-run.ts';

/**
 * What is written down as a run goes on. A promise means that the run must wait for it: an intent is stored before its
 * order leaves, and nothing else ever waits without need.
 */
export interface Recorder extends RunListener {
  /** Before an order leaves: its intent and all that led to it. */
  intent(run: SymbolRun, order: Order, decision: Decision): Promise<void> | undefined;
  /** A decision that the filters or limits did not let through. */
  refused(run: SymbolRun, decision: Decision, why: string): void;
  /** The end of a boundary: every candle of it is decided. */
  boundary(): Promise<void> | undefined;
}

/** Writes nothing: a backtest reads its result from the run's own columns. */
export const NO_RECORDS: Recorder = {
  intent: () => undefined,
  refused: () => undefined,
  order: () => undefined,
  fill: () => undefined,
  boundary: () => undefined,
};
