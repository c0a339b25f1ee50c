import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Column, Table } from '../table.ts';
import type { Schema } from './schema.ts';

/** A statement and the columns its parameters come from, in order. */
export interface Write {
  readonly sql: string;
  readonly parameters: readonly Column[];
}

/** Adds a row unless its key is there. */
export function insertInto(table: Table, db: Kysely<Schema>): Write {
  const into = sql`insert into ${sql.table(table.name)} (${names(table.columns)})`;
  return compile(sql`${into} values (${sql.join(table.columns)}) on conflict (${names(table.key)}) do nothing`, db);
}

/** Replaces a row when the stored one is of the revision before. */
export function updateOf(table: Table, db: Kysely<Schema>): Write {
  const rest = table.columns.filter((column) => !table.key.includes(column));
  const revision = rest.filter((column) => column.key === 'revision');
  const isBefore = revision.map((column) => sql`${sql.ref(column.name)} = ${column} - 1`);
  const isStored = all([...table.key.map(isValue), ...isBefore]);
  return compile(sql`update ${sql.table(table.name)} set ${sql.join(rest.map(isValue))} where ${isStored}`, db);
}

/** Removes a row. */
export function deleteFrom(table: Table, db: Kysely<Schema>): Write {
  return compile(sql`delete from ${sql.table(table.name)} where ${all(table.key.map(isValue))}`, db);
}

/** Each column stands in as its own value, so the compiled parameters say which column goes where. */
function compile(statement: RawBuilder<unknown>, db: Kysely<Schema>): Write {
  const { sql: text, parameters }: CompiledQuery = statement.compile(db);
  return { sql: text, parameters: parameters as readonly Column[] };
}

function names(columns: readonly Column[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column.name)));
}

function isValue(column: Column): RawBuilder<unknown> {
  return sql`${sql.ref(column.name)} = ${column}`;
}

function all(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join(conditions, sql` and `);
}
