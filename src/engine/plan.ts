import { type BracketPlan, bracketLevels } from '#core/brackets.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { Order, OrderRequest, RiskApproved } from '#core/orders.ts';
import { approveEntry, approveExit, type Room, sizedQuantity, type Verdict } from '#core/risk.ts';
import { type Decision, REASONS } from '#core/signals.ts';
import type { SymbolRun } from './symbol-run.ts';

type Entry = Extract<Decision, { kind: 'enter' }>;

/**
 * A decision to enter, filtered, sized and passed through the limits; pure and synchronous.
 * @param room What may still be committed, in grid units of the run's instrument.
 */
export function planEntry(run: SymbolRun, i: number, entry: Entry, room: Room): Verdict {
  const { grid, bot } = run;
  const close = run.candles.close.values[i]!;
  const distances = entry.brackets;
  if (distances && !isSane(distances.stop, distances.target, close)) {
    return { kind: 'refused', reason: REASONS.badBrackets, why: REASONS.badBrackets.why };
  }
  const request: OrderRequest = {
    leg: 'entry',
    side: entry.direction === 'long' ? 'buy' : 'sell',
    type: 'market',
    quantity: sizedQuantity(grid, bot.sizing, run.capital, close, distances?.stop),
    price: undefined,
    timeInForce: 'gtc',
    effect: 'open',
    attached: bracketPlan(run, entry, close),
  };
  return approveEntry(grid, run.intentAt(i), request, grid.priceOf(close), room);
}

/** The order that closes the whole position at the next open. */
export function planExit(run: SymbolRun, i: number): RiskApproved<Order> {
  const position = run.book.position;
  return approveExit(run.intentAt(i), {
    leg: 'exit',
    side: position > 0 ? 'sell' : 'buy',
    type: 'market',
    quantity: Math.abs(position) as GridQuantity,
    price: undefined,
    timeInForce: 'gtc',
    effect: 'reduce-only',
    attached: undefined,
  });
}

function isSane(stop: number, target: number | undefined, close: number): boolean {
  return stop > 0 && stop < close && (target === undefined || (target > 0 && Number.isFinite(target)));
}

function bracketPlan(run: SymbolRun, entry: Entry, close: number): BracketPlan | undefined {
  const rules = run.bot.brackets;
  if (!rules || !entry.brackets) return undefined;
  const { stop, target } = entry.brackets;
  if (rules.anchor === 'fill') return { kind: 'distances', stop, target, rounding: rules.rounding };
  return { kind: 'levels', levels: bracketLevels(run.grid, entry.direction, close, stop, target, rules.rounding) };
}
