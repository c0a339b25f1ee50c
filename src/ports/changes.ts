import type { ChangeSet } from '#ports/store.ts';

type Mutable<Rows> = { -readonly [Name in keyof Rows]: Rows[Name] extends readonly (infer Row)[] ? Row[] : never };

/** A change-set while it is being gathered. */
export interface Changes {
  readonly put: Mutable<ChangeSet['put']>;
  readonly add: Mutable<ChangeSet['add']>;
  readonly remove: Mutable<ChangeSet['remove']>;
}

export function noChanges(): Changes {
  return {
    put: { accounts: [], bots: [], orders: [], trades: [], positions: [] },
    add: {
      fills: [],
      analyses: [],
      decisions: [],
      cycles: [],
      snapshots: [],
      candles: [],
      carries: [],
      questions: [],
      sentQuestions: [],
      prompts: [],
    },
    remove: { positions: [] },
  };
}

export function rowsIn({ put, add, remove }: Changes): number {
  let rows = remove.positions.length;
  for (const list of [...Object.values(put), ...Object.values(add)]) rows += list.length;
  return rows;
}
