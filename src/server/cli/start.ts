import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireEngineLock } from '#adapters/store/sqlite/lock.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Broker } from '#adapters/venues/broker.ts';
import { readBotFile } from '#contract/bot-file.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { epochMs, type Timeframe } from '#core/time.ts';
import type { BotRow, ChangeSet, Store } from '#ports/store.ts';
import { type BotFile, loadBotFile } from '../bot-files.ts';
import { type Config, loadConfig, loadVenueAccess } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { EXITS, InputError } from '../errors.ts';
import { checkClock, chooseLiveBot, type LiveBot, marketOf } from '../live-bots.ts';
import { type ChosenMarket, checkSpeed, chooseMarket } from '../market-choice.ts';
import type { PaperMarket } from '../markets.ts';
import { openSeries, type ReplayFile, readReplayFiles } from '../markets.ts';
import { type AskedLimits, newPaperBot, type StoredPaperBot, storeLimits, storePaperBots } from '../paper-bots.ts';
import { type PaperEngine, startPaperEngine } from '../paper-engine.ts';
import { checkPort } from '../port.ts';
import type { VenueName } from '../venue-access.ts';
import type { Market, Speed } from './option-values.ts';

/** What `autotrader start` was asked for. */
export interface StartOptions {
  /** Undefined for the usual one. */
  readonly market: Market | undefined;
  readonly speed: Speed | undefined;
  readonly exitAtEnd: boolean;
  readonly web: boolean;
  /** Bot files to run; empty runs those already there, or the example. */
  readonly bots: readonly string[];
  readonly allowGaps: boolean;
  /** Files of what happened inside the candles of a replay, with commas between. */
  readonly inside?: string;
  readonly limits: AskedLimits;
  /** Whose account the bots trade on; undefined for paper accounts of our own. */
  readonly venue: VenueName | undefined;
  /** `venue`: market time is what the venue's candles tell. */
  readonly clock: 'wall' | 'venue';
  /** When the market of a replay trades. */
  readonly calendar: CalendarName;
}

const EXAMPLE = fileURLToPath(new URL('../../../examples/trend-three.json', import.meta.url));

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Runs paper bots on a market, with pages to watch them, until it is stopped or the market ends. */
export async function start(options: StartOptions): Promise<void> {
  const config = loadConfig();
  const access = options.venue && loadVenueAccess(options.venue);
  const wanted = access === undefined ? options.market : marketOf(access, options.market);
  checkSpeed(options.speed, wanted);
  checkClock(options.clock, access);
  // All that can be refused is looked at before anything is stored.
  const asked = await readWhatIsAsked(options);
  if (options.web) await checkPort(config);
  await mkdir(config.dataDir, { recursive: true });
  const lock = acquireEngineLock(config.dataDir);
  const store = await SqliteStore.open(join(config.dataDir, DATABASE));
  try {
    const { speed } = options;
    const toldTime = options.clock === 'venue';
    const chosen = await chooseMarket({
      market: wanted,
      speed,
      replay: asked.replay,
      config,
      store,
      say,
      access,
      toldTime,
    });
    const { market, bots, broker }: Partial<LiveBot> & Chosen =
      access === undefined
        ? await chooseBots(asked.bots, chosen, store)
        : await chooseLiveBot(asked.bots, chosen, store, access);
    const limited = await storeLimits(store, bots, options.limits);
    await runUntilStopped(options, config, store, market, limited, chosen.speed, broker).finally(() => broker?.close());
  } finally {
    await store.close();
    lock.release();
  }
}

/** The files that were named, read. */
interface Asked {
  readonly bots: readonly BotFile[];
  /** Empty but for a replay. */
  readonly replay: readonly ReplayFile[];
}

