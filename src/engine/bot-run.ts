import type { Bell } from '#core/occasions.ts';
import type { Order, RiskApproved } from '#core/orders.ts';
import type { Verdict } from '#core/risk.ts';
import { filterSignal, marketRefusal, type Refusal, score } from '#core/signal-filter.ts';
import { type Decision, type EntrySignal, REASONS, type Reason } from '#core/signals.ts';
import type { Venue } from '#ports/venue.ts';
import type { Account } from './account.ts';
import { openingCost } from './commitment.ts';
import { entryPrice } from './entry-price.ts';
import { send } from './execute.ts';
import { planEntry, planExit } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { freeSlots, roomFor } from './room.ts';
import type { SymbolRun } from './symbol-run.ts';
import { both, type RoomOf, takeBackEntry, tendOrders, tendsOrders } from './working-orders.ts';

/** A signal to enter that its filter let through. */
interface Candidate {
  readonly run: SymbolRun;
  readonly index: number;
  readonly signal: EntrySignal;
}

/** An order that was approved and leaves once it is stored. */
interface Outgoing {
  readonly run: SymbolRun;
  readonly order: RiskApproved<Order>;
}

const NONE: readonly never[] = Object.freeze([]);

/** A decision that is not made yet. */
interface Late {
  readonly run: SymbolRun;
  readonly index: number;
  readonly decision: Promise<Decision>;
}

/**
 * One bot over all its symbols. At each boundary, one pass of the cycle: every symbol whose candle closed is decided (or
 * every one, where the bot is called at another moment), exits go first, and of the signals to enter the best take the free
 * slots. All orders of a pass are stored together, with what became of every symbol, and then sent: a restart finds the
 * pass whole or not at all. A pass that nothing makes wait is synchronous from the decision to the venue's answer.
 */
export class BotRun {
  readonly runs: readonly SymbolRun[];
  readonly account: Account;
  readonly recorder: Recorder;
  /** What calls it beside the closes of candles; undefined where nothing does. */
  readonly bell: Bell | undefined;
  private readonly venue: Venue;
  private readonly tends: boolean;
  private readonly room: RoomOf = (run) => roomFor(run, this.runs, this.account, this.equityFor(run));
  private outgoing: readonly Outgoing[] = NONE;
  /** What must be answered before the orders leave. */
  private unanswered: Promise<void> | undefined;

  constructor(runs: readonly SymbolRun[], account: Account, venue: Venue, recorder: Recorder, bell?: Bell) {
    this.runs = runs;
    this.bell = bell;
    this.tends = runs.some(tendsOrders);
    this.account = account;
    this.venue = venue;
    this.recorder = recorder;
  }

  step(): Promise<void> | undefined {
    // First of all: what follows the close must not see the price of a call before it.
    if (this.bell !== undefined) for (const run of this.runs) run.endCall();
    const tended = this.tends ? this.tend() : undefined;
    return tended === undefined ? this.pass() : tended.then(() => this.pass());
  }

  private pass(): Promise<void> | undefined {
    if (this.bell !== undefined) this.listen(this.bell);
    return this.decide();
  }

  /** Which symbols are to be decided: a bot with an interval passes over closes that are none of its ticks, unless one calls. */
  private listen(bell: Bell): void {
    const { intervalMs, occasion } = bell;
    for (const run of this.runs) {
      const i = run.candles.length - 1;
      if (occasion !== undefined) run.answer(occasion);
      if (intervalMs === undefined || i < run.decided || run.call !== undefined) continue;
      const at = run.candles.closeTimeAt(i);
      if (!bell.ticksAt(at) && run.eventsAtClose(at) === undefined) run.finish(i, REASONS.betweenTicks);
    }
  }

  /** What is at the venue already comes first: it may free a slot. */
  private tend(): Promise<void> | undefined {
    let wait: Promise<void> | undefined;
    for (const run of this.runs) {
      const i = run.candles.length - 1;
      if (i >= run.decided) wait = both(wait, tendOrders(run, i, this.venue, this.room));
    }
    return wait;
  }

