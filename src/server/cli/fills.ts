import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import type { OrderRow, Store } from '#ports/store.ts';
import { loadConfig } from '../config.ts';
import { DATABASE } from '../database-file.ts';
import { InputError } from '../errors.ts';
import { fillJson } from '../fill-json.ts';
import { writeDocument } from '../json-document.ts';

export interface FillsOptions {
  /** A bot's id or its name; all bots without. */
  readonly bot?: string;
}

const PAGE = 1000;

/** Prints what was filled, oldest first, in the same shape as a backtest's fills. A running engine is not disturbed. */
export async function fills({ bot }: FillsOptions): Promise<void> {
  const path = join(loadConfig().dataDir, DATABASE);
  await access(path).catch(() => {
    throw new InputError(
      `Cannot print fills as "${path}" must be there: nothing has run in DATA_DIR yet; run "autotrader start"`,
    );
  });
  const store = await SqliteStore.open(path);
  try {
    const filter = bot === undefined ? {} : { botId: await botId(store, bot) };
    // An order is stored no later than its fills: read after them, none can be missing while an engine goes on.
    const rows = await store.fills(filter);
    const orders = await ordersOf(store, filter);
    const list = rows.map(({ clientOrderId, executedAt: time, ...row }) =>
      fillJson({ ...row, time, leg: orders.get(clientOrderId)!.leg }),
    );
    await writeDocument(process.stdout, { fills: list });
  } finally {
    await store.close();
  }
}

async function botId(store: Store, asked: string): Promise<string> {
  const bots = await store.bots();
  const found = bots.find(({ id, name }) => id === asked || name === asked);
  if (found) return found.id;
  const there = bots.map(({ id }) => id).join(', ') || 'none';
  throw new InputError(`Cannot print fills of the bot "${asked}" as it must be one of those in DATA_DIR: ${there}`);
}

async function ordersOf(store: Store, filter: { readonly botId?: string }): Promise<Map<string, OrderRow>> {
  const orders = new Map<string, OrderRow>();
  for (let after: string | undefined; ; ) {
    const page = await store.orders(filter, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const row of page.rows) orders.set(row.clientOrderId, row);
    if (page.next === undefined) return orders;
    after = page.next;
  }
}
