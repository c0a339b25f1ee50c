/**
 * What the stores take, as a table: `node tests/bench/store.ts [DIRECTORY]`. The figures of SQLite are mostly those of the
 * disk that DIRECTORY is on.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import type { ChangeSet, Store, TradeRow } from '#ports/store.ts';
import { at, changes, closedTrade, cycle, fill, foundation, order } from '#tests/contracts/store-rows.ts';

const TRADES = 1_000_000;
const PER_SET = 500;
const PAGES = 500;

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'autotrader-bench-'));
const path = join(directory, 'autotrader.db');
try {
  await measureCommits('memory', new MemoryStore());
  const store = await SqliteStore.open(path);
  await measureCommits('SQLite', store);
  await measureTrades(store);
  await store.close();
} finally {
  rmSync(directory, { recursive: true });
}

async function measureCommits(name: string, store: Store): Promise<void> {
  await store.commit(foundation());
  await measure(`${name}: commits of one cycle`, 2000, 'commits', (index) =>
    store.commit(changes({ add: { cycles: [cycle({ symbol: 'ETH/USDT', occasion: at(index) })] } })),
  );
  await measure(`${name}: commits of a filled order (order twice, fill, cycle)`, 2000, 'commits', (index) =>
    store.commit(filledOrder(index)),
  );
  await measure(
    `${name}: rows in sets of ${PER_SET} cycles`,
    200,
    'rows',
    (index) => store.commit(cycles(index)),
    PER_SET,
  );
}

async function measureTrades(store: Store): Promise<void> {
  const set = (index: number) =>
    changes({ put: { trades: Array.from({ length: PER_SET }, (_, row) => numberedTrade(index * PER_SET + row)) } });
  await measure(
    'SQLite: rows in sets of 500 trades',
    TRADES / PER_SET,
    'rows',
    (index) => store.commit(set(index)),
    PER_SET,
  );
  console.log(`${(statSync(path).size / 2 ** 20).toFixed(0)} MB on the disk`);
  await measurePages('newest', (after) => store.trades({}, { limit: 100, ...after }));
  await measurePages('of a bot', (after) => store.trades({ botId: 'b' }, { limit: 100, ...after }));
  await measurePages('of a bot and symbol', (after) =>
    store.trades({ botId: 'b', symbol: 'S4' }, { limit: 100, ...after }),
  );
}

async function measurePages(
  name: string,
  read: (after: { after?: string }) => Promise<{ readonly next: string | undefined }>,
): Promise<void> {
  let after = {};
  const times: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const start = performance.now();
    const { next } = await read(after);
    times.push(performance.now() - start);
    after = next === undefined ? {} : { after: next };
  }
  times.sort((left, right) => left - right);
  const [median, late] = [0.5, 0.99].map((part) => times[Math.floor(PAGES * part)].toFixed(2));
  console.log(`SQLite: a page of 100 of ${TRADES} trades, ${name}: median ${median} ms, 99th percentile ${late} ms`);
}

async function measure(
  name: string,
  times: number,
  unit: string,
  run: (index: number) => Promise<unknown>,
  perRun = 1,
): Promise<void> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (let index = 0; index < times; index++) await run(index);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const perUnit = (user + system) / (times * perRun);
  console.log(`${name}: ${Math.round((times * perRun) / seconds)} ${unit}/s, ${perUnit.toFixed(1)} µs of CPU each`);
}

function filledOrder(index: number): ChangeSet {
  const key = { clientOrderId: `o${index}`, createdAt: at(index) };
  return changes({
    put: { orders: [order(key), order({ ...key, state: 'filled', filledQuantity: '0.1', revision: 2 })] },
    add: {
      fills: [fill({ venueTradeId: `f${index}`, clientOrderId: key.clientOrderId, sequence: index })],
      cycles: [cycle({ occasion: at(index), result: 'entered' })],
    },
  });
}

function cycles(index: number): ChangeSet {
  const rows = Array.from({ length: PER_SET }, (_, row) =>
    cycle({ symbol: 'SOL/USDT', occasion: at(index * PER_SET + row) }),
  );
  return changes({ add: { cycles: rows } });
}

function numberedTrade(index: number): TradeRow {
  const over = { id: `trade-${index}`, botId: index % 2 === 0 ? 'b' : 'c', symbol: `S${index % 10}` };
  return closedTrade({ ...over, createdAt: at(index * 60_000), closedAt: at(index * 60_000 + 1) });
}