async function readWhatIsAsked({ market, bots, allowGaps, calendar, inside, venue }: StartOptions): Promise<Asked> {
  if (inside !== undefined && market?.kind !== 'replay') {
    throw new InputError(
      `Cannot take "${inside}" as --inside is of a replay, whose candles it tells more of; add --market replay:FILE, or leave it out`,
    );
  }
  return {
    bots: await Promise.all([...new Set(bots)].map(venue === undefined ? paperBotFile : loadBotFile)),
    replay:
      market?.kind === 'replay'
        ? await readReplayFiles(market.file, inside, { allowGaps, calendar: CALENDARS[calendar] }, say)
        : [],
  };
}

/** @throws InputError for what paper trading cannot carry yet. */
async function paperBotFile(path: string): Promise<BotFile> {
  const file = await loadBotFile(path);
  if (file.bot.leverage === undefined) return file;
  throw new InputError(
    `Cannot run "${path}" on paper as positions on margin are reckoned in backtests only so far: ` +
      'its "leverage" must be left out; leave it out, or try the bot with "autotrader backtest --margin"',
  );
}

interface Chosen {
  readonly market: PaperMarket;
  readonly bots: StoredPaperBot[];
}

/** The market, and the paper bots that run on it as they are stored: those already there, and those that were named. */
async function chooseBots(files: readonly BotFile[], chosen: ChosenMarket, store: Store): Promise<Chosen> {
  const now = epochMs(Date.now());
  const stored = await withAccounts(store, await store.bots());
  for (const { bot, account } of stored.filter(isElsewhere))
    say(`"${bot.name}" trades on ${account.name} and does not run now: --venue ${account.venue} goes on with it.`);
  const there = stored.filter((one) => !isElsewhere(one) && one.bot.market === chosen.name);
  const added = files.length + there.length > 0 ? files : [await exampleBot(chosen.timeframe)];
  const running = [
    ...there.map(({ bot: { file, createdAt } }) => ({ bot: readBotFile(file), createdAt })),
    ...added.map(({ bot }) => ({ bot, createdAt: now })),
  ];
  const market = await chosen.open(running);
  for (const { bot } of running) openSeries(market, bot);
  const seen = new Set(there.map(({ bot }) => bot.id));
  const fresh: StoredPaperBot[] = [];
  for (const { bot, text } of added) {
    const made = newPaperBot(bot, text, chosen.name, now);
    if (!seen.has(made.bot.id)) fresh.push(made);
    seen.add(made.bot.id);
  }
  return { market, bots: [...there, ...(await storePaperBots(store, fresh))] };
}

/** Whether a bot trades on somebody else's venue. */
function isElsewhere({ account }: StoredPaperBot): boolean {
  return account.venue !== 'simulated';
}

/** The bot of a first start; on a recording, on the recording's timeframe. */
async function exampleBot(timeframe: Timeframe | undefined): Promise<BotFile> {
  const { text } = await loadBotFile(EXAMPLE);
  const file = JSON.stringify({ ...JSON.parse(text), ...(timeframe && { timeframe }) });
  return { bot: readBotFile(file), text: file };
}

async function withAccounts(store: Store, rows: readonly BotRow[]): Promise<StoredPaperBot[]> {
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
  bots: readonly StoredPaperBot[],
  speed: number | null,
  broker: Broker | undefined,
): Promise<void> {
  let onStored: (changes: ChangeSet) => void = () => undefined;
  const engine = await startPaperEngine(
    bots,
    market,
    store,
    speed,
    (changes) => onStored(changes),
    broker && { broker, say },
  );
  // Fastify and Socket.IO are loaded only for those who want pages.
  const { openDashboard } = options.web ? await import('../dashboard.ts') : {};
  const pages = await openDashboard?.({ config, store, market, engine, speed, say });
  onStored = (changes) => pages?.push.stored(changes);
  const stopped = untilSignal(engine);
  const names = bots.map(({ bot }) => bot.name).join(', ');
  const place = market.pace ? market.label : `the ${market.label.toLowerCase()} market`;
  if (pages) process.stdout.write(`Autotrader runs ${names} on ${place}: ${pages.address}\n`);
  else say(`Autotrader runs ${names} on ${place}, without pages.`);
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
