import type { Order } from '#core/orders.ts';
import type { Decision } from '#core/signals.ts';
import type { RunListener, SymbolRun } from './symbol-run.ts';

/**
 * What is written down as a run goes on. A promise means that the run must wait for it: intents are stored before their
 * orders leave, and nothing else ever waits without need.
 */
export interface Recorder extends RunListener {
  /** An order that is to leave, and what led to it. */
  intent(run: SymbolRun, order: Order, decision: Decision): void;
  /** Stores every intent there is, and what became of every symbol so far: after it the orders leave. */
  beforeSending(): Promise<void> | undefined;
  /** A decision that no order came of: the filters or limits did not let it through, or it holds for a reason worth keeping. */
  refused(run: SymbolRun, decision: Decision, why: string): void;
  /** The end of a boundary: every candle of it is decided. */
  boundary(): Promise<void> | undefined;
}

/** Keeps only to which run each fill and each payment came: several symbols of an account trade in turn. */
export class BookingOrder implements Recorder {
  /** Oldest first. */
  readonly runs: SymbolRun[] = [];

  fill(run: SymbolRun): void {
    this.runs.push(run);
  }

  carry(run: SymbolRun): void {
    this.runs.push(run);
  }

  call(): void {}

  intent(): void {}

  order(): void {}

  refused(): void {}

  beforeSending(): undefined {}

  boundary(): undefined {}
}

/** Writes nothing: a backtest reads its result from the run's own columns. */
export const NO_RECORDS: Recorder = {
  intent: () => undefined,
  beforeSending: () => undefined,
  refused: () => undefined,
  order: () => undefined,
  fill: () => undefined,
  carry: () => undefined,
  boundary: () => undefined,
  call: () => undefined,
};
