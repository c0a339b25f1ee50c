import { type BracketPlan, bracketLevels } from '#core/brackets.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { Order, OrderRequest, RiskApproved } from '#core/orders.ts';
import {
  approveEntry,
  approveExit,
  boundedQuantity,
  type Room,
  riskAtStop,
  sizedQuantity,
  type Verdict,
} from '#core/risk.ts';
import { riskRefusal } from '#core/signal-filter.ts';
import { type EntrySignal, REASONS } from '#core/signals.ts';
import { entryLimit, entryPrice } from './entry-price.ts';
import type { SymbolRun } from './symbol-run.ts';

/**
 * A signal to enter that was let through, sized and passed through the limits; pure and synchronous.
 * @param equity What the account is worth, after the fee of an entry, in the quote currency: less than the bot's capital
 *   after losses, and then percents are of it.
 * @param room What may still be committed and risked.
 */
export function planEntry(run: SymbolRun, i: number, entry: EntrySignal, equity: number, room: Room): Verdict {
  const { grid, bot } = run;
  const price = entryPrice(run, i, entry.direction);
  const limit = entryLimit(run, i, entry.direction);
  const stop = entry.brackets?.stop;
  const capital = Math.max(0, Math.min(run.capital, equity));
  const sized = sizedQuantity(grid, bot.sizing, capital, price, stop, run.leverage);
  const quantity = boundedQuantity(grid, bot.sizing, sized, price);
  if (quantity < sized && quantity === 0) return refused(REASONS.underOwnLeast);
  const risk = riskAtStop(grid, quantity, price, mostLoss(run, price, stop));
  const tooHigh = leverageRefusal(run, grid.priceOf(price), quantity);
  if (tooHigh !== undefined) return { kind: 'refused', reason: REASONS.overLeverage, why: tooHigh };
  const tooRisky = riskRefusal(bot.filter, risk, equity);
  if (tooRisky) return { kind: 'refused', ...tooRisky };
  if (!haveDistance(run, entry, price)) return refused(REASONS.badBrackets);
  const request: OrderRequest = {
    leg: 'entry',
    side: entry.direction === 'long' ? 'buy' : 'sell',
    type: limit === undefined ? 'market' : 'limit',
    quantity,
    price: limit,
    postOnly: bot.entryOrder?.postOnly,
    timeInForce: 'gtc',
    effect: 'open',
    attached: bracketPlan(run, entry, price),
  };
  return approveEntry(grid, run.intentAt(i), request, limit ?? grid.priceOf(price), room, risk);
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

/** What a unit may lose, before fees: to its stop, and in isolated margin no more than it locked; undefined for all of it. */
function mostLoss({ bot, leverage }: SymbolRun, close: number, stop: number | undefined): number | undefined {
  if (bot.leverage === undefined || bot.marginMode === 'cross') return stop;
  return Math.min(stop ?? Number.POSITIVE_INFINITY, close / leverage);
}

/** Why the venue's tiers do not allow the bot's leverage for what it would hold then; undefined where they do. */
function leverageRefusal({ margin, bot, book, grid }: SymbolRun, price: GridPrice, quantity: GridQuantity) {
  if (margin === undefined || bot.leverage === undefined) return undefined;
  const held = (Math.abs(book.position) + quantity) as GridQuantity;
  return margin.tiers.leverageRefusal(grid.notional(price, held), bot.leverage);
}

function refused(reason: (typeof REASONS)[keyof typeof REASONS]): Verdict {
  return { kind: 'refused', reason, why: reason.why };
}

/** Whether stop and target, rounded to the tick, are still off the entry: a tick may be wider than a distance. */
function haveDistance({ bot, grid }: SymbolRun, { direction, brackets }: EntrySignal, price: number): boolean {
  if (brackets === undefined || bot.brackets?.rounding !== 'toward-entry') return true;
  const { stop, target } = bracketLevels(grid, direction, price, brackets.stop, brackets.target, 'toward-entry');
  const at = grid.priceOf(price);
  const isLong = direction === 'long';
  return (isLong ? stop < at : stop > at) && (target === undefined || (isLong ? target > at : target < at));
}

/** @param price What levels count from, quote per base. */
function bracketPlan(run: SymbolRun, entry: EntrySignal, price: number): BracketPlan | undefined {
  const rules = run.bot.brackets;
  if (!rules || !entry.brackets) return undefined;
  const { stop, target, trail } = entry.brackets;
  const { anchor, rounding } = rules;
  const profitPercent = rules.roi?.[0]?.percent;
  if (anchor === 'fill') return { kind: 'distances', stop, target, rounding, trail, profitPercent };
  const levels = bracketLevels(run.grid, entry.direction, price, stop, target, rounding);
  return { kind: 'levels', levels, trail, profitPercent };
}
