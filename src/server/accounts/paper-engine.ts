import { systemClock } from '#adapters/clock/system.ts';
import { BreathingPace, TimedPace } from '#adapters/market-data/pace.ts';
import { readStoredBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { type ComposedTrading, composeTrading, type LiveAccount } from '../compose.ts';
import type { PaperMarket } from '../markets/markets.ts';
import { Requests } from '../requests.ts';
import type { Asking } from '../strategies.ts';
import { LiveState } from '../views/live-state.ts';
import type { RunningPaperBot } from './paper-bots.ts';

/** Whom the bots of an engine ask. */
export interface EngineModels {
  /** Undefined for a bot that asks nobody. @param abort Calls its questions off. */
  asking(bot: Bot, abort: AbortSignal): Asking | undefined;
  /** Why a bot takes no entries because of its models; undefined while it may. */
  readonly safeMode: (bot: Bot) => string | undefined;
}

/** A live account, and what may end its start. */
export interface StartedAccount extends Omit<LiveAccount, 'abort'> {
  readonly stop: AbortSignal;
}

/** A running paper engine with what pages read of it. */
export interface PaperEngine {
  readonly composed: ComposedTrading;
  readonly state: LiveState;
  /** What people ask of its bots. */
  readonly requests: Requests;
  /** Resolves when the market has ended or `stop` was called; rejects when it cannot go on. */
  run(): Promise<void>;
  stop(): void;
}

/**
 * @param speed Times faster than real time; null for as fast as it goes.
 * @param onStored Told of each change-set once it is stored and the state has taken it in.
 * @param live The account that the bots trade on; left out, the exchange inside.
 * @throws the reason of `live.stop` when it fires before the engine can run
 */
export async function startPaperEngine(
  stored: readonly RunningPaperBot[],
  market: PaperMarket,
  store: Store,
  speed: number | null,
  onStored: (changes: ChangeSet) => void,
  live?: StartedAccount,
  models?: EngineModels,
): Promise<PaperEngine> {
  const abort = new AbortController();
  live?.stop.addEventListener('abort', () => abort.abort(live.stop.reason), { once: true });
  live?.stop.throwIfAborted();
  let timed: TimedPace | undefined;
  let state: LiveState | undefined;
  let requests: Requests | undefined;
  const composed = await composeTrading({
    bots: stored.map(({ bot: row, account, margin }) => ({
      row,
      account,
      bot: readStoredBotFile(row.file),
      margin,
      ...(live && { live: { ...live, abort: abort.signal } }),
    })),
    market,
    store,
    wall: systemClock,
    pace: (reached) => {
      if (market.pace) return market.pace(abort.signal);
      if (speed === null) return new BreathingPace(systemClock, abort.signal);
      timed = new TimedPace(speed, reached, systemClock, abort.signal);
      return timed;
    },
    asking: models && ((bot) => models.asking(bot, abort.signal)),
    onStored: (changes) => {
      state?.take(changes);
      requests?.take(changes);
      onStored(changes);
    },
  });
  const marketNow = () => market.now?.() ?? timed?.now() ?? composed.clock.now();
  state = new LiveState(composed, store, market, marketNow, models?.safeMode);
  await state.load();
  const asked = new Requests(composed, store);
  requests = asked;
  return {
    composed,
    state,
    requests: asked,
    run: () => composed.run().finally(() => asked.end()),
    stop: () => {
      composed.feed.close();
      abort.abort();
    },
  };
}
