import { closingFee, initialMargin, type MarginMode, type MarginTerms } from '#core/margin/liquidation.ts';
import { MarginAccount } from '#core/margin/margin-account.ts';
import { MarginWallet } from '#core/margin/margin-wallet.ts';
import { BYBIT } from '#core/margin/models.ts';
import { fillCost, unrealizedPnl } from '#core/margin/position.ts';
import { absolute, product, quotient } from '#core/margin/rounding.ts';
import { MarginTiers, maintenanceMargin } from '#core/margin/tiers.ts';
import { type Money, type Price, type Quantity, type Ratio, ratio } from '#core/money.ts';
import { type Contract, FEES } from './instruments.ts';

const TAKER = ratio(FEES.taker);
const NOTHING = 0n as Money;
/** The twin checks leverage itself, when an order comes: a fill is never refused. */
const ANY_LEVERAGE = ratio('1000');
const NEVER_SHORT = ratio('1000000000000');

/** The margin of one position: core's account of a contract, on a wallet that it shares with other positions. */
export class PositionMoney {
  account: MarginAccount;
  /** What the position acts on: of the wallet that all share, what others have not taken. */
  wallet = new MarginWallet(NOTHING);
  /** Fees of what is open, for the P&L of what is closed. */
  openFees = NOTHING;
  private readonly contract: Contract;
  /** What everything had made when the position was opened. */
  private madeBefore = NOTHING;

  constructor(contract: Contract, leverage: Ratio, marginMode: MarginMode) {
    this.contract = contract;
    this.account = this.accountWith(leverage, marginMode);
  }

  get leverage(): Ratio {
    return this.account.terms.leverage;
  }

  get isIsolated(): boolean {
    return this.account.terms.marginMode === 'isolated';
  }

  /** Signed. */
  get quantity(): Quantity {
    return this.account.position.quantity;
  }

  /** Reckons anew with another leverage or margin mode; an isolated position takes the margin that it would open with. */
  setTerms(leverage: Ratio, marginMode: MarginMode): void {
    const { position, realizedPnl, fees, funding, covered } = this.account;
    this.wallet = new MarginWallet(NOTHING);
    this.account = this.accountWith(leverage, marginMode);
    const isLocking = marginMode === 'isolated' && position.quantity !== 0n;
    const margin = isLocking ? initialMargin(position.cost, leverage) : NOTHING;
    const { account } = this;
    account.position = position;
    account.realizedPnl = realizedPnl;
    account.fees = fees;
    account.funding = funding;
    account.covered = covered;
    account.margin = margin;
  }

  /** All that was ever made: P&L less fees, with funding. */
  get made(): Money {
    const { realizedPnl, fees, funding } = this.account;
    return (realizedPnl - fees + funding) as Money;
  }

  /** What the open position has made so far. */
  get madeSinceOpen(): Money {
    return (this.quantity === 0n ? NOTHING : this.made - this.madeBefore) as Money;
  }

  /** Books a fill that opens or closes, on the wallet as it was set. */
  fill(quantity: Quantity, price: Price, feeRate: Ratio): void {
    const { account } = this;
    if (this.quantity === 0n) this.madeBefore = this.made;
    const held = account.position.quantity;
    const isCrossing = held !== 0n && held > 0n !== quantity > 0n && absolute(quantity) > absolute(held);
    if (isCrossing) {
      account.fill(-held as Quantity, price, feeRate);
      this.fill((quantity + held) as Quantity, price, feeRate);
      return;
    }
    const isOpening = held === 0n || held > 0n === quantity > 0n;
    // What was let in is filled, though the price may have moved against it since.
    const isShort = isOpening && account.openRefusal(quantity, price, feeRate) !== undefined;
    if (isShort) this.wallet.balance = (this.wallet.balance + NEVER_SHORT) as Money;
    account.fill(quantity, price, feeRate);
    if (isShort) this.wallet.balance = (this.wallet.balance - NEVER_SHORT) as Money;
  }

  unrealized(mark: Price): Money {
    return unrealizedPnl(this.account.position, mark);
  }

  /** Initial margin with the fee of closing: isolated by the entry, cross by the mark. */
  initial(mark: Price): Money {
    const { account } = this;
    if (this.quantity === 0n) return NOTHING;
    if (this.isIsolated) return (account.margin + this.closing(mark)) as Money;
    return (initialMargin(fillCost(this.quantity, mark), this.leverage) + this.closing(mark)) as Money;
  }

  maintenance(mark: Price): Money {
    if (this.quantity === 0n) return NOTHING;
    const value = absolute(fillCost(this.quantity, mark)) as Money;
    return (maintenanceMargin(value, this.contract.tiers.rows) + this.closing(mark)) as Money;
  }

  /** What is set aside for an order that opens: initial margin, and the fees of opening and closing. */
  orderCost(quantity: Quantity, price: Price): Money {
    const value = absolute(fillCost(quantity, price)) as Money;
    if (value === 0n) return NOTHING;
    const margin = quotient(value, this.leverage, 'up');
    const close = closingFee({ quantity, cost: fillCost(quantity, price) }, this.account.terms);
    return (margin + product(value, TAKER, 'up') + close) as Money;
  }

  private closing(mark: Price): Money {
    const { position, terms } = this.account;
    const cost = this.isIsolated ? position.cost : fillCost(position.quantity, mark);
    return closingFee({ quantity: position.quantity, cost }, terms);
  }

  private accountWith(leverage: Ratio, marginMode: MarginMode): MarginAccount {
    const { tiers, instrument } = this.contract;
    const terms: Omit<MarginTerms, 'tiers'> = {
      model: BYBIT,
      marginMode,
      leverage,
      takerRate: TAKER,
      tick: instrument.tick,
    };
    const open = new MarginTiers(tiers.rows.map((row) => ({ ...row, maxLeverage: ANY_LEVERAGE })));
    return new MarginAccount({ wallet: this.wallet, tiers: open, terms });
  }
}
