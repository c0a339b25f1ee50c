import { StoreConflict } from '#ports/store.ts';
import type { Column, ColumnKind, Table } from './table.ts';

/** What a column of a row may be. */
export type Value = string | number | boolean | null;

/** What a column of a database may be: booleans are 0 and 1. */
export type StoredValue = string | number | null;

/** A row no store keeps, as it would not be read back as it was: a fault of whoever made it, not of the disk. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused';
}

const RULES: Readonly<Record<ColumnKind, { readonly rule: string; readonly holds: (value: unknown) => boolean }>> = {
  text: {
    rule: 'must be well-formed text without U+0000',
    holds: (value) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
  },
  integer: { rule: 'must be a whole number below 2^53', holds: Number.isSafeInteger },
  real: { rule: 'must be a finite number', holds: Number.isFinite },
  boolean: { rule: 'must be true or false', holds: (value) => typeof value === 'boolean' },
};

/** The value `row` has in `column`. @throws RowRefused when a database would change it: NaN becomes NULL, say. */
export function read(table: Table, column: Column, row: object): Value {
  const value = (row as Readonly<Record<string, unknown>>)[column.key];
  if (value === null ? column.optional : RULES[column.kind].holds(value)) return value as Value;
  const rule = RULES[column.kind].rule + (column.optional ? ' or null' : '');
  throw new RowRefused(
    `Cannot store a row of ${table.name} as its ${column.key} ${rule}: ` +
      `current value is ${describe(value)}; correct it where the row is made`,
  );
}

/** The value `row` has in `column` as a database keeps it. @throws RowRefused as `read` does. */
export function encode(table: Table, column: Column, row: object): StoredValue {
  const value = read(table, column, row);
  return typeof value === 'boolean' ? Number(value) : value;
}

/** A boolean out of a database. */
export function decodeBoolean(stored: number): boolean {
  return stored === 1;
}

/** Says that a `put` row does not follow the stored one. */
export function conflict(table: Table, row: object): StoreConflict {
  const { revision } = row as { readonly revision: number };
  const key = table.key.map((column) => read(table, column, row)).join(', ');
  const rule =
    revision === 1 ? 'revision 1 is for a row not stored yet' : `revision ${revision - 1} must be the stored one`;
  return new StoreConflict(
    `Cannot store "${key}" in ${table.name} as ${rule}: current value is revision ${revision}; read it again`,
  );
}

function describe(value: unknown): string {
  if (value instanceof Date) return 'a Date';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}
