import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type { ChangeSet, Committed } from '#ports/store.ts';
import { conflict, encode, type StoredValue } from '../codec.ts';
import type { Table } from '../table.ts';
import { ADD_ORDER, PUT_ORDER, TABLES } from '../tables.ts';
import type { Schema } from './schema.ts';
import { deleteFrom, insertInto, updateOf, type Write } from './writes.ts';

/** Runs a write with the values of a row, and answers whether it changed one. */
type Run = (row: object) => boolean;

/**
 * Prepares every statement of a commit once. The commit itself is synchronous from BEGIN to COMMIT: nobody else can
 * touch the connection meanwhile, and concurrent commits come one after the other.
 */
export function prepareCommit(database: DatabaseSync, db: Kysely<Schema>): (changes: ChangeSet) => Committed {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const end = database.prepare('COMMIT');
  const removePosition = prepare(database, TABLES.positions, deleteFrom(TABLES.positions, db));
  const puts = PUT_ORDER.map((name) => ({ name, put: preparePut(database, TABLES[name], db) }));
  const adds = ADD_ORDER.map((name) => ({ name, add: prepare(database, TABLES[name], insertInto(TABLES[name], db)) }));

  function write(changes: ChangeSet): Committed {
    let alreadyThere = 0;
    for (const position of changes.remove.positions) removePosition(position);
    for (const { name, put } of puts) for (const row of changes.put[name]) put(row);
    for (const { name, add } of adds) for (const row of changes.add[name]) if (!add(row)) alreadyThere += 1;
    return { alreadyThere };
  }

  return (changes) => {
    begin.run();
    try {
      const committed = write(changes);
      end.run();
      return committed;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK'); // A full disk may have ended it already.
      throw error;
    }
  };
}

/** Revision 1 is a new row, any other replaces the one before it. */
function preparePut(
  database: DatabaseSync,
  table: Table,
  db: Kysely<Schema>,
): (row: { readonly revision: number }) => void {
  const insert = prepare(database, table, insertInto(table, db));
  const update = prepare(database, table, updateOf(table, db));
  return (row) => {
    const isStored = row.revision === 1 ? insert(row) : update(row);
    if (!isStored) throw conflict(table, row);
  };
}

function prepare(database: DatabaseSync, table: Table, write: Write): Run {
  const statement = database.prepare(write.sql);
  const values: StoredValue[] = write.parameters.map(() => null);
  return (row) => {
    for (let at = 0; at < values.length; at++) values[at] = encode(table, write.parameters[at], row);
    return statement.run(...values).changes === 1;
  };
}
