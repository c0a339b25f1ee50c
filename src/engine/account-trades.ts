import type { Account } from './account.ts';
import type { SymbolRun } from './symbol-run.ts';

/** A trade of an account: row `k` of one symbol's log. */
export interface AccountTrade {
  readonly run: SymbolRun;
  readonly k: number;
}

/** Every trade of an account in the order of their entries; those of one moment in the order of the account's runs. */
export function accountTrades({ runs }: Account): readonly AccountTrade[] {
  const all = runs.flatMap((run) => Array.from({ length: run.book.trades.length }, (_, k) => ({ run, k })));
  return runs.length === 1 ? all : all.sort((a, b) => enteredAt(a) - enteredAt(b));
}

export function isClosed({ run, k }: AccountTrade): boolean {
  return k < run.book.trades.closed;
}

/** Open time of the candle of the entry. */
export function enteredAt({ run: { book, candles }, k }: AccountTrade): number {
  return candles.openTimeAt(book.trades.entryIndex[k]!);
}
