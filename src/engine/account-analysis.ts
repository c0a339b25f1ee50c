import type { FillLog } from '#core/fills.ts';
import { type Analysis, analysis } from '#core/statistics/analysis.ts';
import type { BootstrapOptions } from '#core/statistics/bootstrap.ts';
import { type Excursions, excursionsOf } from '#core/statistics/excursions.ts';
import type { Statistics } from '#core/statistics/statistics.ts';
import type { Account } from './account.ts';
import { statisticsInputOf } from './account-statistics.ts';

/** The seed is any number: it stands still so that the same run prints the same intervals. */
export const BOOTSTRAP: BootstrapOptions = { resamples: 1_000, level: 0.95, seed: 1 };

export interface AccountAnalysis extends Analysis {
  /** Of every trade of the log, an open last one included. */
  readonly tradeExcursions: Excursions;
}

/**
 * What takes a pass over each trade's candles and a thousand samples of the trades: asked for by whoever shows it, never
 * part of a run.
 *
 * @param statistics `statisticsOf` the same account, which has one run.
 */
export function analysisOf(account: Account, statistics: Statistics): AccountAnalysis {
  const { candles, book, grid, owner } = account.runs[0]!;
  const { trades, fills } = book;
  const excursions = excursionsOf(trades, candles, grid, fills.length, (fill) => isInside(fills, fill));
  const found = analysis({
    ...statisticsInputOf(account),
    statistics,
    excursions,
    symbols: [owner.symbol],
    symbolOf: () => owner.symbol,
    sideOf: (k) => (trades.quantity[k]! > 0 ? 'long' : 'short'),
    exitReasonOf: (k) => trades.exitReason(k)!,
    bootstrap: BOOTSTRAP,
  });
  return { ...found, tradeExcursions: excursions };
}

/** Whether a fill was asked for inside the candle that it happened in. Stops and targets wait: price comes to them. */
function isInside(fills: FillLog, fill: number): boolean {
  const leg = fills.leg(fill);
  return (leg === 'entry' || leg === 'exit') && fills.occasion(fill) > fills.at(fill);
}
