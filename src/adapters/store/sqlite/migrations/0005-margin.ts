import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Paper accounts on margin: how they are reckoned, what the venue bore or kept, and what holding a position cost. */
export const margin: Migration = {
  name: 'margin',
  statements: ({ key }) => [
    sql`alter table accounts add column margin text`,
    sql`alter table fills add column covered text`,
    sql`alter table trades add column funding text not null default '0'`,
    sql`alter table trades add column interest text not null default '0'`,
    sql`create table carry_payments (
      account_id ${key} not null references accounts (id),
      symbol ${key} not null,
      kind ${key} not null check (kind in ('funding', 'interest')),
      at bigint not null,
      bot_id ${key} not null references bots (id),
      sequence bigint not null check (sequence >= 0),
      fills_before bigint not null check (fills_before >= 0),
      rate text not null,
      mark text not null,
      quantity text not null,
      amount text not null,
      primary key (account_id, symbol, kind, at),
      unique (account_id, sequence)
    )`,
    sql`create index carry_payments_of_bot on carry_payments (bot_id, account_id, sequence)`,
  ],
};
