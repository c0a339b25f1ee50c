import type { Feed } from '#ports/market-data.ts';
import type { Account } from './account.ts';
import type { BotRun } from './bot-run.ts';
import { both } from './working-orders.ts';

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
  const work = stepAll(bots);
  if (work !== undefined) return finish(work, running);
  if (!feed.isBetween) for (let k = 0; k < accounts.length; k++) accounts[k]!.mark();
  return writeDown(bots, 0) ?? true;
}

/**
 * Where one bot trades one symbol and its rules can tell ahead, goes over the candles at which nothing is decided and
 * nothing trades in one go. The same candles taken one by one give the same run.
 */
function passQuiet(feed: Feed, bots: readonly BotRun[], accounts: readonly Account[]): void {
  if (bots.length !== 1 || bots[0]!.runs.length !== 1 || bots[0]!.bell !== undefined) return;
  const run = bots[0]!.runs[0]!;
  const ahead = run.quietAhead();
  if (ahead === 0) return;
  const count = feed.skip(ahead);
  if (count === 0) return;
  run.passed(count);
  for (const account of accounts) account.markPassed(count);
}

async function arrive(coming: Promise<number>, running: Running): Promise<boolean> {
  return (await coming) >= 0 && finish(stepAll(running.bots), running);
}

/** No bot waits for what another one waits for: a model that thinks for a minute holds nobody else up. */
function stepAll(bots: readonly BotRun[]): Promise<void> | undefined {
  let work: Promise<void> | undefined;
  for (let k = 0; k < bots.length; k++) work = both(work, bots[k]!.step());
  return work;
}

/** The rest of a boundary whose bots had to wait. */
async function finish(work: Promise<void> | undefined, { feed, bots, accounts }: Running): Promise<boolean> {
  await work;
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
