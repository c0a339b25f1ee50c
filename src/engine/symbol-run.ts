import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import type { Grid } from '#core/grid.ts';
import type { FillListener } from '#core/matcher.ts';
import { toNumber } from '#core/money.ts';
import type { Intent, Order, OrderOwner } from '#core/orders.ts';
import { PositionBook } from '#core/positions.ts';
import {
  type Decision,
  type Direction,
  type Held,
  type Quiet,
  REASONS,
  type Reason,
  type Strategy,
} from '#core/signals.ts';

/** The one `Held` of a run, rewritten by each fill: a strategy reads it and keeps nothing of it. */
class HeldNow implements Held {
  direction: Direction = 'flat';
  entryIndex = -1;
  lastExitIndex = -1;
}

/** Hears what the venue tells of a run's symbol, once the run has taken it in. */
export interface RunListener {
  order(run: SymbolRun, order: Order): void;
  fill(run: SymbolRun, execution: Execution): void;
}

/**
 * One bot on one symbol: its strategy, its candles and its own book of fills. It hears what the venue tells of the
 * symbol, and asks the strategy once for each closed candle.
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
  /** Why what was done with each candle, as reason codes. */
  reasons: Uint8Array = new Uint8Array(0);
  /** Candles decided so far: the next one to decide. */
  decided = 0;
  /** The entry or exit that is on its way. */
  private working: Order | undefined;
  private stop: Order | undefined;
  private observed = 0;
  private stretch: Quiet = { until: 0, reason: REASONS.undecided };
  private readonly held = new HeldNow();
  private listener: RunListener | undefined;

  constructor(owner: OrderOwner, bot: Bot, grid: Grid, candles: Candles, strategy: Strategy) {
    this.owner = owner;
    this.bot = bot;
    this.grid = grid;
    this.candles = candles;
    this.strategy = strategy;
    this.book = new PositionBook(grid, candles);
    this.capital = toNumber(bot.capital);
  }

  /** What the strategy decides at the close of candle `i`; a hold of our own while an order is on its way. */
  decide(i: number): Decision | Promise<Decision> {
    if (i >= this.observed) this.observe();
    this.decided = i + 1;
    return this.working === undefined ? this.strategy.decide(i, this.held) : PENDING;
  }

  /** How many known candles after the last closed one the strategy holds at, whatever they bring but a fill. */
  quietAhead(): number {
    const { candles, strategy, observed } = this;
    const next = candles.length;
    if (this.working !== undefined || next >= observed || strategy.quiet === undefined) return 0;
    this.stretch = strategy.quiet(next, observed, this.held);
    return this.stretch.until - next;
  }

  /** The feed went on over `count` candles of the stretch that `quietAhead` told of. */
  passed(count: number): void {
    const end = this.candles.length;
    this.note(end - 1, this.stretch.reason);
    this.reasons.fill(this.stretch.reason.code, end - count, end);
    this.decided = end;
  }

  /** Keeps why candle `i` was done with as it was. */
  note(i: number, reason: Reason): void {
    if (i >= this.reasons.length) this.growReasons(i);
    this.reasons[i] = reason.code;
  }

  /** At most one intent of an owner for each occasion, the close of candle `i`. */
  intentAt(i: number): Intent {
    return { owner: this.owner, occasion: this.candles.closeTimeAt(i) };
  }

  listen(listener: RunListener): void {
    this.listener = listener;
  }

  /** Goes on after a restart: `decided` candles are done with, and these orders may still do something. */
  resume(decided: number, working: readonly Order[]): void {
    this.decided = decided;
    this.working = working.find(({ leg }) => leg === 'entry' || leg === 'exit');
    this.stop = working.find(({ leg }) => leg === 'stop');
    this.refreshHeld();
    // Another symbol of the bot may store this one's trade before its own next candle.
    this.observe();
  }

  /** Whether the venue holds a live stop for the open position. */
  get hasWorkingStop(): boolean {
    return this.stop?.state.kind === 'open';
  }

  /** From now on this order is on its way, until the venue ends it. */
  follow(order: Order): void {
    this.working = order;
  }

  /** The entry or exit that is on its way. */
  get pending(): Order | undefined {
    return this.working;
  }

  /** Quote currency that the open position, or an entry on its way, commits. */
  committed(): number {
    const { grid, working, candles } = this;
    const pending =
      working?.leg === 'entry' ? working.remaining * grid.priceOf(candles.close.values[candles.length - 1]!) : 0;
    return (this.book.committed() + pending) / (grid.priceScale * grid.quantityScale);
  }

  onOrder(order: Order): void {
    if (order === this.working && !order.isWorking) this.working = undefined;
    if (order.leg === 'stop') this.stop = order;
    this.listener?.order(this, order);
  }

  onFill(execution: Execution): void {
    const { order } = execution;
    if (order === this.working && !order.isWorking) this.working = undefined;
    this.book.apply(execution);
    this.refreshHeld();
    this.listener?.fill(this, execution);
  }

  private refreshHeld(): void {
    const { held, book } = this;
    held.direction = book.direction;
    held.entryIndex = book.entryIndex;
    held.lastExitIndex = book.lastExitIndex;
  }

  /** Computes what rules read for every candle that is known, in one pass. */
  private observe(): void {
    const { known } = this.candles;
    this.strategy.observe(this.observed, known);
    this.observed = known;
  }

  private growReasons(i: number): void {
    const grown = new Uint8Array(Math.max(i + 1, this.candles.known, this.reasons.length * 2));
    grown.set(this.reasons);
    this.reasons = grown;
  }
}

const PENDING: Decision = Object.freeze({ kind: 'hold', reason: REASONS.orderPending });
