import { levelsAt } from './brackets.ts';
import { unreachable } from './brand.ts';
import type { Candles } from './candles.ts';
import { type Execution, FillLog } from './fills.ts';
import type { Grid, GridPrice, GridQuantity } from './grid.ts';
import { Ledger } from './ledger.ts';
import type { CarryPayment } from './margin/funding.ts';
import type { Settlement } from './margin/settlement.ts';
import { DECIMALS, type Money, type Price, toNumber } from './money.ts';
import type { Order } from './orders.ts';
import type { Direction } from './signals.ts';
import { type ExitReason, TradeLog } from './trades.ts';

/** Funding and interest as they came between the fills. */
export interface BookedCarry extends CarryPayment {
  /** The trade it belongs to, and how many fills there were by then. */
  readonly trade: number;
  readonly fills: number;
}

/**
 * Our own record of one symbol, whatever venue trades it: fills go in, and position, ledger and trades follow from
 * them alone.
 */
export class PositionBook {
  readonly grid: Grid;
  readonly fills = new FillLog();
  readonly trades = new TradeLog();
  readonly ledger: Ledger;
  /** Oldest first. */
  readonly carries: BookedCarry[] = [];
  /** Index of the candle of the last exit; -1 before the first. */
  lastExitIndex = -1;
  private readonly candles: Candles;
  /** By fill: those whose fee the venue named. */
  private readonly settlements = new Map<number, Settlement>();
  private held = 0 as GridQuantity;
  /**
   * Cash moved so far in the quote currency and base units held, as float64, written by `apply` alone: this symbol adds
   * cash + base x price to its account's equity.
   */
  cash = 0;
  base = 0;
  private cashAtEntry = 0;
  /** Close time of the candle that called for the last entry to each side; -Infinity before the first. */
  lastLongSignal = Number.NEGATIVE_INFINITY;
  lastShortSignal = Number.NEGATIVE_INFINITY;
  /** What exits have taken off the open trade, and for how much, in grid units. */
  private reduced = 0;
  private reducedNotional = 0;

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

  /**
   * What this symbol added to its account's equity at an earlier moment, float64: without the fills from then on.
   * @param price Quote per base at that moment.
   */
  worthAt(time: number, price: number): number {
    const { fills, grid } = this;
    let { cash, base } = this;
    for (let k = fills.length - 1; k >= 0 && fills.at(k) >= time; k--) {
      const quantity = fills.quantity(k);
      cash +=
        toNumber(grid.notional(fills.price(k), quantity)) + toNumber((this.feeOf(k) - this.coveredOf(k)) as Money);
      base -= grid.quantityNumber(quantity);
    }
    for (let k = this.carries.length - 1; k >= 0 && this.carries[k]!.at >= time; k--) {
      cash -= toNumber(this.carries[k]!.amount);
    }
    return cash + base * price;
  }

  /** P&L of the open position against its average entry, before fees, to 1e-12; 0 while flat. */
  unrealized(price: GridPrice): Money {
    if (this.held === 0) return 0n as Money;
    const { notional, quantity } = this.entered(this.trades.length - 1);
    const cost = (notional * BigInt(this.held)) / BigInt(quantity);
    return (this.grid.notional(price, this.held) - cost) as Money;
  }

  /** Average price of the entries into trade `k`, nearest 1e-12: exact when there was one. */
  entryPrice(k: number): Price {
    return this.average(this.entered(k));
  }

  /** What all entries into trade `k` cost, exactly and positive, before fees. */
  cost(k: number): Money {
    const { notional } = this.entered(k);
    return (notional < 0n ? -notional : notional) as Money;
  }

  /** Average price of the exits from the closed trade `k`, nearest 1e-12. */
  exitPrice(k: number): Price {
    return this.average(this.sumOf(k, -1));
  }

  /** Entries into the open trade: occasions on which something of them filled. 0 while flat. */
  get entries(): number {
    if (this.held === 0) return 0;
    const { fills } = this;
    const occasions = new Set<number>();
    for (let k = this.trades.firstFill[this.trades.length - 1]!; k < fills.length; k++) {
      if (fills.leg(k) === 'entry') occasions.add(fills.occasion(k));
    }
    return occasions.size;
  }

