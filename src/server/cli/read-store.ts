import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Store } from '#ports/store.ts';
import { loadConfig } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { InputError } from '../errors.ts';

/**
 * Reads what is stored in DATA_DIR; a running engine is not disturbed.
 * @param what What is to be printed, for the sentence that says there is nothing.
 * @throws InputError when nothing was ever stored there.
 */
export async function readStore(what: string, read: (store: Store) => Promise<void>): Promise<void> {
  const path = join(loadConfig().dataDir, DATABASE);
  await access(path).catch(() => {
    throw new InputError(
      `Cannot print ${what} as "${path}" must be there: nothing has run in DATA_DIR yet; run "autotrader start"`,
    );
  });
  const store = await SqliteStore.open(path);
  try {
    await read(store);
  } finally {
    await store.close();
  }
}

/** The filter of one bot, by its id or name; of all of them without. @throws InputError when there is no such bot. */
export async function botFilter(
  store: Store,
  what: string,
  asked: string | undefined,
): Promise<{ readonly botId?: string }> {
  if (asked === undefined) return {};
  const bots = await store.bots();
  const found = bots.find(({ id, name }) => id === asked || name === asked);
  if (found) return { botId: found.id };
  const there = bots.map(({ id }) => id).join(', ') || 'none';
  throw new InputError(`Cannot print ${what} of the bot "${asked}" as it must be one of those in DATA_DIR: ${there}`);
}
