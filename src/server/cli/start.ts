import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Patience } from '#adapters/calls/patience.ts';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { acquireEngineLock } from '#adapters/store/sqlite/lock.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { readBotFile, readStoredBotFile } from '#contract/bot-file.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { type EpochMs, epochMs, type Timeframe } from '#core/time.ts';
import type { BotRow, Store } from '#ports/store.ts';
import { marginAsked, marginText, storedMargin } from '../accounts/account-margin.ts';
import { checkClock, chooseLiveBot, type LiveBot, marketOf } from '../accounts/live-bots.ts';
import {
  type AskedLimits,
  newPaperBot,
  type RunningPaperBot,
  type StoredPaperBot,
  storeLimits,
  storePaperBots,
} from '../accounts/paper-bots.ts';
import { VENUE_NAMES, type VenueAccess, type VenueName } from '../accounts/venue-access.ts';
import { loadConfig, loadVenueAccess } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { InputError } from '../errors.ts';
import { type BotFile, loadBotFile } from '../files/bot-files.ts';
import { checkPort } from '../http/port.ts';
import { type ChosenMarket, checkSpeed, chooseMarket } from '../markets/market-choice.ts';
import type { PaperMarket } from '../markets/markets.ts';
import { openSeries, type ReplayFile, readReplayFiles } from '../markets/markets.ts';
import { checkModels } from '../models/models.ts';
import { newPrompts } from '../models/prompt-versions.ts';
import { startCommand } from '../previews/start-command.ts';
import { type MarginOptions, marginFor } from './margin-options.ts';
import type { Market, Speed } from './option-values.ts';
import { type RunningAccount, runUntilStopped } from './run-until-stopped.ts';
import { StopSignal } from './stop-signal.ts';

/** What `autotrader start` was asked for. */
export interface StartOptions extends MarginOptions {
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

/** A bot of each kind; a recording, which need not have all their symbols, is begun with the first alone. */
const EXAMPLES = ['trend-three', 'chart-vision', 'model-vote'].map((name) =>
  fileURLToPath(new URL(`../../../examples/${name}.json`, import.meta.url)),
);

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
  const named = asked.bots.map(({ bot }) => bot);
  checkModels(config, named);
  if (options.web) await checkPort(config);
  await mkdir(config.dataDir, { recursive: true });
  const lock = acquireEngineLock(config.dataDir);
  const store = await SqliteStore.open(join(config.dataDir, DATABASE));
  const live = access && liveStart(access);
  const answered = <Value>(step: () => Promise<Value>) =>
    live === undefined ? step() : live.patience.until(step, live.stop.abort);
  try {
    const { speed, clock } = options;
    const { replay } = asked;
    const wish = { market: wanted, speed, replay, config, store, say, access, toldTime: clock === 'venue' };
    const chosen = await answered(() => chooseMarket(wish));
    const { market, bots, broker }: Partial<LiveBot> & Chosen =
      access === undefined
        ? await chooseBots(asked.bots, chosen, store)
        : await answered(() => chooseLiveBot(asked.bots, chosen, store, access, say));
    const limited = await storeLimits(store, bots, options.limits);
    const running = {
      config,
      store,
      market,
      bots: await withMargin(limited),
      speed: chosen.speed,
      say,
      startCommand: startCommand({ ...options, market: wanted }),
    };
    await runUntilStopped(options, { ...running, ...(broker && live && { live: { ...live, broker } }) }).finally(() =>
      broker?.close(),
    );
  } finally {
    live?.stop.forget();
    await store.close();
    lock.release();
  }
}

/** Who waits for the account's venue while it does not answer, and until when: nothing runs yet that could be stopped. */
function liveStart({ venue }: VenueAccess): Pick<RunningAccount, 'patience' | 'stop'> {
  const parts = { venue: VENUE_NAMES[venue], clock: systemClock, random: systemRandom, say };
  return { patience: new Patience(parts), stop: new StopSignal() };
}

/** The files that were named, read. */
interface Asked {
  readonly bots: readonly AskedBot[];
  /** Empty but for a replay. */
  readonly replay: readonly ReplayFile[];
}

async function readWhatIsAsked(options: StartOptions): Promise<Asked> {
  const { market, bots, allowGaps, calendar, inside, venue } = options;
  if (inside !== undefined && market?.kind !== 'replay') {
    throw new InputError(
      `Cannot take "${inside}" as --inside is of a replay, whose candles it tells more of; add --market replay:FILE, or leave it out`,
    );
  }
  if (saysMargin(options)) checkMarginOptions(options);
  return {
    bots: await Promise.all(
      [...new Set(bots)].map((path) => (venue === undefined ? paperBotFile(path, options) : liveBotFile(path))),
    ),
    replay:
      market?.kind === 'replay'
        ? await readReplayFiles(market.file, inside, { allowGaps, calendar: CALENDARS[calendar] }, say)
        : [],
  };
}

function saysMargin({ margin, tiers, funding, borrowRate }: MarginOptions): boolean {
  return [margin, tiers, funding, borrowRate].some((one) => one !== undefined);
}

