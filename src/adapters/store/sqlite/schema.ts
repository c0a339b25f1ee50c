import type { Rows, TableName } from '../table.ts';
import { TABLES } from '../tables.ts';

type SnakeCase<Text extends string> = Text extends `${infer Letter}${infer Rest}`
  ? `${Letter extends Lowercase<Letter> ? Letter : `_${Lowercase<Letter>}`}${SnakeCase<Rest>}`
  : '';

/** A row of the port as the database has it: columns in snake_case, booleans as 0 and 1. */
type StoredRow<Row> = {
  readonly [Key in keyof Row & string as SnakeCase<Key>]: Row[Key] extends boolean ? number : Row[Key];
};

/** The tables as Kysely's types want them; `migrations.ts` makes them. */
export interface Schema {
  readonly accounts: StoredRow<Rows['accounts']>;
  readonly bots: StoredRow<Rows['bots']>;
  readonly orders: StoredRow<Rows['orders']>;
  readonly trades: StoredRow<Rows['trades']>;
  readonly positions: StoredRow<Rows['positions']>;
  readonly fills: StoredRow<Rows['fills']>;
  readonly analysis_results: StoredRow<Rows['analyses']>;
  readonly ai_decisions: StoredRow<Rows['decisions']>;
  readonly cycles: StoredRow<Rows['cycles']>;
  readonly account_snapshots: StoredRow<Rows['snapshots']>;
  readonly candles: StoredRow<Rows['candles']>;
  readonly carry_payments: StoredRow<Rows['carries']>;
  readonly model_questions: StoredRow<Rows['questions']>;
  readonly sent_questions: StoredRow<Rows['sentQuestions']>;
  readonly prompts: StoredRow<Rows['prompts']>;
  readonly schema_migrations: { readonly version: number; readonly name: string };
}

type Selection<Row> = { readonly [Key in keyof Row & string]: `${SnakeCase<Key>} as ${Key}` }[keyof Row & string];

/** All columns of a table under the names the port has for them: the database renames them, so no row is made twice. */
export function columnsOf<Name extends TableName>(name: Name): readonly Selection<Rows[Name]>[] {
  return TABLES[name].columns.map((column) => `${column.name} as ${column.key}` as Selection<Rows[Name]>);
}
