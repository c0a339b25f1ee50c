import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What models were asked and answered, and what opinions and decisions keep of it. */
export const modelQuestions: Migration = {
  name: 'model questions',
  statements: ({ key }) => [
    sql`alter table analysis_results add column why text`,
    sql`alter table analysis_results add column failure text`,
    sql`alter table ai_decisions add column prompt_name text`,
    sql`create table model_questions (
      bot_id ${key} not null references bots (id),
      symbol ${key} not null,
      timeframe ${key} not null,
      occasion bigint not null,
      model ${key} not null,
      prompt_name ${key} not null,
      id ${key} not null,
      question text not null,
      answer text not null,
      cost_usd double precision check (cost_usd >= 0),
      asked_at bigint not null,
      primary key (bot_id, symbol, timeframe, occasion, model, prompt_name)
    )`,
    sql`create index model_questions_by_hash on model_questions (id, asked_at)`,
    sql`create index model_questions_by_time on model_questions (asked_at, cost_usd)`,
    sql`create index model_questions_of_bot on model_questions (bot_id, asked_at, cost_usd)`,
  ],
};