/** @throws InputError where there is nothing of ours to reckon on margin. */
function checkMarginOptions({ bots, venue }: StartOptions): void {
  const action = 'Cannot use --margin, --tiers, --funding and --borrow-rate as';
  if (venue !== undefined)
    throw new InputError(`${action} ${venue} reckons the margin of its accounts itself; leave them out`);
  if (bots.length === 0) throw new InputError(`${action} they are of the bots of --bot; add --bot and a file`);
}

/** A bot that was named, with what its account's row is to say of margin. */
interface AskedBot extends BotFile {
  readonly margin: string | null;
  /** Whether the command line says anything of it: a bot that is there goes on as it began otherwise. */
  readonly saysMargin: boolean;
}

/** @throws InputError when the file, or what is asked of margin, cannot be used. */
async function paperBotFile(path: string, options: MarginOptions): Promise<AskedBot> {
  const file = await loadBotFile(path);
  const asked = marginAsked(file.bot, options);
  await marginFor(file.bot, asked);
  return { ...file, margin: marginText(asked), saysMargin: saysMargin(options) };
}

/** @throws InputError when the file cannot be used. */
async function liveBotFile(path: string): Promise<AskedBot> {
  return { ...(await loadBotFile(path)), margin: null, saysMargin: false };
}

interface Chosen {
  readonly market: PaperMarket;
  readonly bots: StoredPaperBot[];
}

/** The market, and the paper bots that run on it as they are stored: those already there, and those that were named. */
async function chooseBots(files: readonly AskedBot[], chosen: ChosenMarket, store: Store): Promise<Chosen> {
  const now = epochMs(Date.now());
  const stored = await withAccounts(store, await store.bots());
  for (const { bot, account } of stored.filter(isElsewhere))
    say(`"${bot.name}" trades on ${account.name} and does not run now: --venue ${account.venue} goes on with it.`);
  const there = stored
    .filter((one) => !isElsewhere(one) && one.bot.market === chosen.name)
    .sort((a, b) => a.bot.createdAt - b.bot.createdAt);
  const added = files.length + there.length > 0 ? files : await exampleBots(chosen.timeframe);
  const fresh = newBots(added, there, chosen.name, now);
  const read = ({ bot: { file, createdAt } }: StoredPaperBot) => ({ bot: readStoredBotFile(file), createdAt });
  const starting = { there: there.map(read), fresh: fresh.map(read) };
  const prompts = await newPrompts(store, starting, now, say);
  const running = [...starting.there, ...starting.fresh];
  const market = await chosen.open(running);
  for (const { bot } of running) openSeries(market, bot);
  return { market, bots: [...there, ...(await storePaperBots(store, fresh, prompts))] };
}

/** The named bots that are not there yet, each once, in the order they were named. */
function newBots(
  added: readonly AskedBot[],
  there: readonly StoredPaperBot[],
  market: string,
  now: EpochMs,
): StoredPaperBot[] {
  const seen = new Map(there.map((one) => [one.bot.id, one]));
  const fresh: StoredPaperBot[] = [];
  for (const [k, { bot, text, margin, saysMargin }] of added.entries()) {
    // They keep their order.
    const made = newPaperBot(bot, text, market, (now + k) as EpochMs, margin);
    const same = seen.get(made.bot.id);
    if (same === undefined) fresh.push(made);
    else if (saysMargin) checkMargin(made, same);
    seen.set(made.bot.id, same ?? made);
  }
  return fresh;
}

/** @throws InputError when a bot that is there was begun on other terms: its positions stand on those. */
function checkMargin({ account }: StoredPaperBot, there: StoredPaperBot): void {
  if (account.margin === there.account.margin) return;
  const terms = (margin: string | null) => margin ?? 'none';
  throw new InputError(
    `Cannot go on with "${account.name}" as the terms of its margin must be those that it began with: they were ` +
      `${terms(there.account.margin)} and are ${terms(account.margin)}; give the same --margin, --tiers, --funding and ` +
      '--borrow-rate, or leave --bot out',
  );
}

async function withMargin(stored: readonly StoredPaperBot[]): Promise<RunningPaperBot[]> {
  return Promise.all(
    stored.map(async (one) => {
      const margin = await storedMargin(readStoredBotFile(one.bot.file), one.account.margin);
      return { ...one, margin };
    }),
  );
}

/** Whether a bot trades on somebody else's venue. */
function isElsewhere({ account }: StoredPaperBot): boolean {
  return account.venue !== 'simulated';
}

/** The bots of a first start; on a recording, one of the recording's timeframe. */
async function exampleBots(timeframe: Timeframe | undefined): Promise<readonly AskedBot[]> {
  if (timeframe === undefined) return Promise.all(EXAMPLES.map((path) => paperBotFile(path, {})));
  const { text } = await loadBotFile(EXAMPLES[0]!);
  const file = JSON.stringify({ ...JSON.parse(text), timeframe });
  return [{ bot: readBotFile(file), text: file, margin: null, saysMargin: false }];
}

async function withAccounts(store: Store, rows: readonly BotRow[]): Promise<StoredPaperBot[]> {
  const accounts = await store.accounts();
  return rows.map((bot) => {
    const account = accounts.find(({ id }) => id === bot.accountId);
    if (!account) throw new Error(`The account ${bot.accountId} of the bot ${bot.id} is not stored`);
    return { bot, account };
  });
}
