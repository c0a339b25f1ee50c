import { createHash } from 'node:crypto';
import type { Bot } from '#core/bots.ts';
import { formatDecimal } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type { AccountRow, BotRow, PromptRow, Store } from '#ports/store.ts';
import { PAPER_FEE_RATE } from '../compose.ts';
import type { MarginSetup } from './contracts.ts';

/** A bot's id says its name, and differs with its file and its market: the same file on the same market goes on. */
function botIdOf(bot: Bot, file: string, market: string): string {
  const slug = bot.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  const hash = createHash('sha256')
    .update(JSON.stringify([file, market]))
    .digest('hex')
    .slice(0, 8);
  return `${slug || 'bot'}-${hash}`;
}

/** A paper bot as it is stored first, on a paper account of its own that holds its capital. */
export interface StoredPaperBot {
  readonly account: AccountRow;
  readonly bot: BotRow;
}

/** One that is to run, with what its account says of margin, read. */
export interface RunningPaperBot extends StoredPaperBot {
  /** Undefined for one that trades outright. */
  readonly margin?: MarginSetup | undefined;
}

/** @param margin How its positions are reckoned, JSON; null for one that trades outright. */
export function newPaperBot(
  bot: Bot,
  file: string,
  market: string,
  now: EpochMs,
  margin: string | null = null,
): StoredPaperBot {
  const id = botIdOf(bot, file, market);
  const account: AccountRow = {
    id: `paper-${id}`,
    name: bot.name,
    venue: 'simulated',
    mode: 'paper',
    currency: bot.symbols[0]!.split('/')[1] ?? 'USDT',
    startingBalance: formatDecimal(bot.capital),
    makerFeeRate: PAPER_FEE_RATE,
    takerFeeRate: PAPER_FEE_RATE,
    maxConcurrentTrades: null,
    dailyLossPercent: null,
    margin,
    createdAt: now,
    revision: 1,
  };
  const row: BotRow = {
    id,
    accountId: account.id,
    name: bot.name,
    kind: bot.kind,
    file,
    market,
    status: 'running',
    why: null,
    createdAt: now,
    revision: 1,
  };
  return { account, bot: row };
}

/**
 * Stores the bots that are not there yet and answers with all of them as they are stored.
 * @param prompts What they ask with that is not stored yet: it goes in with them, or nothing does.
 */
export async function storePaperBots(
  store: Store,
  wanted: readonly StoredPaperBot[],
  prompts: readonly PromptRow[] = [],
): Promise<StoredPaperBot[]> {
  const bots = new Map((await store.bots()).map((row) => [row.id, row]));
  const accounts = new Map((await store.accounts()).map((row) => [row.id, row]));
  const missing = wanted.filter(({ bot }) => !bots.has(bot.id));
  if (missing.length + prompts.length > 0) {
    const changes = noChanges();
    changes.put.accounts.push(...missing.map(({ account }) => account));
    changes.put.bots.push(...missing.map(({ bot }) => bot));
    changes.add.prompts.push(...prompts);
    await store.commit(changes);
  }
  return wanted.map((one) => ({
    bot: bots.get(one.bot.id) ?? one.bot,
    account: accounts.get(one.account.id) ?? one.account,
  }));
}

/** What a start asks of the limits of its paper accounts: `null` lifts one, and what is left out stays as it is. */
export interface AskedLimits {
  readonly maxConcurrentTrades?: number | null;
  readonly dailyLossPercent?: number | null;
}

/** Stores new limits with the accounts of these bots, and answers with the bots as they are then. */
export async function storeLimits(
  store: Store,
  bots: readonly StoredPaperBot[],
  asked: AskedLimits,
): Promise<StoredPaperBot[]> {
  const changes = noChanges();
  const changed = bots.map(({ bot, account }) => {
    const { maxConcurrentTrades = account.maxConcurrentTrades, dailyLossPercent = account.dailyLossPercent } = asked;
    if (maxConcurrentTrades === account.maxConcurrentTrades && dailyLossPercent === account.dailyLossPercent)
      return { bot, account };
    const limited = { ...account, maxConcurrentTrades, dailyLossPercent, revision: account.revision + 1 };
    changes.put.accounts.push(limited);
    return { bot, account: limited };
  });
  if (changes.put.accounts.length > 0) await store.commit(changes);
  return changed;
}
