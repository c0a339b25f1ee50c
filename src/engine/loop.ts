import type { Feed } from '#ports/market-data.ts';
import type { Account } from './account.ts';
import type { BotRun } from './bot-run.ts';

/** What the loop runs. */
export interface Running {
  readonly feed: Feed;
  readonly bots: readonly BotRun[];
  readonly accounts: readonly Account[];
}

/**
 * The one loop, whatever tells the time and fills the orders: the feed goes on to a boundary, each bot decides the
 * candles that closed, equity is kept, and what happened is written down. Resolves when the feed ends.
 */
export async function runLoop(running: Running): Promise<void> {
  // The rest of the boundary that a restart found closed and not decided.
  for (const bot of running.bots) await bot.step();
  for (const bot of running.bots) await bot.recorder.boundary();
  for (;;) {
    const waiting = spin(running);
    if (waiting === undefined) return;
    if (!(await waiting)) return;
  }
}

/**
 * Runs boundaries for as long as nothing has to wait.
 * @returns The rest of the boundary that has to, telling whether the feed goes on; undefined at the feed's end.
 */
function spin(running: Running): Promise<boolean> | undefined {
  let turned = turn(running);
  while (turned === true) turned = turn(running);
  return turned === false ? undefined : turned;
}

/** One boundary: whether the feed goes on, or the rest of the boundary when something has to be waited for. */
function turn(running: Running): boolean | Promise<boolean> {
  const { feed, bots, accounts } = running;
  passQuiet(feed, bots, accounts);
  const got = feed.next();
  if (typeof got !== 'number') return arrive(got, running);
  if (got < 0) return false;
  for (let k = 0; k < bots.length; k++) {
    const work = bots[k]!.step();
    if (work !== undefined) return finish(work, running);
  }
  if (!feed.isBetween) for (let k = 0; k < accounts.length; k++) accounts[k]!.mark();
  return writeDown(bots, 0) ?? true;
}

/**
 * Where one bot trades one symbol and its rules can tell ahead, goes over the candles at which nothing is decided and
 * nothing trades in one go. The same candles taken one by one give the same run.
 */
function passQuiet(feed: Feed, bots: readonly BotRun[], accounts: readonly Account[]): void {
  const [bot] = bots;
  if (bot === undefined || bots.length > 1 || bot.runs.length > 1 || bot.bell !== undefined) return;
  const run = bot.runs[0]!;
  const ahead = run.quietAhead();
  if (ahead === 0) return;
  const count = feed.skip(ahead);
  if (count === 0) return;
  run.passed(count);
  for (const account of accounts) account.markPassed(count);
}

async function arrive(coming: Promise<number>, running: Running): Promise<boolean> {
  return (await coming) >= 0 && finish(Promise.resolve(), running);
}

/** The rest of a boundary whose bots had to wait: those that are done have nothing left to decide and pass at once. */
async function finish(work: Promise<void>, { feed, bots, accounts }: Running): Promise<boolean> {
  await work;
  for (const bot of bots) await bot.step();
  if (!feed.isBetween) for (const account of accounts) account.mark();
  for (const bot of bots) await bot.recorder.boundary();
  return true;
}

/** Lets each bot from `from` on write its boundary down, waiting only for one that has to. */
function writeDown(bots: readonly BotRun[], from: number): Promise<boolean> | undefined {
  for (let k = from; k < bots.length; k++) {
    const stored = bots[k]!.recorder.boundary();
    if (stored !== undefined) return stored.then(() => writeDown(bots, k + 1) ?? true);
  }
  return undefined;
}
