import { type Kysely, sql } from 'kysely';
import { StoreUnavailable } from '#ports/store.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { accountLimits } from './migrations/0002-account-limits.ts';
import { moreOrders } from './migrations/0003-more-orders.ts';
import { occasions } from './migrations/0004-occasions.ts';
import { margin } from './migrations/0005-margin.ts';
import { modelQuestions } from './migrations/0010-model-questions.ts';
import { prompts } from './migrations/0011-prompts.ts';
import { marketEvents } from './migrations/0012-market-events.ts';
import { sentQuestions } from './migrations/0013-sent-questions.ts';
import type { Migration, Types } from './migrations/migration.ts';
import type { Schema } from './schema.ts';

/** Oldest first; the version of a database is how many of these it has had. */
export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  accountLimits,
  moreOrders,
  occasions,
  margin,
  modelQuestions,
  prompts,
  marketEvents,
  sentQuestions,
];

const CREATE_VERSIONS = sql`create table if not exists schema_migrations (
  version integer not null primary key,
  name text not null
)`;

/**
 * Brings the database at `place` up to the newest version, each step whole or not at all.
 *
 * @throws StoreUnavailable when a newer Autotrader made the database: it may mean other things by its rows.
 */
export async function migrate(
  db: Kysely<Schema>,
  types: Types,
  place: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await CREATE_VERSIONS.execute(db);
  const versions = db.selectFrom('schema_migrations').select('version');
  const version = (await versions.orderBy('version', 'desc').executeTakeFirst())?.version ?? 0;
  if (version > migrations.length) {
    throw new StoreUnavailable(
      `Cannot use "${place}" as the version of its schema must be at most ${migrations.length}, the newest this ` +
        `Autotrader knows: current value is ${version}; update Autotrader, or restore a backup from before the update`,
    );
  }
  for (let next = version + 1; next <= migrations.length; next++) await apply(db, types, migrations[next - 1], next);
}

/** The row that says "done" goes in first: it takes the write lock, so two processes never run one step twice. */
async function apply(
  db: Kysely<Schema>,
  types: Types,
  { name, statements }: Migration,
  version: number,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = transaction.insertInto('schema_migrations').values({ version, name });
    const { numInsertedOrUpdatedRows } = await row.onConflict((clash) => clash.doNothing()).executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) return;
    for (const statement of statements(types)) await statement.execute(transaction);
  });
}
