import { systemClock } from '#adapters/clock/system.ts';
import { BreathingPace, TimedPace } from '#adapters/market-data/pace.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { type ComposedPaper, composePaper } from './compose.ts';
import { LiveState } from './live-state.ts';
import type { PaperMarket } from './markets.ts';
import type { RunningPaperBot } from './paper-bots.ts';

/** A running paper engine with what pages read of it. */
export interface PaperEngine {
  readonly composed: ComposedPaper;
  readonly state: LiveState;
  /** Resolves when the market has ended or `stop` was called; rejects when it cannot go on. */
  run(): Promise<void>;
  stop(): void;
}

/**
 * @param speed Times faster than real time; null for as fast as it goes.
 * @param onStored Told of each change-set once it is stored and the state has taken it in.
 */
export async function startPaperEngine(
  stored: readonly RunningPaperBot[],
  market: PaperMarket,
  store: Store,
  speed: number | null,
  onStored: (changes: ChangeSet) => void,
): Promise<PaperEngine> {
  const abort = new AbortController();
  let timed: TimedPace | undefined;
  let state: LiveState | undefined;
  const composed = await composePaper({
    bots: stored.map(({ bot: row, account, margin }) => ({ row, account, margin, bot: readBotFile(row.file) })),
    market,
    store,
    wall: systemClock,
    pace: (reached) => {
      if (market.pace) return market.pace(abort.signal);
      if (speed === null) return new BreathingPace(systemClock, abort.signal);
      timed = new TimedPace(speed, reached, systemClock, abort.signal);
      return timed;
    },
    onStored: (changes) => {
      state?.take(changes);
      onStored(changes);
    },
  });
  const marketNow = () => market.now?.() ?? timed?.marketNow() ?? composed.clock.now();
  state = new LiveState(composed, store, market, marketNow);
  await state.load();
  return {
    composed,
    state,
    run: composed.run,
    stop: () => {
      composed.feed.close();
      abort.abort();
    },
  };
}
