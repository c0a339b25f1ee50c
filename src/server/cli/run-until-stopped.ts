import { once } from 'node:events';
import type { Patience } from '#adapters/calls/patience.ts';
import type { Broker } from '#adapters/venues/broker.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { marketNow } from '../accounts/live-bots.ts';
import type { RunningPaperBot } from '../accounts/paper-bots.ts';
import { startPaperEngine } from '../accounts/paper-engine.ts';
import type { Config } from '../config.ts';
import type { PaperMarket } from '../markets/markets.ts';
import type { ToldContext } from '../models/context.ts';
import { StopSignal } from './stop-signal.ts';

/** The account that live bots trade on. */
export interface RunningAccount {
  readonly broker: Broker;
  readonly patience: Patience;
  /** Whom the signals have stopped since before there was an engine. */
  readonly stop: StopSignal;
}

/** What is to run, and on what. */
export interface Running {
  readonly config: Config;
  readonly store: Store;
  readonly market: PaperMarket;
  readonly bots: readonly RunningPaperBot[];
  /** Times faster than real time; null for as fast as it goes. */
  readonly speed: number | null;
  /** Left out, the bots trade on paper. */
  readonly live?: RunningAccount;
  readonly say: (line: string) => void;
  /** What a command line says to run another file here, without `--bot`. */
  readonly startCommand: string;
}

export interface RunOptions {
  /** With pages to watch. */
  readonly web: boolean;
  /** Whether a market's end is ours. */
  readonly exitAtEnd: boolean;
}

/** Runs bots until the market ends. @throws Stopped when a signal ended it, after its boundary; what it cannot go on after */
export async function runUntilStopped(options: RunOptions, running: Running): Promise<void> {
  const { config, store, market, bots, speed, live, say, startCommand } = running;
  let onStored: (changes: ChangeSet) => void = () => undefined;
  // What asks the sources of it is loaded only where somebody wants to know.
  let context: ToldContext | undefined;
  const knownWorld = async () => (context ??= (await import('../models/context.ts')).openContext(config));
  const models = bots.some(({ bot }) => bot.kind !== 'indicator-rules')
    ? await (await import('../models/engine-models.ts')).engineModels({
        config,
        bots,
        market,
        store,
        context: knownWorld,
        say,
      })
    : undefined;
  const engine = await startPaperEngine(
    bots,
    market,
    store,
    speed,
    (changes) => onStored(changes),
    live && { ...live, stop: live.stop.abort, say, marketNow: () => marketNow(market) },
    models,
  );
  // Fastify and Socket.IO are loaded only for those who want pages.
  const { openDashboard } = options.web ? await import('../dashboard.ts') : {};
  const pages = await openDashboard?.({
    ...{ config, store, market, engine, speed, say, startCommand },
    context: await knownWorld(),
  });
  onStored = (changes) => pages?.push.stored(changes);
  const stop = live?.stop ?? new StopSignal();
  stop.abort.addEventListener('abort', () => engine.stop(), { once: true });
  if (stop.abort.aborted) engine.stop();
  const names = bots.map(({ bot }) => bot.name).join(', ');
  const place = market.pace ? market.label : `the ${market.label.toLowerCase()} market`;
  if (pages) process.stdout.write(`Autotrader runs ${names} on ${place}: ${pages.address}\n`);
  else say(`Autotrader runs ${names} on ${place}, without pages.`);
  try {
    await engine.run();
    if (!stop.abort.aborted && !options.exitAtEnd) {
      say('The market has ended; the pages stay until you press Ctrl-C.');
      await once(stop.abort, 'abort');
    }
  } catch (error) {
    engine.state.fail(error instanceof Error ? error.message : String(error));
    pages?.push.bots();
    if (live !== undefined) say(`What is at ${live.broker.name} stays there, stops too; start again to go on with it.`);
    throw error;
  } finally {
    await pages?.close();
    context?.close();
    stop.forget();
  }
  stop.abort.throwIfAborted();
}
