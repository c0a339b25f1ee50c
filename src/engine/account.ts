import { type AccountId, type AccountLimits, NO_LIMITS } from '#core/bots.ts';
import { Column } from '#core/indicators/column.ts';
import { type Money, toNumber } from '#core/money.ts';
import { candleOpenTime, type EpochMs } from '#core/time.ts';
import type { SymbolRun } from './symbol-run.ts';

/** Where an account stands. Trades are closed ones; a trade is won when its P&L after fees is above 0. */
export interface AccountFigures {
  readonly equity: Money;
  readonly unrealized: Money;
  readonly fees: Money;
  readonly open: number;
  readonly total: number;
  readonly won: number;
}

function lastClose({ candles }: SymbolRun): number {
  return candles.length === 0 ? 0 : candles.close.values[candles.length - 1]!;
}

/** An account as the sum of its runs: starting balance and whatever their fills and open positions added. */
export class Account {
  readonly id: AccountId;
  readonly startingBalance: Money;
  readonly runs: readonly SymbolRun[];
  readonly limits: AccountLimits;
  /** Equity at each boundary, float64, in the account's currency. */
  readonly equity = new Column();
  boundaries = 0;
  private readonly start: number;

  constructor(id: AccountId, startingBalance: Money, runs: readonly SymbolRun[], limits: AccountLimits = NO_LIMITS) {
    this.id = id;
    this.limits = limits;
    this.startingBalance = startingBalance;
    this.runs = runs;
    this.start = toNumber(startingBalance);
  }

  /** Keeps the equity of a boundary: every position at its symbol's last close. */
  mark(): void {
    const k = this.boundaries;
    if (k >= this.equity.values.length) this.reserve(k);
    const { runs } = this;
    let equity = this.start;
    for (let n = 0; n < runs.length; n++) {
      const { book, candles } = runs[n]!;
      if (candles.length > 0) equity += book.cash + book.base * candles.close.values[candles.length - 1]!;
    }
    this.equity.values[k] = equity;
    this.boundaries = k + 1;
  }

  /** Keeps the equity of the last `count` boundaries, between which nothing traded: one run, position unchanged. */
  markPassed(count: number): void {
    const { book, candles } = this.runs[0]!;
    const { cash, base } = book;
    const first = this.boundaries;
    const offset = candles.length - count - first;
    if (first + count > this.equity.values.length) this.reserve(first + count - 1);
    const close = candles.close.values;
    const equity = this.equity.values;
    const start = this.start;
    for (let k = first; k < first + count; k++) equity[k] = start + (cash + base * close[k + offset]!);
    this.boundaries = first + count;
  }

  /** Equity at the last prices as a float64. */
  equityNow(): number {
    let equity = this.start;
    for (const run of this.runs) {
      if (run.candles.length > 0) equity += run.book.cash + run.book.base * run.price;
    }
    return equity;
  }

  /** Equity at the last closes, exactly. */
  exactEquity(): Money {
    return this.figures().equity;
  }

  /** Exact amounts and counts at the last closes; `markOf` gives another price for what is open. */
  figures(markOf: (run: SymbolRun) => number = lastClose): AccountFigures {
    let equity: bigint = this.startingBalance;
    let unrealized = 0n;
    let fees = 0n;
    let open = 0;
    let total = 0;
    let won = 0;
    for (const run of this.runs) {
      const { book, grid } = run;
      const mark = grid.priceOf(markOf(run));
      equity += book.exactWorth(mark);
      unrealized += book.unrealized(mark);
      fees += book.ledger.fees();
      if (book.position !== 0) open += 1;
      total += book.trades.closed;
      won += book.trades.won;
    }
    return { equity: equity as Money, unrealized: unrealized as Money, fees: fees as Money, open, total, won };
  }

  /** Quote currency that open positions and working entries commit, at their entry prices. */
  committed(): number {
    let sum = 0;
    for (const run of this.runs) sum += run.committed();
    return sum;
  }

  /**
   * Quote currency that one more entry may risk today: the limit, less what the day has lost so far, less what the
   * stops of open positions and of entries on their way would lose. Infinity without a limit.
   * @param now Market time; a day begins at 00:00 UTC.
   */
  dailyLossLeft(now: EpochMs): number {
    const { dailyLossPercent } = this.limits;
    if (dailyLossPercent === null) return Infinity;
    const morning = this.equityAt(candleOpenTime(now, '1d'));
    let risk = 0;
    for (const run of this.runs) risk += run.openRisk();
    return (morning * dailyLossPercent) / 100 - Math.max(0, morning - this.equityNow()) - risk;
  }

  /** Equity at an earlier moment, at the last closes before it, float64: it follows from the fills alone. */
  private equityAt(time: EpochMs): number {
    let equity = this.start;
    for (const { book, candles } of this.runs) {
      const last = candles.indexClosedAt(time);
      if (last >= 0) equity += book.worthAt(time, candles.close.values[last]!);
    }
    return equity;
  }

  /** A replay knows how many boundaries there can be: one reservation for all of them. */
  private reserve(k: number): void {
    const known = Math.max(k + 1, ...this.runs.map(({ candles }) => candles.known));
    this.equity.reserve(known);
  }
}
