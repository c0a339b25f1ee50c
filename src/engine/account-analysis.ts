import type { FillLog } from '#core/fills.ts';
import { type Analysis, analysis } from '#core/statistics/analysis.ts';
import type { BootstrapOptions } from '#core/statistics/bootstrap.ts';
import { type Excursion, type Excursions, excursionsOf } from '#core/statistics/excursions.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { Account } from './account.ts';
import { statisticsInputOf } from './account-statistics.ts';
import { type AccountTrade, accountTrades, isClosed } from './account-trades.ts';
import type { SymbolRun } from './symbol-run.ts';

/** The seed is any number: it stands still so that the same run prints the same intervals. */
export const BOOTSTRAP: BootstrapOptions = { resamples: 1_000, level: 0.95, seed: 1 };

export interface AccountAnalysis extends Analysis {
  /** Every trade, in the order of their entries. */
  readonly trades: readonly AccountTrade[];
  /** Of each of them. */
  readonly tradeExcursions: Excursions;
}

/**
 * What takes a pass over each trade's candles and a thousand samples of the trades: asked for by whoever shows it, never
 * part of a run.
 *
 * @param statistics `statisticsOf` the same account.
 */
export function analysisOf(account: Account, statistics: Statistics): AccountAnalysis {
  const trades = accountTrades(account);
  const excursions = excursionsOfRuns(account.runs);
  const closed = trades.filter(isClosed);
  const logOf = (k: number) => closed[k]!.run.book.trades;
  const found = analysis({
    ...statisticsInputOf(account),
    statistics,
    excursions: gathered(closed, excursions),
    symbols: account.runs.map(({ owner }) => owner.symbol),
    symbolOf: (k) => closed[k]!.run.owner.symbol,
    sideOf: (k) => (logOf(k).quantity[closed[k]!.k]! > 0 ? 'long' : 'short'),
    exitReasonOf: (k) => logOf(k).exitReason(closed[k]!.k)!,
    bootstrap: BOOTSTRAP,
  });
  return { ...found, trades, tradeExcursions: gathered(trades, excursions) };
}

function excursionsOfRuns(runs: readonly SymbolRun[]): ReadonlyMap<SymbolRun, Excursions> {
  return new Map(
    runs.map((run) => {
      const { trades, fills } = run.book;
      return [run, excursionsOf(trades, run.candles, run.grid, fills.length, (fill) => isInside(fills, fill))];
    }),
  );
}

function gathered(trades: readonly AccountTrade[], of: ReadonlyMap<SymbolRun, Excursions>): Excursions {
  const column = (side: keyof Excursions, name: keyof Excursion) =>
    Float64Array.from(trades, ({ run, k }) => of.get(run)![side][name][k]!);
  const excursion = (side: keyof Excursions): Excursion => ({
    quote: column(side, 'quote'),
    fraction: column(side, 'fraction'),
    r: column(side, 'r'),
  });
  return { mae: excursion('mae'), mfe: excursion('mfe') };
}

/** Whether a fill was asked for inside the candle that it happened in. Stops and targets wait: price comes to them. */
function isInside(fills: FillLog, fill: number): boolean {
  const leg = fills.leg(fill);
  return (leg === 'entry' || leg === 'exit') && fills.occasion(fill) > fills.at(fill);
}