  /**
   * The fill with which an entry into the last trade began; undefined when the trade has no such entry.
   * @param occasion The entry's own.
   */
  entryFillOf(occasion: number): number | undefined {
    const { fills, trades } = this;
    for (let k = trades.firstFill[trades.length - 1] ?? 0; k < fills.length; k++)
      if (fills.leg(k) === 'entry' && fills.occasion(k) === occasion) return k;
    return undefined;
  }

  /** Notional of the open position at its entry price, positive: what it commits of the capital. */
  committed(): number {
    if (this.held === 0) return 0;
    return Math.abs(this.held) * this.trades.entryPrice[this.trades.length - 1]!;
  }

  /** Applies one fill. */
  apply(execution: Execution): void {
    const { order, price, quantity, index, liquidity, settlement } = execution;
    const { grid, fills, held } = this;
    fills.append(execution, execution.at ?? this.candles.openTimeOf(index));
    if (order.leg === 'entry') this.noteSignal(order.intent.occasion, quantity);
    if (held === 0) this.cashAtEntry = this.cash;
    this.held = (held + quantity) as GridQuantity;
    if (settlement === undefined) {
      this.ledger.post(price, quantity, liquidity === 'maker' ? grid.makerRate : grid.takerRate);
    } else {
      this.ledger.settle(price, quantity, settlement);
      this.settlements.set(fills.length - 1, settlement);
    }
    this.cash = this.ledger.cashNumber();
    this.base = grid.quantityNumber(this.held);
    if (held === 0) this.openTrade(order, price, quantity, index);
    else if (this.held === 0) this.closeTrade(order, price, quantity, index);
    else if (held > 0 === quantity > 0) this.addToTrade(order, price, quantity);
    else this.reduce(price, quantity);
  }

  /** Applies funding or interest to the open position. */
  carry(payment: CarryPayment): void {
    this.ledger.carry(payment.kind, payment.amount);
    this.cash = this.ledger.cashNumber();
    this.carries.push({ ...payment, trade: this.trades.length - 1, fills: this.fills.length });
  }

  /** Exact fee of a fill. */
  feeOf(fill: number): Money {
    const { fills } = this;
    const settled = this.settlements.size === 0 ? undefined : this.settlements.get(fill);
    return settled?.fee ?? this.grid.fee(fills.price(fill), fills.quantity(fill), fills.liquidity(fill));
  }

  /** What the venue bore of a fill beyond its price; negative for what it kept. */
  coveredOf(fill: number): Money {
    return this.settlements.get(fill)?.covered ?? (0n as Money);
  }

  /** Exact fees of trade `k`. */
  feesOf(k: number): Money {
    return this.sumOverFills(k, (fill) => this.feeOf(fill));
  }

  /** Funding of trade `k`, or interest, received less paid. */
  carryOf(k: number, kind: CarryPayment['kind']): Money {
    const { carries } = this;
    let sum = 0n;
    for (let n = this.firstCarryOf(k); n < carries.length && carries[n]!.trade === k; n++) {
      if (carries[n]!.kind === kind) sum += carries[n]!.amount;
    }
    return sum as Money;
  }

  /** What the venue bore of trade `k`, less what it kept. */
  coveredInTrade(k: number): Money {
    return this.sumOverFills(k, (fill) => this.coveredOf(fill));
  }

  /** Exact P&L of trade `k` after fees; of one that is open with what is left of it at `mark`. */
  pnlOf(k: number, mark?: GridPrice): Money {
    const flow = this.sumOverFills(
      k,
      (fill) => -this.grid.notional(this.fills.price(fill), this.fills.quantity(fill)) as Money,
    );
    const left = mark === undefined ? 0n : this.grid.notional(mark, this.held);
    return (flow + left - this.feesOf(k) + this.carriedIn(k) + this.coveredInTrade(k)) as Money;
  }