  private decide(): Promise<void> | undefined {
    const { runs } = this;
    let late: Late[] | undefined;
    let candidates: readonly Candidate[] = NONE;
    for (let k = 0; k < runs.length; k++) {
      const run = runs[k]!;
      const i = run.candles.length - 1;
      if (i < run.decided) continue;
      if (run.isIdle && freeSlots(runs, this.account) <= 0) {
        run.finish(i, REASONS.noSlot);
        continue;
      }
      const decision = run.decide(i);
      if (decision instanceof Promise) late = [...(late ?? []), { run, index: i, decision }];
      else candidates = withOne(candidates, this.act(run, i, decision));
    }
    if (late !== undefined) return this.stepLate(late, candidates);
    this.enter(candidates);
    return this.outgoing.length === 0 ? undefined : this.dispatch();
  }

  /** The rest of a step some of whose decisions had to be waited for: exits that are decided do not wait for them. */
  private async stepLate(late: readonly Late[], early: readonly Candidate[]): Promise<void> {
    await this.dispatch();
    const decisions = await Promise.all(late.map(({ decision }) => decision));
    const acted = late.map(({ run, index }, k) => this.act(run, index, decisions[k]!));
    this.enter(acted.reduce(withOne, early));
    await this.dispatch();
  }

  /**
   * A symbol is done with when its order is made, or why there is none is known: a candidate waits for the others.
   * @returns The candidate, where that is what came of it.
   */
  private act(run: SymbolRun, i: number, decision: Decision): Candidate | undefined {
    if (decision.kind === 'enter') {
      return run.book.position === 0 ? this.filter(run, i, decision) : this.actInPosition(run, i, decision);
    }
    if (decision.kind === 'exit') this.exit(run, i, decision);
    else this.rest(run, i, decision, decision.reason);
    return undefined;
  }

  /** No order comes of a decision; what analysts were asked for is kept all the same. */
  private rest(run: SymbolRun, index: number, decision: Decision, reason: Reason): void {
    run.finish(index, reason);
    const { basis } = decision;
    if (basis !== undefined) this.recorder.refused(run, decision, decision.kind === 'hold' ? basis.rule : reason.why);
  }

  private filter(run: SymbolRun, index: number, signal: EntrySignal): Candidate | undefined {
    const refusal = closedHours(run, index) ?? badMarket(run, index) ?? this.weakness(run, index, signal);
    if (refusal === undefined) return { run, index, signal };
    this.refuse(run, index, signal, refusal);
    return undefined;
  }

  private weakness(run: SymbolRun, index: number, signal: EntrySignal): Refusal | undefined {
    const { filter } = run.bot;
    const since = filter.repeatAfterCandles === undefined ? Infinity : run.candlesSinceSame(signal.direction, index);
    return filterSignal(signal, filter, entryPrice(run, index, signal.direction), since);
  }

  /** What a signal to enter does to an open position: the bot's `onSame` and `onOpposite`. */
  private actInPosition(run: SymbolRun, i: number, signal: EntrySignal): Candidate | undefined {
    if (signal.direction === run.book.direction) return this.actOnSame(run, i, signal);
    this.actOnOpposite(run, i, signal);
    return undefined;
  }

  private actOnSame(run: SymbolRun, i: number, signal: EntrySignal): Candidate | undefined {
    if (run.bot.onSame === 'ignore') return void this.rest(run, i, signal, REASONS.sameIgnored);
    if (run.book.entries >= run.bot.maxEntries) return void this.rest(run, i, signal, REASONS.fullyStacked);
    const reason = signal.direction === 'long' ? REASONS.longAddition : REASONS.shortAddition;
    return this.filter(run, i, { ...signal, reason });
  }

  private actOnOpposite(run: SymbolRun, i: number, signal: EntrySignal): void {
    const { onOpposite } = run.bot;
    if (onOpposite === 'ignore') return void this.rest(run, i, signal, REASONS.oppositeIgnored);
    const reason = onOpposite === 'reverse' ? REASONS.oppositeReverses : REASONS.oppositeCloses;
    // What it was made of is kept with the exit; the entry to come is the same decision going on.
    const { basis: _, ...plain } = signal;
    if (onOpposite === 'reverse') run.reversal = plain;
    this.exit(run, i, { ...signal, reason });
  }

