import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { explain } from './faults.ts';
import type { Schema } from './schema.ts';

/** How long a write waits for another connection's; it waits on the event loop, so it is for accidents only. */
const BUSY_TIMEOUT_MS = 2000;

/** A commit is on the disk when it returns (FULL; on macOS a plain fsync is not enough), and readers never wait (WAL). */
const PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'fullfsync = ON',
  'cache_size = -16000', // 16 MB.
];

const NOTHING_CHANGED = { changes: 0, lastInsertRowid: 0 };

/** Opens the database file, made when it is not there. @throws StoreUnavailable */
export function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    for (const pragma of PRAGMAS) database.exec(`PRAGMA ${pragma}`);
    return database;
  } catch (error) {
    throw explain(error, 'open the database', path);
  }
}

/** Kysely over an open database; each query is prepared once. */
export function queriesOver(database: DatabaseSync, path: string): Kysely<Schema> {
  const prepared = new Map<string, SqliteStatement>();
  const adapter: SqliteDatabase = {
    close: () => database.close(),
    prepare(sql) {
      const statement = prepared.get(sql) ?? prepare(database, sql, path);
      prepared.set(sql, statement);
      return statement;
    },
  };
  return new Kysely({ dialect: new SqliteDialect({ database: adapter }) });
}

/** `node:sqlite` in the words of the library Kysely's dialect was written for. */
function prepare(database: DatabaseSync, sql: string, path: string): SqliteStatement {
  const explained = <Result>(run: () => Result): Result => {
    try {
      return run();
    } catch (error) {
      throw explain(error, 'use the database', path);
    }
  };
  const statement = explained(() => database.prepare(sql));
  return {
    reader: statement.columns().length > 0,
    all: (values) => explained(() => statement.all(...(values as SQLInputValue[]))),
    run(values) {
      // A full disk may have ended the transaction already: to roll it back once more would hide why.
      if (sql === 'rollback' && !database.isTransaction) return NOTHING_CHANGED;
      return explained(() => statement.run(...(values as SQLInputValue[])));
    },
    iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
  };
}