  /** A P&L of trade `k` in multiples of what its entries would have lost at their first stops; NaN without them. */
  rOf(k: number, pnl: number): number {
    const risk = this.trades.risk[k]! / (this.grid.priceScale * this.grid.quantityScale);
    return risk > 0 ? pnl / risk : Number.NaN;
  }

  /** Payments stand in the order of their trades. */
  private firstCarryOf(k: number): number {
    let low = 0;
    let high = this.carries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.carries[middle]!.trade < k) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private carriedIn(k: number): bigint {
    return this.carries.length === 0 ? 0n : this.carryOf(k, 'funding') + this.carryOf(k, 'interest');
  }

  private entered(k: number): Sum {
    return this.sumOf(k, 1);
  }

  /** Exact notional and quantity of the fills of trade `k`, signed: those of its own side, or (-1) of the other. */
  private sumOf(k: number, sign: 1 | -1): Sum {
    const side = Math.sign(this.trades.quantity[k]!) * sign;
    let quantity = 0;
    const notional = this.sumOverFills(k, (fill) => {
      const filled = this.fills.quantity(fill);
      if (filled * side < 0) return 0n as Money;
      quantity += filled;
      return this.grid.notional(this.fills.price(fill), filled);
    });
    return { notional, quantity: quantity as GridQuantity };
  }

  private average({ notional, quantity }: Sum): Price {
    const base = this.grid.exactQuantity(quantity);
    const scaled = 2n * notional * 10n ** BigInt(DECIMALS);
    return ((scaled + base) / (2n * base)) as Price;
  }

  private sumOverFills(k: number, amount: (fill: number) => Money): Money {
    const { firstFill } = this.trades;
    const end = k + 1 < this.trades.length ? firstFill[k + 1]! : this.fills.length;
    let sum = 0n;
    for (let fill = firstFill[k]!; fill < end; fill++) sum += amount(fill);
    return sum as Money;
  }

  private noteSignal(occasion: number, quantity: GridQuantity): void {
    if (quantity > 0) this.lastLongSignal = occasion;
    else this.lastShortSignal = occasion;
  }

  private openTrade({ attached }: Order, price: GridPrice, quantity: GridQuantity, index: number): void {
    const levels = attached && levelsAt(attached, this.grid, quantity > 0 ? 'long' : 'short', price);
    const stop = levels ? levels.stop : Number.NaN;
    this.trades.open(this.fills.length - 1, index, price, quantity, stop, levels?.target ?? Number.NaN);
    this.reduced = 0;
    this.reducedNotional = 0;
  }

  private addToTrade({ attached }: Order, price: GridPrice, quantity: GridQuantity): void {
    const levels = attached && levelsAt(attached, this.grid, quantity > 0 ? 'long' : 'short', price);
    this.trades.add(price, quantity, levels ? levels.stop : Number.NaN);
  }

  private reduce(price: GridPrice, quantity: GridQuantity): void {
    this.reduced += quantity;
    this.reducedNotional += price * quantity;
  }

  private closeTrade(order: Order, price: GridPrice, quantity: GridQuantity, index: number): void {
    const { trades, reduced } = this;
    const k = trades.length - 1;
    const pnl = this.cash - this.cashAtEntry;
    const exit = reduced === 0 ? price : (this.reducedNotional + price * quantity) / (reduced + quantity);
    trades.close(index, exit, pnl, this.rOf(k, pnl), exitReasonOf(order));
    this.lastExitIndex = index;
  }
}

/** Signed: an amount of money, and how much was traded for it, in grid units. */
interface Sum {
  readonly notional: Money;
  readonly quantity: GridQuantity;
}

function exitReasonOf({ leg, progress }: Order): ExitReason {
  switch (leg) {
    case 'stop':
      return progress?.trailed === true ? 'trailing-stop' : 'stop';
    case 'target':
    case 'liquidation':
      return leg;
    case 'entry':
    case 'exit':
      return 'rule';
    default:
      return unreachable(leg);
  }
}
