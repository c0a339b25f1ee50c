import { systemClock } from '#adapters/clock/system.ts';
import type { Broker } from '#adapters/venues/broker.ts';
import { readStoredBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import type { AccountRow, BotRow, Store } from '#ports/store.ts';
import type { Market } from '../cli/option-values.ts';
import { InputError } from '../errors.ts';
import type { BotFile } from '../files/bot-files.ts';
import { isLoopback } from '../http/origins.ts';
import type { ChosenMarket } from '../markets/market-choice.ts';
import { openSeries, type PaperMarket } from '../markets/markets.ts';
import { newPrompts } from '../models/prompt-versions.ts';
import { accountIdOf, openBroker, prepareAccount } from './live-account.ts';
import { newPaperBot, type StoredPaperBot, storePaperBots } from './paper-bots.ts';
import type { VenueAccess, VenueName } from './venue-access.ts';

/** Whose prices a venue's accounts trade on. */
const MARKETS: Readonly<Record<VenueName, string>> = { bybit: 'bybit-linear', alpaca: 'alpaca' };

/** A bot on an account at a venue, ready to run. */
export interface LiveBot {
  readonly market: PaperMarket;
  readonly bots: StoredPaperBot[];
  readonly broker: Broker;
}

/** The market of an account's own venue. @throws InputError for another one */
export function marketOf({ venue }: VenueAccess, asked: Market | undefined): Market {
  const own: Market = { kind: 'exchange', id: MARKETS[venue] };
  if (asked === undefined || (asked.kind === 'exchange' && asked.id === own.id)) return own;
  throw new InputError(
    `Cannot trade on ${venue} by the prices of another market as a stop there goes by its own: leave --market out`,
  );
}

/** @throws InputError where the venue's time would be taken for the true one */
export function checkClock(clock: 'wall' | 'venue', access: VenueAccess | undefined): void {
  if (clock === 'wall') return;
  if (access?.address !== undefined && isLoopback(new URL(access.address).hostname)) return;
  throw new InputError(
    'Cannot take market time from the venue as only a simulator on this machine may tell it: ' +
      'leave --clock out, or give the address of one',
  );
}

/**
 * The bot that trades on an account: the one that is there, or the one that was named. An account carries one bot so far.
 * @param say Told what is to be known of it.
 * @throws InputError, VenueRefused, VenueUnavailable
 */
export async function chooseLiveBot(
  files: readonly BotFile[],
  chosen: ChosenMarket,
  store: Store,
  access: VenueAccess,
  say: (line: string) => void,
): Promise<LiveBot> {
  const there = (await store.bots()).find(({ accountId }) => accountId === accountIdOf(access));
  const bot = there ? goneOnWith(there, files, chosen) : newBot(files, access);
  const starting = there ? { there: [{ bot }], fresh: [] } : { there: [], fresh: [{ bot }] };
  const prompts = await newPrompts(store, starting, systemClock.wall(), say);
  const now = there?.createdAt ?? (await chosen.now(bot));
  let market: PaperMarket | undefined;
  const broker = await openBroker(access, {
    ...systemClock,
    now: () => (market ? marketNow(market) : systemClock.wall()),
  });
  try {
    // Candles are read, and stored, for a bot that the account can carry.
    const account = await prepareAccount(broker, access, bot, now);
    market = await chosen.open([{ bot, createdAt: now }]);
    openSeries(market, bot);
    const wanted = there ? await withAccount(store, there) : liveBot(files[0]!, account, chosen.name, now);
    return { market, bots: await storePaperBots(store, [wanted], prompts), broker };
  } catch (error) {
    broker.close();
    throw error;
  }
}

/** Market time as it goes on by itself. */
export function marketNow(market: PaperMarket): EpochMs {
  return market.now?.() ?? systemClock.wall();
}

function newBot(files: readonly BotFile[], { venue }: VenueAccess): Bot {
  const [file, ...others] = files;
  if (file !== undefined && others.length === 0) return file.bot;
  throw new InputError(
    `Cannot trade on ${venue} as an account carries one bot: ${files.length} were named; name one with --bot FILE`,
  );
}

function goneOnWith({ file, market, name }: BotRow, files: readonly BotFile[], chosen: ChosenMarket): Bot {
  if (market !== chosen.name)
    throw new InputError(`Cannot go on with "${name}" on ${chosen.name} as it began on ${market}: take that market`);
  const stranger = files.find(({ text }) => text !== file);
  if (stranger === undefined) return readStoredBotFile(file);
  throw new InputError(
    `Cannot run "${stranger.bot.name}" on this account as "${name}" trades on it: leave --bot out to go on with that one, ` +
      'or take another account',
  );
}

async function withAccount(store: Store, bot: BotRow): Promise<StoredPaperBot> {
  const account = (await store.accounts()).find(({ id }) => id === bot.accountId);
  if (account === undefined) throw new Error(`The account ${bot.accountId} of the bot ${bot.id} is not stored`);
  return { bot, account };
}

function liveBot({ bot, text }: BotFile, account: AccountRow, market: string, now: EpochMs): StoredPaperBot {
  const made = newPaperBot(bot, text, `${account.id}:${market}`, now).bot;
  return { account, bot: { ...made, accountId: account.id, market } };
}
