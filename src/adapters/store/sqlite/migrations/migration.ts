import type { RawBuilder } from 'kysely';

/** What the databases name differently. */
export interface Types {
  /** Text that is compared bytewise, for keys: `text` on SQLite, `text collate "C"` on PostgreSQL. */
  readonly key: RawBuilder<unknown>;
}

/** A step of the schema, in SQL that SQLite and PostgreSQL both run. Once released it is never changed. */
export interface Migration {
  readonly name: string;
  readonly statements: (types: Types) => readonly RawBuilder<unknown>[];
}
