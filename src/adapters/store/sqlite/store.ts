import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { type ChangeSet, type Committed, type Store, StoreUnavailable } from '#ports/store.ts';
import { prepareCommit } from './commit.ts';
import { openDatabase, queriesOver } from './database.ts';
import { explain } from './faults.ts';
import { migrate } from './migrations.ts';
import { SqlReads } from './reads.ts';
import type { Schema } from './schema.ts';

/** The store in one SQLite file. A commit is on the disk when it resolves, and blocks the event loop until then. */
export class SqliteStore extends SqlReads implements Store {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #commit: (changes: ChangeSet) => Committed;
  /** Which file was opened: a path can come to mean another one, or none. */
  readonly #file: number | undefined;

  private constructor(database: DatabaseSync, db: Kysely<Schema>, path: string) {
    super(db);
    this.#database = database;
    this.#path = path;
    this.#commit = prepareCommit(database, db);
    this.#file = fileAt(path);
  }

  /**
   * Opens the store in the file at `path`, made when it is not there, and brings its schema up to date.
   *
   * @throws StoreUnavailable when it cannot be opened, or when a newer Autotrader made it.
   */
  static async open(path: string): Promise<SqliteStore> {
    return SqliteStore.over(openDatabase(path), path);
  }

  /** The store over a connection of `openDatabase`, which is the store's from then on. */
  static async over(database: DatabaseSync, path: string): Promise<SqliteStore> {
    const db = queriesOver(database, path);
    try {
      await migrate(db, { key: sql`text` }, path);
      return new SqliteStore(database, db, path);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  async commit(changes: ChangeSet): Promise<Committed> {
    if (fileAt(this.#path) !== this.#file) throw this.#gone();
    try {
      return this.#commit(changes);
    } catch (error) {
      throw explain(error, 'store what happened', this.#path);
    }
  }

  /** What is written to a file without a name is lost with the process. */
  #gone(): StoreUnavailable {
    return new StoreUnavailable(
      `Cannot store what happened as its file must stay where it is: "${this.#path}" was moved or deleted; ` +
        'put it back, and start again',
    );
  }

  /** Folds the write-ahead log into the file and lets go of it. */
  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** The file's own number; undefined when there is none, as for a database in memory. */
function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
