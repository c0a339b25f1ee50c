import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which market events called for a cycle. */
export const marketEvents: Migration = {
  name: 'market events',
  statements: () => [sql`alter table cycles add column events text`],
};
