import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { describeStore } from './store.ts';

describeStore('memory', async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store }; // What it has lives as long as it does.
});

describeStore('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'autotrader-store-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'autotrader.db');
  const store = await SqliteStore.open(path);
  return {
    store,
    async reopen() {
      await store.close();
      return SqliteStore.open(path);
    },
  };
});
