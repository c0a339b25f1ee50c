import { ExactSum } from './exact-sum.ts';
import { divideUp, type Grid, type GridPrice, type GridQuantity } from './grid.ts';
import type { CarryPayment } from './margin/funding.ts';
import type { Settlement } from './margin/settlement.ts';
import { DECIMALS, type Money, toNumber } from './money.ts';

/**
 * Double entry for one instrument of one account: every posting leaves one account and enters another, so cash is
 * always the mirror of what trading and fees took from it. Trades are posted in units of price x quantity and fees in
 * their own finer unit, each the unit in which it is whole.
 */
export class Ledger {
  private readonly grid: Grid;
  /** Cash spent on and received from trading, and its counter-account: what trading holds at cost. */
  private readonly tradingCash = new ExactSum();
  private readonly tradingAtCost = new ExactSum();
  /** Cash paid as fees, and its counter-account. */
  private readonly feeCash = new ExactSum();
  private readonly feesPaid = new ExactSum();
  /** Cash moved by what only margin knows, in 1e-12, and its counter-accounts; all 0 without. */
  private marginCash = 0n;
  private settledFees = 0n;
  private fundingPaid = 0n;
  private interestPaid = 0n;
  private keptByVenue = 0n;
  private marginCashNumber = 0;
  private readonly notionalUnit: number;
  private readonly feeUnit: number;

  constructor(grid: Grid) {
    this.grid = grid;
    this.notionalUnit = 10 ** -grid.notionalDecimals;
    this.feeUnit = 10 ** -grid.feeDecimals;
  }

  /**
   * Posts one fill: its notional between cash and trading, its fee between cash and fees.
   * @param quantity Signed: positive bought, negative sold.
   */
  post(price: GridPrice, quantity: GridQuantity, rate: number): void {
    this.tradingCash.addProduct(price, -quantity);
    this.tradingAtCost.addProduct(price, quantity);
    const { feeDivisor } = this.grid;
    const product = price * (quantity < 0 ? -quantity : quantity) * rate;
    if (Number.isSafeInteger(product)) {
      const rest = product % feeDivisor;
      const fee = (product - rest) / feeDivisor + (rest > 0 ? 1 : 0);
      this.feeCash.add(-fee);
      this.feesPaid.add(fee);
    } else {
      const large = BigInt(price) * BigInt(Math.abs(quantity)) * BigInt(rate);
      const fee = divideUp(large, BigInt(feeDivisor));
      this.feeCash.addBig(-fee);
      this.feesPaid.addBig(fee);
    }
  }

  /**
   * Posts one fill whose fee the venue names: its notional between cash and trading, the fee, and what the venue bore or
   * kept.
   */
  settle(price: GridPrice, quantity: GridQuantity, { fee, covered }: Settlement): void {
    this.tradingCash.addProduct(price, -quantity);
    this.tradingAtCost.addProduct(price, quantity);
    this.moveMarginCash(covered - fee);
    this.settledFees += fee;
    this.keptByVenue -= covered;
  }

  /** Posts funding or interest between cash and what was paid of it. @param amount Negative when it was paid. */
  carry(kind: CarryPayment['kind'], amount: Money): void {
    this.moveMarginCash(amount);
    if (kind === 'funding') this.fundingPaid -= amount;
    else this.interestPaid -= amount;
  }

  /** All cash that was moved, as a float64 for the equity curve. */
  cashNumber(): number {
    return (
      this.tradingCash.toNumber() * this.notionalUnit + this.feeCash.toNumber() * this.feeUnit + this.marginCashNumber
    );
  }

  feesNumber(): number {
    return this.feesPaid.toNumber() * this.feeUnit + toNumber(this.settledFees as Money);
  }

  /** All cash that was moved: negative when more went out than came in. */
  cash(): Money {
    return (this.exact(this.tradingCash, this.grid.notionalDecimals) +
      this.exact(this.feeCash, this.grid.feeDecimals) +
      this.marginCash) as Money;
  }

  /** What trading has cost so far and not yet brought back: with everything sold, the realised loss before fees. */
  tradingCost(): Money {
    return this.exact(this.tradingAtCost, this.grid.notionalDecimals);
  }

  fees(): Money {
    return (this.exact(this.feesPaid, this.grid.feeDecimals) + this.settledFees) as Money;
  }

  /** Funding paid, less what was received. */
  funding(): Money {
    return this.fundingPaid as Money;
  }

  /** Interest paid. */
  interest(): Money {
    return this.interestPaid as Money;
  }

  /** What the venue kept of positions that it ended, less what it bore beyond what could be lost. */
  kept(): Money {
    return this.keptByVenue as Money;
  }

  private moveMarginCash(amount: bigint): void {
    this.marginCash += amount;
    this.marginCashNumber = toNumber(this.marginCash as Money);
  }

  private exact(sum: ExactSum, decimals: number): Money {
    return (sum.total() * 10n ** BigInt(DECIMALS - decimals)) as Money;
  }
}
