import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What an owner allows an account as a whole. */
export const accountLimits: Migration = {
  name: 'account limits',
  statements: () => [
    sql`alter table accounts add column max_concurrent_trades bigint check (max_concurrent_trades >= 1)`,
    sql`alter table accounts add column daily_loss_percent double precision
      check (daily_loss_percent > 0 and daily_loss_percent <= 100)`,
  ],
};
