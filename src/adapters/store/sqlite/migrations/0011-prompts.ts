import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The texts of prompts, one for each name and version, and the ways to count what was made with them. */
export const prompts: Migration = {
  name: 'prompts',
  statements: ({ key }) => [
    sql`create table prompts (
      name ${key} not null,
      version bigint not null check (version >= 1),
      sha256 ${key} not null check (length(sha256) = 64),
      system text not null,
      "user" text not null,
      first_seen_at bigint not null,
      primary key (name, version, sha256),
      unique (name, version)
    )`,
    sql`create index ai_decisions_of_prompt on ai_decisions (prompt_name) where prompt_name is not null`,
    sql`create index trades_of_prompt on trades (prompt_name) where prompt_name is not null`,
  ],
};
