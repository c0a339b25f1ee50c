import type { LimitEntry } from '#core/bots.ts';
import type { Order, OrderChange } from '#core/orders.ts';
import type { Room } from '#core/risk.ts';
import { nearerTarget, nextStepAfter, profitPercentAfter, profitTarget, type RoiTable } from '#core/roi.ts';
import { REASONS } from '#core/signals.ts';
import type { Venue } from '#ports/venue.ts';
import { entryLimit } from './entry-price.ts';
import type { SymbolRun } from './symbol-run.ts';

const NOTHING_TO_ADD_TO = 'the trade that it would have added to is over';

/** What may still be committed for a symbol. */
export type RoomOf = (run: SymbolRun) => Room;

/**
 * What is done to the orders that a bot has at the venue when a candle closes, before it decides anything. All of it follows
 * from the order as the venue last told of it, the fills and the candles: after a restart it comes out the same, and doing
 * it again changes nothing.
 */
export function tendOrders(run: SymbolRun, i: number, venue: Venue, room: RoomOf): Promise<void> | undefined {
  const { entryOrder, brackets } = run.bot;
  let wait: Promise<void> | undefined;
  if (brackets?.roi)
    for (const target of run.targets) wait = both(wait, lowerTarget(run, i, target, brackets.roi, venue));
  return entryOrder ? both(wait, tendEntry(run, i, entryOrder, venue, room)) : wait;
}

/** Takes an entry that waits at the venue back: what has filled of it stays, with its stop. */
export function takeBackEntry(run: SymbolRun, venue: Venue, why: string): Promise<void> | undefined {
  const entry = waitingEntry(run);
  if (entry === undefined) return undefined;
  const answer = venue.cancel(entry, why);
  // One that is not working any more has ended in its own way, and the venue tells of it.
  return answer instanceof Promise ? answer.then(() => undefined) : undefined;
}

/** Whether a bot has anything to tend to. */
export function tendsOrders({ bot }: SymbolRun): boolean {
  return bot.brackets?.roi !== undefined || bot.entryOrder !== undefined;
}

/** The first candle of [from, to) at whose close there will be something to do, `to` if there is none. */
export function nextTended(run: SymbolRun, from: number, to: number): number {
  const roi = run.bot.brackets?.roi;
  if (roi === undefined || from >= to) return to;
  const { candles, book } = run;
  let first = to;
  for (const { intent } of run.targets) {
    const entry = book.entryFillOf(intent.occasion);
    if (entry === undefined) continue;
    const enteredAt = book.fills.at(entry);
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
  if (entry === undefined) return undefined;
  const percent = profitPercentAfter(roi, candles.closeTimeAt(i) - book.fills.at(entry));
  const direction = target.side === 'sell' ? 'long' : 'short';
  const asked = profitTarget(grid, direction, book.fills.price(entry), percent);
  return amend(target, { price: nearerTarget(direction, target.price, asked) }, venue);
}

/** No entry is left waiting where none may be taken. */
function tendEntry(
  run: SymbolRun,
  i: number,
  rules: LimitEntry,
  venue: Venue,
  room: RoomOf,
): Promise<void> | undefined {
  const entry = waitingEntry(run);
  if (entry === undefined) return undefined;
  run.observeUntil(i);
  const closed = run.strategy.closedToEntries?.(i);
  if (closed !== undefined) return takeBackEntry(run, venue, closed.why);
  const signalled = run.candles.indexClosedAt(entry.intent.occasion);
  // Only an addition can have seen an exit since it was signalled.
  if (run.book.position === 0 && run.book.lastExitIndex > signalled)
    return takeBackEntry(run, venue, NOTHING_TO_ADD_TO);
  if (i - signalled >= rules.timeoutCandles) {
    run.timeOut(i);
    return takeBackEntry(run, venue, REASONS.entryTimedOut.why);
  }
  return rules.reprice === 'follow' ? follow(run, i, entry, venue, room(run)) : undefined;
}

/** Puts an entry back to its offset from the close, as far as the limits leave room for what it would commit more. */
function follow(run: SymbolRun, i: number, entry: Order, venue: Venue, room: Room): Promise<void> | undefined {
  const price = entryLimit(run, i, entry.side === 'buy' ? 'long' : 'short')!;
  const more = (price - entry.price!) * entry.remaining;
  const left = Math.max(0, Math.min(room.ofCapital, room.ofEquity));
  return more > left ? undefined : amend(entry, { price }, venue);
}

function waitingEntry({ pending }: SymbolRun): Order | undefined {
  const isWaiting = pending?.leg === 'entry' && pending.type === 'limit' && pending.state.kind === 'open';
  return isWaiting ? pending : undefined;
}

/** A refusal leaves the order as it is: it is tried again at the next close. */
function amend(order: Order, change: OrderChange, venue: Venue): Promise<void> | undefined {
  if (change.price === order.price) return undefined;
  const answer = venue.amend(order, change);
  return answer instanceof Promise ? answer.then(() => undefined) : undefined;
}

/** Nothing to wait for is the rule: it makes no object. */
export function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Promise.all([one, other]).then(() => undefined);
}
