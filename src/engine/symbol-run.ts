import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { MarketEvent } from '#core/events/market-events.ts';
import type { Execution } from '#core/fills.ts';
import type { Grid } from '#core/grid.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import type { MarginModel } from '#core/margin/models.ts';
import type { MarginTiers } from '#core/margin/tiers.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import { ONE, type Ratio, toNumber } from '#core/money.ts';
import { isAbout, type Occasion } from '#core/occasions.ts';
import type { Intent, Order, OrderOwner } from '#core/orders.ts';
import { PositionBook } from '#core/positions.ts';
import { withinHours } from '#core/sessions/within-hours.ts';
import {
  type Decision,
  type Direction,
  type EntrySignal,
  type Held,
  hold,
  type Moment,
  REASONS,
  type Reason,
  type Strategy,
} from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type { Quotation, Series } from '#ports/market-data.ts';
import { nextTended } from './working-orders.ts';

/** Candles observed at a time, 64 KB of a column: what is read of them next is still in the processor's cache. */
const BLOCK = 8192;

/** The one `Held` of a run, rewritten by each fill: a strategy reads it and keeps nothing of it. */
class HeldNow implements Held {
  direction: Direction = 'flat';
  entryIndex = -1;
  lastExitIndex = -1;
}

/** How the contracts of a run are reckoned on margin, as far as entries go by it. */
export interface MarginRules {
  readonly model: MarginModel;
  readonly tiers: MarginTiers;
}

/** An occasion between two closes, with what the market was told to trade at then. */
export interface Call extends Moment {
  readonly occasion: Occasion;
  readonly quotation: Quotation;
}

/** Hears what the venue tells of a run's symbol, once the run has taken it in. */
export interface RunListener {
  /** What became of a call between two closes. */
  call(run: SymbolRun, call: Call, reason: Reason): void;
  order(run: SymbolRun, order: Order): void;
  fill(run: SymbolRun, execution: Execution): void;
  carry(run: SymbolRun, payment: CarryPayment): void;
}

/**
 * One bot on one symbol: its strategy, its candles and its own book of fills. It hears what the venue tells of the
 * symbol, and asks the strategy once for each closed candle, and for each call between two closes.
 */
export class SymbolRun implements FillListener {
  readonly owner: OrderOwner;
  readonly bot: Bot;
  readonly grid: Grid;
  readonly candles: Candles;
  readonly strategy: Strategy;
  readonly book: PositionBook;
  /** The bot's capital as a float64, for sizing. */
  readonly capital: number;
  /** Of every position; 1 where it is paid for in full. */
  readonly leverage: number;
  readonly exactLeverage: Ratio;
  /** Undefined where nothing is held on margin. */
  readonly margin: MarginRules | undefined;
  /** Why what was done with each candle, as reason codes. */
  reasons: Uint8Array = new Uint8Array(0);
  /** Candles decided so far: the next one to decide. */
  decided = 0;
  /** What it was called for since the last candle closed, if it was. */
  call: Call | undefined;
  /** The newest occasion that fell on a close. */
  private calledAtClose: Occasion | undefined;
  /** The moment of the newest occasion that was decided. */
  decidedAt = Number.NEGATIVE_INFINITY;
  /** The signal that closed the position to open the other side, until it is flat. */
  reversal: EntrySignal | undefined;
  /** The entry or exit that is on its way. */
  private working: Order | undefined;
  /** The stops that protect the position: one for each entry into it. */
  private stops: Order[] = [];
  /** The targets at the venue, oldest first: at most one for each entry into the position. */
  readonly targets: Order[] = [];
  /** The candle at whose close an entry last timed out. */
  private timedOutAt = -1;
  private observed = 0;
  /** Why nothing is decided at the candles that `quietAhead` told of. */
  private quietReason: Reason = REASONS.undecided;
  private readonly held = new HeldNow();
  private listener: RunListener | undefined;
  private readonly series: Pick<Series, 'candles' | 'quotation'>;

  constructor(
    owner: OrderOwner,
    bot: Bot,
    grid: Grid,
    series: Pick<Series, 'candles' | 'quotation'>,
    strategy: Strategy,
    margin?: MarginRules,
  ) {
    const { candles } = series;
    this.owner = owner;
    this.bot = bot;
    this.grid = grid;
    this.series = series;
    this.candles = candles;
    this.strategy = withinHours(strategy, candles, bot);
    this.book = new PositionBook(grid, candles);
    this.capital = toNumber(bot.capital);
    this.margin = margin;
    this.exactLeverage = bot.leverage ?? (ONE as Ratio);
    this.leverage = toNumber(this.exactLeverage);
  }

  /** What the strategy decides at the close of candle `i`; a hold of our own while an order is on its way. */
  decide(i: number): Decision | Promise<Decision> {
    this.observeUntil(i);
    if (this.working !== undefined) return this.mayLeave ? this.decideToLeave(i) : PENDING;
    if (this.hasTimedOut && this.book.position === 0) return TIMED_OUT;
    const { reversal } = this;
    if (reversal === undefined) return this.ask(i);
    this.reversal = undefined;
    // A position that is still there was not closed after all: it is decided anew.
    if (this.book.position !== 0) return this.ask(i);
    return { ...reversal, reason: REASONS.reversedEntry };
  }