  private exit(run: SymbolRun, i: number, decision: Decision): void {
    this.unanswered = both(this.unanswered, takeBackEntry(run, this.venue, 'the position is being closed'));
    this.take(run, i, planExit(run, i), decision);
  }

  /** Sizes the candidates, the best first, for as long as there are slots. */
  private enter(candidates: readonly Candidate[]): void {
    const ranked =
      candidates.length > 1 ? candidates.toSorted((a, b) => score(b.signal) - score(a.signal)) : candidates;
    for (let k = 0; k < ranked.length; k++) this.enterOne(ranked[k]!);
  }

  private enterOne({ run, index, signal }: Candidate): void {
    const verdict = this.plan(run, index, signal);
    if (verdict.kind === 'approved') this.take(run, index, verdict.order, signal);
    else this.refuse(run, index, signal, verdict);
  }

  private plan(run: SymbolRun, index: number, signal: EntrySignal): Verdict {
    const { account, runs } = this;
    // What is added to a trade takes no further slot.
    if (run.book.position === 0 && freeSlots(runs, account) <= 0) {
      const why = `${REASONS.rankedOut.why} (its score is ${Number(score(signal).toPrecision(6))})`;
      return { kind: 'refused', reason: REASONS.rankedOut, why };
    }
    const equity = this.equityFor(run);
    return planEntry(run, index, signal, equity, roomFor(run, runs, account, equity));
  }

  /** An entry's fees are paid out of the same equity. */
  private equityFor(run: SymbolRun): number {
    return this.account.equityNow() / (1 + openingCost(run));
  }

  private refuse(run: SymbolRun, index: number, signal: EntrySignal, { reason, why }: Refusal): void {
    run.finish(index, reason);
    this.recorder.refused(run, signal, why);
  }

  /** From now on the order counts against every limit; it leaves with the others of the pass. */
  private take(run: SymbolRun, index: number, order: RiskApproved<Order>, decision: Decision): void {
    run.finish(index, decision.reason);
    run.follow(order);
    this.recorder.intent(run, order, decision);
    this.outgoing = withOne(this.outgoing, { run, order });
  }

  /** Stores what is to be sent, then sends it. */
  private dispatch(): Promise<void> | undefined {
    const { unanswered } = this;
    this.unanswered = undefined;
    if (unanswered !== undefined) return unanswered.then(() => this.dispatch());
    const { outgoing } = this;
    this.outgoing = NONE;
    if (outgoing.length === 0) return undefined;
    const stored = this.recorder.beforeSending();
    return stored === undefined ? this.send(outgoing) : stored.then(() => this.send(outgoing));
  }

  private send(outgoing: readonly Outgoing[]): Promise<void> | undefined {
    let waits: Promise<void>[] | undefined;
    for (let k = 0; k < outgoing.length; k++) {
      const { run, order } = outgoing[k]!;
      const wait = send(run, order, this.venue);
      if (wait !== undefined) waits = [...(waits ?? []), wait];
    }
    return waits && Promise.all(waits).then(() => undefined);
  }
}

/** Most passes have one at most: a list that grows is made for many. */
function withOne<Item>(list: readonly Item[], one: Item | undefined): readonly Item[] {
  if (one === undefined) return list;
  return list.length === 0 ? [one] : [...list, one];
}

/** A strategy in position still tells of signals, and a reversal comes a candle late: both may fall outside the hours. */
function closedHours({ strategy, call }: SymbolRun, index: number): Refusal | undefined {
  const reason = strategy.closedToEntries?.(index, call);
  return reason && { reason, why: reason.why };
}

/** The market is looked at only where its state is limited. */
function badMarket(run: SymbolRun, index: number): Refusal | undefined {
  const { filter } = run.bot;
  if (filter.maxSpreadPercent === undefined && filter.maxAgeSeconds === undefined) return undefined;
  return marketRefusal(filter, run.quotationAt(index));
}
