import type { OrderRow, Store } from '#ports/store.ts';
import { fillJson } from './fill-json.ts';
import { writeDocument } from './json-document.ts';
import { botFilter, readStore } from './read-store.ts';

export interface FillsOptions {
  /** A bot's id or its name; all bots without. */
  readonly bot?: string;
}

const PAGE = 1000;

/** Prints what was filled, oldest first, in the same shape as a backtest's fills. A running engine is not disturbed. */
export async function fills({ bot }: FillsOptions): Promise<void> {
  await readStore('fills', async (store) => {
    const filter = await botFilter(store, 'fills', bot);
    // An order is stored no later than its fills: read after them, none can be missing while an engine goes on.
    const rows = await store.fills(filter);
    const orders = await ordersOf(store, filter);
    const list = rows.map(({ clientOrderId, executedAt: time, ...row }) =>
      fillJson({ ...row, time, leg: orders.get(clientOrderId)!.leg }),
    );
    await writeDocument(process.stdout, { fills: list });
  });
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