  /**
   * Is called between two closes: the last closed candle is to be decided again, with what the market trades at. An occasion
   * that was decided before, or is not about this symbol, changes nothing, nor does a tick at which nothing is known.
   */
  answer(occasion: Occasion): void {
    const { at, kind } = occasion;
    const { symbol } = this.owner;
    const i = this.candles.length - 1;
    if (i < 0 || at <= this.decidedAt || at < this.candles.closeTimeAt(i) || !isAbout(occasion, symbol)) return;
    if (at === this.candles.closeTimeAt(i)) {
      this.calledAtClose = occasion;
      return;
    }
    const quotation = this.series.quotation(at);
    if (quotation === undefined && kind === 'interval') return;
    const price = quotation?.price ?? this.candles.close.values[i]!;
    const nothingTold = { price, ageMs: at - this.candles.closeTimeAt(i) };
    const events = occasion.events?.get(symbol);
    this.call = { at, price, events, occasion, quotation: quotation ?? nothingTold };
    this.decided = i;
    if (quotation === undefined) this.finish(i, REASONS.noPrice);
  }

  /** The market events that a close is decided for; undefined for one that none calls. */
  eventsAtClose(at: EpochMs): readonly MarketEvent[] | undefined {
    const { calledAtClose, owner } = this;
    return calledAtClose?.at === at ? calledAtClose.events?.get(owner.symbol) : undefined;
  }

  /** A candle closed: what was called for before it is over. */
  endCall(): void {
    const i = this.candles.length - 1;
    if (this.call !== undefined && this.candles.closeTimeAt(i) >= this.call.at) this.call = undefined;
  }

  /** When what is decided now was called for: the close of candle `i`, or a moment after it. */
  timeAt(i: number): EpochMs {
    return this.call?.at ?? this.candles.closeTimeAt(i);
  }

  /** What the market is told to trade at when candle `i` was the last that closed, quote per base. */
  priceAt(i: number): number {
    return this.call?.price ?? this.candles.close.values[i]!;
  }

  /** The last of these prices; 0 before the first candle. */
  get price(): number {
    return this.candles.length === 0 ? 0 : this.priceAt(this.candles.length - 1);
  }

  /** What is told of the market for what is decided now. */
  quotationAt(i: number): Quotation | undefined {
    return this.call?.quotation ?? this.series.quotation(this.candles.closeTimeAt(i));
  }

  /** Computes what is read at the close of candle `i`, and with it at those of the known candles that come next. */
  observeUntil(i: number): void {
    while (i >= this.observed) {
      const to = Math.min(this.candles.known, this.observed + BLOCK);
      this.strategy.observe(this.observed, to);
      this.observed = to;
    }
  }

  /** An entry waited its most candles, up to the close of candle `i`, and is taken back. */
  timeOut(i: number): void {
    this.timedOutAt = i;
  }

  /** Candle `i` is decided. */
  finish(i: number, reason: Reason): void {
    this.decided = i + 1;
    this.note(i, reason);
    const { call } = this;
    if (call === undefined) return;
    this.decidedAt = call.at;
    this.listener?.call(this, call, reason);
  }

  /** How many known candles after the last closed one the strategy holds at, whatever they bring but a fill. */
  quietAhead(): number {
    const { candles, strategy, observed } = this;
    const next = candles.length;
    if (this.working !== undefined || this.reversal !== undefined) return 0;
    if (next >= observed || strategy.quiet === undefined) return 0;
    const { until, reason } = strategy.quiet(next, observed, this.held);
    this.quietReason = reason;
    return nextTended(this, next, until) - next;
  }

  /** The feed went on over `count` candles of the stretch that `quietAhead` told of. */
  passed(count: number): void {
    const end = this.candles.length;
    if (end > this.reasons.length) this.growReasons(end - 1);
    const { reasons } = this;
    const { code } = this.quietReason;
    // Most stretches are shorter than what a call of `fill` costs.
    for (let k = end - count; k < end; k++) reasons[k] = code;
    this.decided = end;
  }

  /** Keeps why candle `i` was done with as it was. */
  note(i: number, reason: Reason): void {
    if (i >= this.reasons.length) this.growReasons(i);
    this.reasons[i] = reason.code;
  }

  /** At most one intent of an owner for each occasion, the close of candle `i` or a call after it. */
  intentAt(i: number): Intent {
    return { owner: this.owner, occasion: this.timeAt(i) };
  }

  listen(listener: RunListener): void {
    this.listener = listener;
  }

  /**
   * Goes on after a restart: `decided` candles are done with and every occasion up to `decidedAt`, these orders may still do
   * something, and this signal waits for the position to be closed.
   */
  resume(decided: number, decidedAt: number, working: readonly Order[], reversal: EntrySignal | undefined): void {
    this.decided = decided;
    this.decidedAt = decidedAt;
    this.reversal = reversal;
    this.working = working.find(({ leg }) => leg === 'entry' || leg === 'exit');
    this.stops = working.filter(({ leg }) => leg === 'stop');
    const targets = working.filter(({ leg }) => leg === 'target');
    this.targets.push(...targets.sort((a, b) => a.intent.occasion - b.intent.occasion));
    this.refreshHeld();
    // Another symbol of the bot may store this one's trade before its own next candle.
    this.observeUntil(this.candles.length - 1);
  }

