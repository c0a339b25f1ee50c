import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '#adapters/random/system.ts';
import { acquireEngineLock } from '#adapters/store/sqlite/lock.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import type { ChangeSet, Store } from '#ports/store.ts';
import { type BotFile, loadBotFile } from '../bot-files.ts';
import { type Config, loadConfig } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { EXITS, InputError } from '../errors.ts';
import type { PaperMarket } from '../markets.ts';
import { replayMarket, simulatedMarket } from '../markets.ts';
import { type NewPaperBot, newPaperBot, storePaperBots } from '../paper-bots.ts';
import { type PaperEngine, startPaperEngine } from '../paper-engine.ts';
import type { Market, Speed } from './option-values.ts';

/** What `autotrader start` was asked for. */
export interface StartOptions {
  readonly market: Market;
  readonly speed: Speed | undefined;
  readonly exitAtEnd: boolean;
  readonly web: boolean;
  /** Bot files to run; empty runs those already there, or the example. */
  readonly bots: readonly string[];
  readonly allowGaps: boolean;
}

const EXAMPLE = fileURLToPath(new URL('../../../examples/trend-three.json', import.meta.url));
/** A minute of the market in a second: something happens while one looks. */
const SIMULATED_SPEED = 60;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Runs paper bots on a market, with pages to watch them, until it is stopped or the market ends. */
export async function start(options: StartOptions): Promise<void> {
  const config = loadConfig();
  const speed = speedOf(options.speed, options.market);
  await mkdir(config.dataDir, { recursive: true });
  const lock = acquireEngineLock(config.dataDir);
  const store = await SqliteStore.open(join(config.dataDir, DATABASE));
  try {
    const { market, bots } = await chooseBots(options, store);
    await runUntilStopped(options, config, store, market, bots, speed);
  } finally {
    await store.close();
    lock.release();
  }
}

/** The market, and the bots that run on it as they are stored. */
async function chooseBots(
  { market: choice, bots: files, allowGaps }: StartOptions,
  store: Store,
): Promise<{ market: PaperMarket; bots: NewPaperBot[] }> {
  const now = epochMs(Date.now());
  const stored = await store.bots();
  if (choice.kind === 'simulated') {
    const market = simulatedMarket(stored, systemRandom, now);
    const there = stored.filter((row) => row.market === market.name);
    if (files.length === 0 && there.length > 0) return { market, bots: await withAccounts(store, there) };
    return { market, bots: await paperBots(store, await botFiles(files), market.name, now) };
  }
  const bots = await botFiles(files);
  const market = await replayMarket(
    choice.file,
    bots.map(({ bot }) => bot),
    allowGaps,
    say,
  );
  return { market, bots: await paperBots(store, bots, market.name, now) };
}

async function botFiles(paths: readonly string[]): Promise<BotFile[]> {
  return Promise.all((paths.length > 0 ? paths : [EXAMPLE]).map(loadBotFile));
}

function paperBots(store: Store, files: readonly BotFile[], market: string, now: EpochMs): Promise<NewPaperBot[]> {
  return storePaperBots(
    store,
    files.map(({ bot, text }) => newPaperBot(bot, text, market, now)),
  );
}

async function withAccounts(store: Store, rows: readonly NewPaperBot['bot'][]): Promise<NewPaperBot[]> {
  const accounts = await store.accounts();
  return rows.map((bot) => {
    const account = accounts.find(({ id }) => id === bot.accountId);
    if (!account) throw new Error(`The account ${bot.accountId} of the bot ${bot.id} is not stored`);
    return { bot, account };
  });
}

async function runUntilStopped(
  options: StartOptions,
  config: Config,
  store: Store,
  market: PaperMarket,
  bots: readonly NewPaperBot[],
  speed: number | null,
): Promise<void> {
  let onStored: (changes: ChangeSet) => void = () => undefined;
  const engine = await startPaperEngine(bots, market, store, speed, (changes) => onStored(changes));
  // Fastify and Socket.IO are loaded only for those who want pages.
  const { openDashboard } = options.web ? await import('../dashboard.ts') : {};
  const pages = await openDashboard?.({ config, store, market, engine, speed, say });
  onStored = (changes) => pages?.push.stored(changes);
  const stopped = untilSignal(engine);
  const names = bots.map(({ bot }) => bot.name).join(', ');
  if (pages)
    process.stdout.write(`Autotrader runs ${names} on the ${market.label.toLowerCase()} market: ${pages.address}\n`);
  else say(`Autotrader runs ${names} on the ${market.label.toLowerCase()} market, without pages.`);
  try {
    await engine.run();
    if (!stopped.signal && !options.exitAtEnd) {
      say('The market has ended; the pages stay until you press Ctrl-C.');
      await stopped.promise;
    }
  } catch (error) {
    engine.state.fail(error instanceof Error ? error.message : String(error));
    pages?.push.bots();
    throw error;
  } finally {
    await pages?.close();
    stopped.forget();
  }
  if (stopped.signal) process.exitCode = stopped.signal === 'SIGINT' ? EXITS.interrupted.code : EXITS.terminated.code;
}

/** The first signal stops the engine after its boundary, a second one ends the process at once. */
function untilSignal(engine: PaperEngine) {
  const state: { signal: NodeJS.Signals | undefined } = { signal: undefined };
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSignal = (signal: NodeJS.Signals) => {
    if (state.signal) process.exit(EXITS.fault.code);
    state.signal = signal;
    engine.stop();
    resolve();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    promise,
    get signal() {
      return state.signal;
    },
    forget: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}

/** @returns null for as fast as it goes. @throws InputError for a market that would never end. */
function speedOf(asked: Speed | undefined, { kind }: Market): number | null {
  if (asked === undefined) return kind === 'simulated' ? SIMULATED_SPEED : 1;
  if (asked !== 'max') return asked;
  if (kind === 'replay') return null;
  throw new InputError(
    'Cannot run the simulated market at "max" speed as it never ends; give a number, for example --speed 600',
  );
}
