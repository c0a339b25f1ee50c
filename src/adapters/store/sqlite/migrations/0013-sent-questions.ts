import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which questions went out to models: a row is there before the question is sent. */
export const sentQuestions: Migration = {
  name: 'sent questions',
  statements: ({ key }) => [
    sql`create table sent_questions (
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      model ${key} not null,
      prompt_name ${key} not null,
      id ${key} not null,
      sent_at bigint not null,
      primary key (bot_id, symbol, timeframe, occasion, model, prompt_name)
    )`,
  ],
};
