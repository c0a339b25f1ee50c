import type { Timeframe } from '../time.ts';
import type { Slippage } from './slippage.ts';

/**
 * What came first inside a row of the tape, where only its open, high, low and close are known.
 *
 * - `worst-case-first`: stops before limits and targets, each in the order they came. What an order that filled inside
 *   the row brings along may lose there and not win.
 * - `target-first`: limits and targets before stops.
 * - `ohlc-adaptive`: the price goes from the open to the nearer of high and low, to the other one, and to the close; from
 *   an open halfway to the low first. Orders trade where the path meets them, with what they bring along.
 */
export type RowModel = 'worst-case-first' | 'target-first' | 'ohlc-adaptive';

/** Or finer candles are replayed inside each candle, each of them by a row model. */
export type IntrabarModel =
  | RowModel
  | { readonly kind: 'finer-timeframe'; readonly timeframe: Timeframe; readonly within: RowModel };

/** What is assumed of a market that only its prices are known of: the questions that backtests answer differently. */
export interface ExecutionModel {
  readonly intrabar: IntrabarModel;
  /** When a market order trades that is sent at a close. */
  readonly signalActs: 'next-open' | 'this-close';
  /**
   * What a trailing stop meets first in a row, where the row model has no path: the price that may hit it, or the one that
   * moves it. In either case it must hold at the level with which it came into the row, and what it moves to is held
   * against the close, which comes last; with `favourable-first` against the adverse price too, after limits and targets.
   */
  readonly trailingSees: 'adverse-first' | 'favourable-first';
  /** Where an order trades that the open lies beyond: there, or at its own level wherever the row reaches it. */
  readonly gapFill: 'open' | 'level';
  /** Whether an exit at the open comes before a stop or target of the same row, or after it. */
  readonly exitSignal: 'before-stop' | 'after-stop';
  /** Whether the stop and target of an entry may trade in the row of its fill. */
  readonly entryRow: 'exits' | 'no-exits';
  /** What takers pay beyond the price they meet. */
  readonly slippage: Slippage;
  /** The most that one order takes of a row's volume, a fraction above 0; undefined for as much as it wants. */
  readonly volumeShare: number | undefined;
  /** Milliseconds of market time until an order, amend or cancel acts: from the first row that begins after them on. */
  readonly latencyMs: number;
}

export const DEFAULT_EXECUTION: ExecutionModel = Object.freeze({
  intrabar: 'worst-case-first',
  signalActs: 'next-open',
  trailingSees: 'adverse-first',
  gapFill: 'open',
  exitSignal: 'before-stop',
  entryRow: 'exits',
  slippage: Object.freeze({ kind: 'none' }),
  volumeShare: undefined,
  latencyMs: 0,
});

/** What is assumed inside one row of the tape. */
export function rowModelOf({ intrabar }: ExecutionModel): RowModel {
  return typeof intrabar === 'string' ? intrabar : intrabar.within;
}
