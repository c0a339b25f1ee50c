import { levelsAt } from './brackets.ts';
import { unreachable } from './brand.ts';
import type { Candles } from './candles.ts';
import { type Execution, FillLog } from './fills.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { Ledger } from './ledger.ts';
import type { Money } from './money.ts';
import type { Leg, Order } from './orders.ts';
import type { Direction } from './signals.ts';
import { type ExitReason, TradeLog } from './trades.ts';

/**
 * Our own record of one symbol, whatever venue trades it: fills go in, and position, ledger and trades follow from
 * them alone.
 */
export class PositionBook {
  readonly grid: Grid;
  readonly fills = new FillLog();
  readonly trades = new TradeLog();
  readonly ledger: Ledger;
  /** Index of the candle of the last exit; -1 before the first. */
  lastExitIndex = -1;
  private readonly candles: Candles;
  private held = 0 as GridQuantity;
  /**
   * Cash moved so far in the quote currency and base units held, as float64, written by `apply` alone: this symbol adds
   * cash + base x price to its account's equity.
   */
  cash = 0;
  base = 0;
  private cashAtEntry = 0;
  /** What has left the open trade in parts: base units on the grid, and their sum of price x quantity. */
  private left = 0;
  private leftNotional = 0;

  constructor(grid: Grid, candles: Candles) {
    this.grid = grid;
    this.candles = candles;
    this.ledger = new Ledger(grid);
  }

  /** Base units on the grid, signed: negative is short. */
  get position(): GridQuantity {
    return this.held;
  }

  get direction(): Direction {
    return this.held === 0 ? 'flat' : this.held > 0 ? 'long' : 'short';
  }

  /** Index of the candle in which the open position was entered; -1 while flat. */
  get entryIndex(): number {
    return this.held === 0 ? -1 : this.trades.entryIndex[this.trades.length - 1]!;
  }

  /** What this symbol adds to its account's equity at a price on the grid, exactly. */
  exactWorth(price: GridPrice): Money {
    return (this.ledger.cash() + this.grid.notional(price, this.held)) as Money;
  }

  /** Exact P&L of the open position against what it cost, before fees; 0 while flat. */
  unrealized(price: GridPrice): Money {
    if (this.held === 0) return 0n as Money;
    return (this.grid.notional(price, this.held) - this.costOfOpenTrade()) as Money;
  }

  /** Notional of the open position at its entry price, positive: what it commits of the capital. */
  committed(): number {
    if (this.held === 0) return 0;
    return Math.abs(this.held) * this.trades.entryPrice[this.trades.length - 1]!;
  }

  /** Applies one fill. */
  apply(execution: Execution): void {
    const { order, price, quantity, index, liquidity } = execution;
    const { grid, fills, held } = this;
    fills.append(execution, this.candles.openTimeAt(index));
    if (held === 0) this.cashAtEntry = this.cash;
    this.held = (held + quantity) as GridQuantity;
    this.ledger.post(price, quantity, liquidity === 'maker' ? grid.makerRate : grid.takerRate);
    this.cash = this.ledger.cashNumber();
    this.base = grid.quantityNumber(this.held);
    if (held === 0) this.openTrade(order, price, quantity, index);
    else if (this.held === 0) this.closeTrade(order.leg, price, quantity, index);
    else if (quantity > 0 === held > 0) this.trades.enlarge(price, quantity);
    else this.leaveInPart(price, quantity);
  }

  /** Exact fees of trade `k`. */
  feesOf(k: number): Money {
    return this.sumOverFills(k, (fill) =>
      this.grid.fee(this.fills.price(fill), this.fills.quantity(fill), this.fills.liquidity(fill)),
    );
  }

  /** Exact P&L of the closed trade `k`, after fees. */
  pnlOf(k: number): Money {
    const flow = this.sumOverFills(
      k,
      (fill) => -this.grid.notional(this.fills.price(fill), this.fills.quantity(fill)) as Money,
    );
    return (flow - this.feesOf(k)) as Money;
  }

  /** A P&L of trade `k` in multiples of the loss at its first stop; NaN without one. */
  rOf(k: number, pnl: number): number {
    const { trades, grid } = this;
    const stopDistance = Math.abs(trades.entryPrice[k]! - trades.stop[k]!);
    const risk = (stopDistance * Math.abs(trades.quantity[k]!)) / (grid.priceScale * grid.quantityScale);
    return risk > 0 ? pnl / risk : Number.NaN;
  }

  private costOfOpenTrade(): Money {
    return this.sumOverFills(this.trades.length - 1, (fill) =>
      this.grid.notional(this.fills.price(fill), this.fills.quantity(fill)),
    );
  }

  private sumOverFills(k: number, amount: (fill: number) => Money): Money {
    const { firstFill } = this.trades;
    const end = k + 1 < this.trades.length ? firstFill[k + 1]! : this.fills.length;
    let sum = 0n;
    for (let fill = firstFill[k]!; fill < end; fill++) sum += amount(fill);
    return sum as Money;
  }

  private openTrade(order: Order, price: GridPrice, quantity: GridQuantity, index: number): void {
    const { attached } = order;
    const levels = attached && levelsAt(attached, this.grid, quantity > 0 ? 'long' : 'short', price);
    const stop = levels ? levels.stop : Number.NaN;
    this.trades.open(this.fills.length - 1, index, price, quantity, stop, levels?.target ?? Number.NaN);
  }

  private leaveInPart(price: GridPrice, quantity: GridQuantity): void {
    this.left += Math.abs(quantity);
    this.leftNotional += price * Math.abs(quantity);
  }

  private closeTrade(leg: Leg, price: GridPrice, quantity: GridQuantity, index: number): void {
    const { trades } = this;
    const k = trades.length - 1;
    const pnl = this.cash - this.cashAtEntry;
    let exitPrice = price;
    if (this.left > 0) {
      this.leaveInPart(price, quantity);
      exitPrice = Math.round(this.leftNotional / this.left) as GridPrice;
      this.left = 0;
      this.leftNotional = 0;
    }
    trades.close(index, exitPrice, pnl, this.rOf(k, pnl), exitReasonOf(leg));
    this.lastExitIndex = index;
  }
}

function exitReasonOf(leg: Leg): ExitReason {
  switch (leg) {
    case 'stop':
    case 'target':
      return leg;
    case 'entry':
    case 'exit':
      return 'rule';
    default:
      return unreachable(leg);
  }
}
