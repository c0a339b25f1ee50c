import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase, queriesOver } from '#adapters/store/sqlite/database.ts';
import { MIGRATIONS, migrate } from '#adapters/store/sqlite/migrations.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { TABLES } from '#adapters/store/tables.ts';
import { StoreUnavailable } from '#ports/store.ts';
import {
  account,
  analysis,
  candle,
  changes,
  closedTrade,
  cycle,
  fill,
  foundation,
  order,
  prompt,
} from './store-rows.ts';

let path: string;

beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'autotrader-sqlite-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  path = join(directory, 'autotrader.db');
});

async function open(database: DatabaseSync): Promise<SqliteStore> {
  const store = await SqliteStore.over(database, path);
  onTestFinished(() => store.close());
  return store;
}

test('a database whose file was deleted stores nothing more, and says so', async () => {
  const store = await open(openDatabase(path));
  await store.commit(foundation());
  rmSync(path);
  await expect(store.commit(changes({ add: { cycles: [cycle()] } }))).rejects.toThrow(
    `its file must stay where it is: "${path}" was moved or deleted; put it back, and start again`,
  );
});

describe('a full disk', () => {
  /** Lets the file grow by no page more, or as far as it likes. */
  function setFull(database: DatabaseSync, isFull: boolean): void {
    database.exec(`PRAGMA max_page_count = ${isFull ? 1 : 1_000_000}`);
  }

  test('refuses commits whole, and takes them again when there is room, without a restart', async () => {
    const database = openDatabase(path);
    const store = await open(database);
    await store.commit(foundation());
    setFull(database, true);
    const big = changes({
      put: { orders: [order({ state: 'submitted', revision: 2 })] },
      add: { fills: [fill()], analyses: [analysis({ rawAnswer: 'x'.repeat(100_000) })] },
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(store.commit(big)).rejects.toThrow(StoreUnavailable);
      expect(await store.order('o')).toEqual(order());
      expect(await store.fills({})).toEqual([]);
    }
    setFull(database, false);
    expect(await store.commit(big)).toEqual({ alreadyThere: 0 });
    expect(await store.fills({})).toEqual([fill()]);
  });

  test('is said in a sentence: what could not be done, the rule, the place, the fix', async () => {
    const database = openDatabase(path);
    const store = await open(database);
    setFull(database, true);
    const set = changes({ put: { accounts: [account({ name: 'x'.repeat(100_000) })] } });
    await expect(store.commit(set)).rejects.toThrow(
      `Cannot store what happened as the disk must have room: current value is "${path}", database or disk is full; ` +
        'free some space and start it again',
    );
  });
});

describe('a file', () => {
  test.each([
    {
      name: 'in no directory',
      prepare: () => rmSync(join(path, '..'), { recursive: true }),
      says: 'its file must open',
    },
    { name: 'a directory', prepare: () => mkdirSync(path), says: 'its file must open' },
    {
      name: 'no database',
      prepare: () => writeFileSync(path, 'ts,open\n'.repeat(99)),
      says: 'its file must be a database',
    },
  ])('is refused: $name', async ({ prepare, says }) => {
    prepare();
    await expect(SqliteStore.open(path)).rejects.toThrow(says);
    await expect(SqliteStore.open(path)).rejects.toThrow(StoreUnavailable);
  });

  test('is read while another program writes to it', async () => {
    const engine = openDatabase(path);
    await (await open(engine)).commit(foundation());
    engine.exec('BEGIN IMMEDIATE');
    const reader = await open(openDatabase(path));
    expect(await reader.accounts()).toEqual([account()]);
    engine.exec('COMMIT');
  });

  test('is busy: another program is writing to it, and afterwards it goes on', async () => {
    const store = await open(openDatabase(path));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.commit(foundation())).rejects.toThrow('no other program may be writing to it');
    expect(await store.accounts()).toEqual([]);
    other.close();
    await store.commit(foundation());
    expect(await store.accounts()).toHaveLength(1);
  });
});