  /** The stops that the venue holds live. */
  standingStops(): readonly Order[] {
    return this.stops.filter(({ state }) => state.kind === 'open');
  }

  /** Whether the venue holds live stops for all of the open position. */
  get hasWorkingStop(): boolean {
    let covered = 0;
    for (const { state, quantity } of this.stops) if (state.kind === 'open') covered += quantity;
    return covered > 0 && covered >= Math.abs(this.book.position);
  }

  /** From now on this order is on its way, until the venue ends it. */
  follow(order: Order): void {
    this.working = order;
  }

  /** The entry or exit that is on its way. */
  get pending(): Order | undefined {
    return this.working;
  }

  /** Whether it has a position, or an entry on its way. */
  get takesSlot(): boolean {
    return this.book.position !== 0 || this.working?.leg === 'entry';
  }

  /** Whether it has neither position nor order, nor one that just timed out, nor a reversal: only an entry can come of it. */
  get isIdle(): boolean {
    const { working, reversal, hasTimedOut } = this;
    return working === undefined && reversal === undefined && !hasTimedOut && this.book.position === 0;
  }

  /** Whether an entry timed out at the close that is decided. What comes after it is decided anew. */
  private get hasTimedOut(): boolean {
    return this.timedOutAt === this.candles.length - 1 && this.call === undefined;
  }

  /** Candles since the last entry to this side was signalled, seen from candle `i`; Infinity when there was none. */
  candlesSinceSame(direction: 'long' | 'short', i: number): number {
    const signal = direction === 'long' ? this.book.lastLongSignal : this.book.lastShortSignal;
    return signal === Number.NEGATIVE_INFINITY ? Infinity : i - this.candles.indexClosedAt(signal);
  }

  onOrder(order: Order): void {
    if (order === this.working && !order.isWorking) this.working = undefined;
    this.noteAttached(order);
    this.listener?.order(this, order);
  }

  onFill(execution: Execution): void {
    const { order } = execution;
    if (order === this.working && !order.isWorking) this.working = undefined;
    this.noteAttached(order);
    this.book.apply(execution);
    this.refreshHeld();
    this.listener?.fill(this, execution);
  }

  onCarry(payment: CarryPayment): void {
    this.book.carry(payment);
    this.listener?.carry(this, payment);
  }

  /** Whether there is a position, and no more on its way than an entry that waits at its limit. */
  private get mayLeave(): boolean {
    const { working } = this;
    return this.book.position !== 0 && working?.leg === 'entry' && working.type === 'limit';
  }

  private decideToLeave(i: number): Decision | Promise<Decision> {
    const decision = this.ask(i);
    return decision instanceof Promise ? decision.then((late) => this.orPending(late)) : this.orPending(decision);
  }

  private ask(i: number): Decision | Promise<Decision> {
    const { call, held } = this;
    return call === undefined ? this.strategy.decide(i, held) : this.strategy.decideBetween(i, held, call);
  }

  private orPending(decision: Decision): Decision {
    const leaves =
      decision.kind === 'exit' || (decision.kind === 'enter' && decision.direction !== this.book.direction);
    if (leaves) return decision;
    const { basis } = decision;
    if (basis === undefined) return PENDING;
    // What was asked for is kept, though nothing comes of it.
    const { orderPending: reason } = REASONS;
    return { kind: 'hold', reason, basis: { ...basis, rule: `${reason.why}; ${basis.rule}` } };
  }

  private noteAttached(order: Order): void {
    if (order.leg === 'stop') keepWorking(this.stops, order);
    else if (order.leg === 'target') keepWorking(this.targets, order);
  }

  private refreshHeld(): void {
    const { held, book } = this;
    held.direction = book.direction;
    held.entryIndex = book.entryIndex;
    held.lastExitIndex = book.lastExitIndex;
  }

  private growReasons(i: number): void {
    const grown = new Uint8Array(Math.max(i + 1, this.candles.known, this.reasons.length * 2));
    grown.set(this.reasons);
    this.reasons = grown;
  }
}

/** Most of the time there is none, or this one alone. */
function keepWorking(orders: Order[], order: Order): void {
  const isWorking = order.isWorking;
  if (orders.length === 0) {
    if (isWorking) orders.push(order);
    return;
  }
  if (orders.length === 1 && orders[0] === order) {
    if (!isWorking) orders.pop();
    return;
  }
  const known = orders.indexOf(order);
  if (known < 0 && isWorking) orders.push(order);
  else if (known >= 0 && !isWorking) orders.splice(known, 1);
}

const TIMED_OUT = hold(REASONS.entryTimedOut);
const PENDING: Decision = Object.freeze({ kind: 'hold', reason: REASONS.orderPending });
