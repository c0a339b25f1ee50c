import type { ChangeSet } from '#ports/store.ts';

type RowsOf<Lists> = { readonly [Name in keyof Lists]: Lists[Name] extends readonly (infer Row)[] ? Row : never };

/** The row of each table, by the name its change-set list has. */
export type Rows = RowsOf<ChangeSet['put']> & RowsOf<ChangeSet['add']>;

export type TableName = keyof Rows;
export type PutName = keyof ChangeSet['put'];
export type AddName = keyof ChangeSet['add'];

export type ColumnKind = 'text' | 'integer' | 'real' | 'boolean';

/** One column: `key` in a row of the port, `name` in the database. */
export interface Column {
  readonly key: string;
  readonly name: string;
  readonly kind: ColumnKind;
  /** May be null. */
  readonly optional: boolean;
}

/** What all stores must know of a table. Its ranges are in the migrations. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The columns that say which row it is. */
  readonly key: readonly Column[];
  /** The total order its lists are read in, oldest first. */
  readonly order: readonly Column[];
  /** Further columns that no two rows may share. */
  readonly unique: readonly Column[];
  /** Columns that name a row of another table, which must be there. */
  readonly references: readonly { readonly column: Column; readonly table: TableName }[];
}

type Kind<Value> = Value extends string
  ? 'text'
  : Value extends boolean
    ? 'boolean'
    : Value extends number
      ? 'integer' | 'real'
      : never;

type Kinds<Row> = {
  readonly [Key in keyof Row]: null extends Row[Key] ? `${Kind<NonNullable<Row[Key]>>}?` : Kind<Row[Key]>;
};

interface Shape<Row> {
  readonly name: string;
  readonly columns: Kinds<Row>;
  readonly key: readonly (keyof Row & string)[];
  readonly order?: readonly (keyof Row & string)[];
  readonly unique?: readonly (keyof Row & string)[];
  readonly references?: { readonly [Key in keyof Row]?: TableName };
}

/** Describes one table. The compiler holds a table to its row: no column missing, none of another kind. */
export function table<Name extends TableName>(shape: Shape<Rows[Name]>): Table {
  const columns = Object.entries<string>(shape.columns).map(([key, kind]) => ({
    key,
    name: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    kind: kind.replace('?', '') as ColumnKind,
    optional: kind.endsWith('?'),
  }));
  const references = Object.entries((shape.references ?? {}) as Readonly<Record<string, TableName>>);
  const named = (keys: readonly string[]) => keys.map((key) => columns.find((column) => column.key === key)!);
  return {
    name: shape.name,
    columns,
    key: named(shape.key),
    order: named(shape.order ?? shape.key),
    unique: named(shape.unique ?? []),
    references: references.map(([key, to]) => ({ column: named([key])[0], table: to })),
  };
}
