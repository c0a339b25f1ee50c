import type { Decision } from '#core/signals.ts';
import type { Venue } from '#ports/venue.ts';
import type { Account } from './account.ts';
import { execute } from './execute.ts';
import { planEntry, planExit } from './plan.ts';
import type { Recorder } from './recorder.ts';
import type { SymbolRun } from './symbol-run.ts';

/**
 * One bot over all its symbols: at each boundary, one pass of the cycle for every symbol whose candle closed. A pass
 * that nothing makes wait is synchronous from the decision to the venue's answer.
 */
export class BotRun {
  readonly runs: readonly SymbolRun[];
  readonly account: Account;
  readonly recorder: Recorder;
  private readonly venue: Venue;

  constructor(runs: readonly SymbolRun[], account: Account, venue: Venue, recorder: Recorder) {
    this.runs = runs;
    this.account = account;
    this.venue = venue;
    this.recorder = recorder;
  }

  step(): Promise<void> | undefined {
    const { runs } = this;
    for (let k = 0; k < runs.length; k++) {
      const run = runs[k]!;
      const i = run.candles.length - 1;
      if (i < run.decided) continue;
      const decision = run.decide(i);
      const work = decision instanceof Promise ? this.actLate(run, i, decision) : this.act(run, i, decision);
      if (work !== undefined) return this.finish(work);
    }
    return undefined;
  }

  /** The rest of a step after something had to be waited for. */
  private async finish(first: Promise<void>): Promise<void> {
    await first;
    // Those before are decided: the same pass goes on where it had to wait.
    await this.step();
  }

  private async actLate(run: SymbolRun, i: number, decision: Promise<Decision>): Promise<void> {
    await this.act(run, i, await decision);
  }

  /** Filter, size and execute. */
  private act(run: SymbolRun, i: number, decision: Decision): Promise<void> | undefined {
    run.note(i, decision.reason);
    switch (decision.kind) {
      case 'hold':
        return undefined;
      case 'exit':
        return execute(run, planExit(run, i), decision, this.recorder, this.venue);
      case 'enter': {
        // An entry's fee is paid out of the same equity.
        const equity = this.account.equityNow() / (1 + run.grid.takerFraction);
        const verdict = planEntry(run, i, decision, equity, this.room(run, equity));
        if (verdict.kind === 'approved') return execute(run, verdict.order, decision, this.recorder, this.venue);
        run.note(i, verdict.reason);
        this.recorder.refused(run, decision, verdict.why);
        return undefined;
      }
    }
  }

  /** What an entry may still commit: rounded down into the run's grid units, as limits are. */
  private room(run: SymbolRun, equity: number): { readonly ofCapital: number; readonly ofEquity: number } {
    const { priceScale, quantityScale } = run.grid;
    const scale = priceScale * quantityScale;
    let committed = 0;
    for (const other of this.runs) committed += other.committed();
    return {
      ofCapital: Math.floor((run.capital - committed) * scale),
      ofEquity: Math.floor((equity - this.account.committed()) * scale),
    };
  }
}
