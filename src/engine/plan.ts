import { type BracketPlan, bracketLevels } from '#core/brackets.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { Order, OrderRequest, RiskApproved } from '#core/orders.ts';
import { approveEntry, approveExit, type Room, sizedQuantity, type Verdict } from '#core/risk.ts';
import { type Decision, REASONS } from '#core/signals.ts';
import type { SymbolRun } from './symbol-run.ts';

type Entry = Extract<Decision, { kind: 'enter' }>;

/**
 * A decision to enter, filtered, sized and passed through the limits; pure and synchronous.
 * @param equity What the account is worth, after the fee of an entry, in the quote currency: less than the bot's capital
 *   after losses, and then percents are of it.
 * @param room What may still be committed, in grid units of the run's instrument.
 */
export function planEntry(run: SymbolRun, i: number, entry: Entry, equity: number, room: Room): Verdict {
  const { grid, bot } = run;
  const close = run.candles.close.values[i]!;
  const distances = entry.brackets;
  if (!isSane(entry, close)) {
    return { kind: 'refused', reason: REASONS.badBrackets, why: REASONS.badBrackets.why };
  }
  const request: OrderRequest = {
    leg: 'entry',
    side: entry.direction === 'long' ? 'buy' : 'sell',
    type: 'market',
    quantity: sizedQuantity(grid, bot.sizing, Math.max(0, Math.min(run.capital, equity)), close, distances?.stop),
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

/** Whether both levels are finite prices above 0 on their sides: a short's target lies below the close, not below 0. */
function isSane({ direction, brackets }: Entry, close: number): boolean {
  if (brackets === undefined) return true;
  const { stop, target } = brackets;
  if (!(stop > 0 && stop < close)) return false;
  return target === undefined || (target > 0 && target < (direction === 'short' ? close : Number.POSITIVE_INFINITY));
}

function bracketPlan(run: SymbolRun, entry: Entry, close: number): BracketPlan | undefined {
  const rules = run.bot.brackets;
  if (!rules || !entry.brackets) return undefined;
  const { stop, target } = entry.brackets;
  if (rules.anchor === 'fill') return { kind: 'distances', stop, target, rounding: rules.rounding };
  return { kind: 'levels', levels: bracketLevels(run.grid, entry.direction, close, stop, target, rules.rounding) };
}
