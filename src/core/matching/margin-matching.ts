import type { Liquidity } from '../fills.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import type { ContractMargin, TakenPosition } from '../margin/contract-margin.ts';
import type { CarryPayment } from '../margin/funding.ts';
import type { Settlement } from '../margin/settlement.ts';
import type { Ratio } from '../money.ts';
import { Order, type OrderState } from '../orders.ts';
import type { RestingOrders } from './resting.ts';
import type { Tape } from './tape.ts';

const SUBMITTED: OrderState = Object.freeze({ kind: 'submitted' });

/**
 * What margin adds to matching: the money behind each fill, funding and interest as rows go by, and the venue's own order,
 * which lies in the book where it ends the position. The position itself is the matcher's, in grid units, signed.
 */
export class MarginMatching {
  private readonly contract: ContractMargin;
  private readonly grid: Grid;
  private readonly tape: Tape;
  private readonly book: RestingOrders;
  private readonly onCarry: (payment: CarryPayment) => void;
  /** The last order that opened or added: the venue's own goes by its intent. */
  private opener: Order | undefined;

  constructor(
    contract: ContractMargin,
    grid: Grid,
    tape: Tape,
    book: RestingOrders,
    onCarry: (payment: CarryPayment) => void,
  ) {
    this.contract = contract;
    this.grid = grid;
    this.tape = tape;
    this.book = book;
    this.onCarry = onCarry;
  }

  /** Goes on with a position that was there before. @param opener What opened it or added to it last. */
  restore(opener: Order | undefined, position: GridQuantity, row: number): void {
    this.opener = opener;
    this.guard(position, row);
  }

  /** Why a fill that opens or adds cannot be had, or undefined. */
  refusal(quantity: GridQuantity, price: GridPrice, liquidity: Liquidity): string | undefined {
    const { grid } = this;
    return this.contract.refusal(grid.exactQuantity(quantity), grid.exactPrice(price), this.feeRate(liquidity));
  }

  /** Books a fill that was not refused, after which `position` is held. @returns What the venue bore of it, where it did. */
  fill(
    order: Order,
    quantity: GridQuantity,
    price: GridPrice,
    liquidity: Liquidity,
    row: number,
    position: GridQuantity,
  ): Settlement | undefined {
    const { grid } = this;
    const covered = this.contract.fill(grid.exactQuantity(quantity), grid.exactPrice(price), this.feeRate(liquidity));
    if (order.effect === 'open') this.opener = order;
    this.guard(position, row);
    return covered === 0n ? undefined : { fee: grid.fee(price, quantity, liquidity), covered };
  }

  /**
   * Applies what is due by the row's open, at it only to what is held already. Where others stand behind the position, its
   * liquidation price has moved with theirs.
   */
  begin(row: number, position: GridQuantity): void {
    const openTime = this.tape.openTime.values[row]!;
    this.fundBefore(this.contract.isHeld ? openTime + 1 : openTime, row, position);
    if (this.contract.isBackedByOthers) this.guard(position, row);
  }

  /** Applies the funding and the interest due before `until`; the row's open stands in for the mark price. */
  fundBefore(until: number, row: number, position: GridQuantity): void {
    if (!this.contract.isDueBefore(until)) return;
    const { open } = position > 0 ? this.tape.bid : this.tape.ask;
    const mark = this.grid.exactPrice(this.grid.priceOf(open.values[row]!));
    this.contract.fundBefore(until, mark, (payment) => {
      this.guard(position, row);
      this.onCarry(payment);
    });
  }

  /** The row's open or close where it lies at or beyond the price that ends the position; undefined elsewhere. */
  beyondLiquidation(at: 'open' | 'close', row: number): GridPrice | undefined {
    const { liquidation } = this.book;
    if (liquidation === undefined) return undefined;
    const { order, fires } = liquidation;
    const market = this.grid.priceOf(this.book.columnsOf(order)[at].values[row]!);
    return (fires === 'below' ? market <= order.price! : market >= order.price!) ? market : undefined;
  }

  /** Ends the position. @param market Where the market is: a model that closes there fills at it. */
  liquidate(market: GridPrice): TakenPosition {
    this.book.guard(undefined, 0);
    return this.contract.liquidate(this.grid.exactPrice(market));
  }

  /** Moves the venue's own order to where it ends the position that there is now. */
  guard(position: GridQuantity, row: number): void {
    const level = position === 0 ? undefined : this.contract.account.liquidationPrice();
    if (level === undefined) {
      this.book.guard(undefined, row);
      return;
    }
    const { intent, attempt } = this.opener!;
    const request = {
      leg: 'liquidation',
      side: position > 0 ? 'sell' : 'buy',
      type: 'stop',
      quantity: Math.abs(position) as GridQuantity,
      price: this.grid.gridPrice(level),
      timeInForce: 'gtc',
      effect: 'reduce-only',
      attached: undefined,
    } as const;
    // It takes its number when it comes to trade: it moves often, and a restart makes it anew.
    this.book.guard(new Order(intent, request, attempt, SUBMITTED), row);
  }

  private feeRate(liquidity: Liquidity): Ratio {
    return liquidity === 'maker' ? this.grid.exactMakerRate : this.grid.exactTakerRate;
  }
}
