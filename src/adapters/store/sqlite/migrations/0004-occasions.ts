import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What called for an analysis, a decision or a cycle: once it could only be a candle's close. */
export const occasions: Migration = {
  name: 'occasions',
  statements: () => [
    ...['analysis_results', 'ai_decisions', 'cycles'].map(
      (table) => sql`alter table ${sql.ref(table)} add column occasion_kind text not null default 'close'
        check (occasion_kind in ('close', 'interval', 'event', 'request'))`,
    ),
    sql`alter table cycles add column request_id text`,
    sql`alter table cycles add column running text`,
    sql`create index cycles_of_request on cycles (bot_id, request_id, symbol) where request_id is not null`,
  ],
};
