import type { Order, OrderChange } from '#core/orders.ts';
import { nearerTarget, nextStepAfter, profitPercentAfter, profitTarget, type RoiTable } from '#core/roi.ts';
import type { Venue } from '#ports/venue.ts';
import type { SymbolRun } from './symbol-run.ts';

/**
 * What is done to the orders that a bot has at the venue when a candle closes, before it decides anything. All of it follows
 * from the order as the venue last told of it, the fills and the candles: after a restart it comes out the same, and doing
 * it again changes nothing.
 */
export function tendOrders(run: SymbolRun, i: number, venue: Venue): Promise<void> | undefined {
  const roi = run.bot.brackets?.roi;
  return roi && all(run.targets.map((target) => lowerTarget(run, i, target, roi, venue)));
}

/** Whether a bot has anything to tend to. */
export function tendsOrders({ bot }: SymbolRun): boolean {
  return bot.brackets?.roi !== undefined;
}

/** The first candle of [from, to) at whose close there will be something to do, `to` if there is none. */
export function nextTended(run: SymbolRun, from: number, to: number): number {
  const roi = run.bot.brackets?.roi;
  if (roi === undefined || from >= to) return to;
  const { candles, book } = run;
  let first = to;
  for (const { intent } of run.targets) {
    const enteredAt = book.fills.at(book.entryFillOf(intent.occasion));
    const step = nextStepAfter(roi, candles.closeTimeAt(from - 1) - enteredAt);
    first = Math.min(first, candles.firstClosingAt(enteredAt + step, from, to));
  }
  return first;
}

/** A target comes nearer as the table steps, and never goes back. */
function lowerTarget(run: SymbolRun, i: number, target: Order, roi: RoiTable, venue: Venue): Promise<void> | undefined {
  const { candles, book, grid } = run;
  if (target.state.kind !== 'open' || target.price === undefined) return undefined;
  const entry = book.entryFillOf(target.intent.occasion);
  const percent = profitPercentAfter(roi, candles.closeTimeAt(i) - book.fills.at(entry));
  const direction = target.side === 'sell' ? 'long' : 'short';
  const asked = profitTarget(grid, direction, book.fills.price(entry), percent);
  return amend(target, { price: nearerTarget(direction, target.price, asked) }, venue);
}

/** A refusal leaves the order as it is: it is tried again at the next close. */
function amend(order: Order, change: OrderChange, venue: Venue): Promise<void> | undefined {
  if (change.price === order.price) return undefined;
  const answer = venue.amend(order, change);
  return answer instanceof Promise ? answer.then(() => undefined) : undefined;
}

function all(waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const late = waits.filter((wait) => wait !== undefined);
  return late.length === 0 ? undefined : Promise.all(late).then(() => undefined);
}
