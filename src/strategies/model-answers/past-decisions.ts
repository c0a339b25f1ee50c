import type { EpochMs } from '#core/time.ts';
import type { Recommendation } from '#core/votes.ts';

/** What a bot decided on a symbol, as it is told to models later. */
export interface PastDecision {
  readonly at: EpochMs;
  /** The close that it was decided at. */
  readonly price: number;
  readonly recommendation: Recommendation;
  readonly confidence: number | undefined;
  readonly rule: string;
}

/** So many are told. */
export const DECISIONS_TOLD = 5;

/** The last decisions of a bot on a symbol, oldest first; after a restart it begins with those that are stored. */
export class PastDecisions {
  private decisions: readonly PastDecision[];

  constructor(stored: readonly PastDecision[] = []) {
    this.decisions = stored.slice(-DECISIONS_TOLD);
  }

  get last(): readonly PastDecision[] {
    return this.decisions;
  }

  add(decision: PastDecision): void {
    this.decisions = [...this.decisions, decision].slice(-DECISIONS_TOLD);
  }
}