describe('the schema', () => {
  test('has the columns of the tables, their kinds and their keys', async () => {
    const database = openDatabase(path);
    await open(database);
    const types = { text: 'TEXT', integer: 'bigint', real: 'double precision', boolean: 'integer' };
    for (const table of Object.values(TABLES)) {
      const columns = database.prepare(`PRAGMA table_info(${table.name})`).all();
      const described = table.columns.map(({ name, kind, optional }) => ({
        name,
        type: types[kind].toUpperCase(),
        notnull: optional ? 0 : 1,
      }));
      expect(columns.map(({ name, type, notnull }) => ({ name, type: String(type).toUpperCase(), notnull }))).toEqual(
        described,
      );
      const key = columns.filter(({ pk }) => Number(pk) > 0).toSorted((a, b) => Number(a.pk) - Number(b.pk));
      expect(key.map(({ name }) => name)).toEqual(table.key.map(({ name }) => name));
    }
  });

  test.each([
    {
      name: 'a revision of 0',
      set: changes({ put: { accounts: [account({ revision: 0 })] } }),
      error: 'StoreConflict',
    },
    {
      name: 'a confidence above 1',
      set: changes({ add: { analyses: [analysis({ confidence: 70 })] } }),
      error: 'RowRefused',
    },
    { name: 'a version of 0', set: changes({ add: { prompts: [prompt({ version: 0 })] } }), error: 'RowRefused' },
    {
      name: 'a low above the close',
      set: changes({ add: { candles: [candle({ low: 70_000 })] } }),
      error: 'RowRefused',
    },
    {
      name: 'a closed trade without its time',
      set: changes({ put: { trades: [closedTrade({ id: 'u', closedAt: null })] } }),
      error: 'RowRefused',
    },
  ])('refuses $name', async ({ set, error }) => {
    const store = await open(openDatabase(path));
    await store.commit(foundation());
    await expect(store.commit(set)).rejects.toThrow(expect.objectContaining({ name: error }));
  });

  test('keeps a number beside the P&L to sort by', async () => {
    const database = openDatabase(path);
    const store = await open(database);
    await store.commit(foundation());
    await store.commit(changes({ put: { trades: [closedTrade({ id: 'u', pnl: '-12.345678901234' })] } }));
    const sorts = database
      .prepare('SELECT pnl_sort FROM trades ORDER BY id')
      .all()
      .map((row) => row.pnl_sort);
    expect(sorts).toEqual([null, -12.345678901234]);
  });

  test('is safe on power loss: WAL, and a sync for each commit', () => {
    const database = openDatabase(path);
    onTestFinished(() => database.close());
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0];
    expect(['journal_mode', 'synchronous', 'fullfsync', 'foreign_keys'].map(pragma)).toEqual(['wal', 2, 1, 1]);
  });
});

describe('migrations', () => {
  const types = { key: sql`text` };

  test('run once, in order', async () => {
    const database = openDatabase(path);
    const db = queriesOver(database, path);
    const one = { name: 'one', statements: () => [sql`create table one (a text)`] };
    const two = { name: 'two', statements: () => [sql`alter table one add column b text`] };
    await migrate(db, types, path, [one]);
    await migrate(db, types, path, [one, two]);
    await migrate(db, types, path, [one, two]);
    expect(database.prepare('SELECT version, name FROM schema_migrations').all()).toEqual([
      { version: 1, name: 'one' },
      { version: 2, name: 'two' },
    ]);
    expect(database.prepare('PRAGMA table_info(one)').all()).toHaveLength(2);
    database.close();
  });

  test('are whole or not at all', async () => {
    const database = openDatabase(path);
    const broken = { name: 'broken', statements: () => [sql`create table one (a text)`, sql`create nonsense`] };
    await expect(migrate(queriesOver(database, path), types, path, [broken])).rejects.toThrow('nonsense');
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'one'").all()).toEqual([]);
    expect(database.prepare('SELECT * FROM schema_migrations').all()).toEqual([]);
    database.close();
  });

  test('tell what went wrong, where SQLite has already rolled back by itself, as on a full disk', async () => {
    const database = openDatabase(path);
    const again = sql`insert or rollback into schema_migrations values (1, 'again')`;
    const ended = { name: 'ended', statements: () => [again] };
    await expect(migrate(queriesOver(database, path), types, path, [ended])).rejects.toThrow(
      'UNIQUE constraint failed: schema_migrations.version',
    );
    expect(database.prepare('SELECT * FROM schema_migrations').all()).toEqual([]);
    database.close();
  });

  test('count what was made with prompts before their texts were kept', async () => {
    const database = openDatabase(path);
    const db = queriesOver(database, path);
    await migrate(db, types, path, MIGRATIONS.slice(0, 6));
    database.exec(`
      INSERT INTO accounts VALUES ('a', 'Paper', 'simulated', 'paper', 'USDT', '1', '0', '0', 0, 1, NULL, NULL, NULL);
      INSERT INTO bots VALUES ('b', 'a', 'Vote', 'model-vote', '{}', 'simulated', 'running', NULL, 0, 1);
      INSERT INTO ai_decisions VALUES ('d', 'b', 's', '5m', 0, 'hold', 0, 'so', '{}', 0, 'close', 'mine/1');`);
    const store = await open(database);
    expect(await store.prompts()).toEqual([]);
    expect(await store.promptUses('decisions')).toEqual([{ promptName: 'mine/1', count: 1 }]);
  });

  test('refuse a database that is newer than the code', async () => {
    const database = openDatabase(path);
    const db = queriesOver(database, path);
    await migrate(db, types, path);
    database.exec("INSERT INTO schema_migrations VALUES (99, 'from the future')");
    await expect(migrate(db, types, path)).rejects.toThrow(StoreUnavailable);
    await expect(migrate(db, types, path)).rejects.toThrow(
      /^Cannot use ".*autotrader.db" as the version of its schema must be at most \d+, .*current value is 99; update/,
    );
    database.close();
  });
});
