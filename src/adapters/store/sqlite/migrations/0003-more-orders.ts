import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Stop-limits, trailing stops, post-only, and how far a venue has come with an order. */
export const moreOrders: Migration = {
  name: 'more orders',
  statements: () => [
    sql`alter table orders add column limit_price text`,
    sql`alter table orders add column trail text`,
    sql`alter table orders add column post_only integer not null default 0 check (post_only in (0, 1))`,
    sql`alter table orders add column progress text`,
  ],
};
