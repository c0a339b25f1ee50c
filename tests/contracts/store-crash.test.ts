import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';

const COMMITTER = join(import.meta.dirname, 'store-committer.ts');
const KILLS = 8;

test('has whole change-sets only, and all that were acknowledged, after each kill -9', {
  timeout: 60_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'autotrader-crash-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'autotrader.db');
  let stored = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await commitUntilKilled(path, stored + 3 + 7 * kill);
    stored = await countWholeChangeSets(path);
    expect(stored).toBeGreaterThan(acknowledged);
  }
});

/** Runs the committer and kills it when it has acknowledged number `last`. @returns The last one it did acknowledge. */
async function commitUntilKilled(path: string, last: number): Promise<number> {
  const child = spawn(process.execPath, [COMMITTER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    if (acknowledged === last) child.kill('SIGKILL');
  }
  return acknowledged;
}

/** Expects order, fills and cycle of each number from 0 to be there, or none of them. @returns How many are. */
async function countWholeChangeSets(path: string): Promise<number> {
  const store = await SqliteStore.open(path);
  const fills = await store.fills({});
  const count = fills.length / 2;
  for (let number = 0; number < count; number++) {
    const ofNumber = fills.slice(2 * number, 2 * number + 2).map((fill) => fill.venueTradeId);
    expect(ofNumber).toEqual([`f${number}-0`, `f${number}-1`]);
    expect(await store.order(`o${number}`)).toBeDefined();
  }
  expect(await store.order(`o${count}`)).toBeUndefined();
  expect(await store.lastCycle('b', 'BTC/USDT')).toMatchObject({ occasion: count - 1 });
  await store.close();
  return count;
}
