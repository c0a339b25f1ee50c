import { formatDecimal, type Money, type Price, type Quantity, type Ratio } from '../money.ts';
import { type CarryPayment, type FundingEvent, fundingPayment } from './funding.ts';
import { dailyInterest } from './interest.ts';
import {
  bankruptcyPrice,
  closingFee,
  initialMargin,
  liquidationPrice,
  type MarginTerms,
  maintenanceAt,
} from './liquidation.ts';
import type { MarginWallet, WalletShare } from './margin-wallet.ts';
import { FLAT, fillCost, increased, type Position, reduced, unrealizedPnl } from './position.ts';
import { absolute, divide, lesser, product } from './rounding.ts';
import type { Settlement } from './settlement.ts';
import type { MarginTiers } from './tiers.ts';

const NOTHING = 0n as Money;

export interface MarginAccountOptions {
  /** Perhaps of other contracts too. */
  readonly wallet: MarginWallet;
  readonly tiers: MarginTiers;
  readonly terms: Omit<MarginTerms, 'tiers'>;
}

/** How a position ended at the venue's hand. */
export interface Liquidation {
  /** What was held, signed. */
  readonly quantity: Quantity;
  /** Where it left the account: the bankruptcy price where the venue takes over, else the price of the closing order. */
  readonly price: Price;
  /** What the account lost, the fee included; never more than backed the position. */
  readonly loss: Money;
  readonly fee: Money;
}

/**
 * The money of one perpetual contract: wallet, locked margin and position, changed by fills, funding and liquidation.
 * An isolated position can lose its margin and the closing fee locked beside it, cross margin the wallet, and no wallet
 * falls below 0: what a market that jumps takes beyond that is the venue's loss, and counted in `covered`. Where several
 * contracts share a wallet in cross margin, what the others have gained pays losses too: the balance alone may be below 0
 * by no more than that.
 *
 * wallet = first wallet + realizedPnl - fees + funding + interest + covered (those of all its contracts), to the last unit.
 */
export class MarginAccount implements WalletShare {
  readonly terms: MarginTerms;
  position: Position = FLAT;
  /** Where the market was last seen, for the other contracts of a shared wallet; 0 before. */
  mark = 0n as Price;
  /** What an isolated position has locked, without the closing fee; 0 in cross margin. */
  margin: Money = NOTHING;
  realizedPnl: Money = NOTHING;
  fees: Money = NOTHING;
  /** Received less paid. */
  funding: Money = NOTHING;
  /** What was paid of it, not above 0. */
  interest: Money = NOTHING;
  covered: Money = NOTHING;
  private readonly tiers: MarginTiers;
  private readonly shared: MarginWallet;
  private fundedUntil = Number.NEGATIVE_INFINITY;
  private chargedUntil = Number.NEGATIVE_INFINITY;

  constructor({ wallet, tiers, terms }: MarginAccountOptions) {
    this.shared = wallet;
    this.tiers = tiers;
    this.terms = { ...terms, tiers: tiers.rows };
    wallet.join(this);
  }

  /** The balance of the wallet, locked margin included; P&L that is not realised is not in it. */
  get wallet(): Money {
    return this.shared.balance;
  }

  /** Whether other positions move what backs this one. */
  get isBackedByOthers(): boolean {
    return !this.isIsolated && this.shared.isShared;
  }

  get locked(): Money {
    return this.isIsolated ? ((this.margin + this.feeLockedFor(this.position)) as Money) : NOTHING;
  }

  get unrealized(): Money {
    return this.isIsolated ? NOTHING : unrealizedPnl(this.position, this.mark);
  }

  get initial(): Money {
    return this.isIsolated ? NOTHING : this.crossMargin(this.position, this.mark);
  }

  get maintenance(): Money {
    const { position, terms, mark } = this;
    if (this.isIsolated || position.quantity === 0n) return NOTHING;
    return maintenanceAt(position, mark, terms);
  }

  /** Wallet and unrealised P&L at a mark price, that of other contracts at theirs. */
  equity(mark: Price): Money {
    return (this.wallet + unrealizedPnl(this.position, mark) + this.shared.others(this, 'unrealized')) as Money;
  }

  /** What is free for another position: isolated, what is not locked; cross, equity less the initial margin at the mark. */
  available(mark: Price): Money {
    const { shared } = this;
    return this.isIsolated
      ? ((this.wallet - this.locked - shared.others(this, 'locked')) as Money)
      : ((this.equity(mark) - this.crossMargin(this.position, mark) - shared.others(this, 'initial')) as Money);
  }

  /** Why a fill that opens or adds cannot be had, or undefined. */
  openRefusal(quantity: Quantity, price: Price, feeRate: Ratio): string | undefined {
    const { terms, position } = this;
    const next = increased(position, quantity, price);
    const refusal = this.tiers.leverageRefusal(absolute(next.cost) as Money, terms.leverage);
    if (refusal) return refusal;
    const locked = this.isIsolated
      ? initialMargin(fillCost(quantity, price), terms.leverage) + this.feeLockedFor(next) - this.feeLockedFor(position)
      : this.crossMargin(next, price) - this.crossMargin(position, price);
    const needed = (locked + feeOf(quantity, price, feeRate)) as Money;
    const available = this.available(price);
    if (needed <= available) return undefined;
    const rule = `at most ${formatDecimal(available)}, what is available`;
    const fix = 'lower its size or raise the leverage';
    return `Cannot open the position as margin and fees must be ${rule}: current value is ${formatDecimal(needed)}; ${fix}`;
  }

  /**
   * Books a fill; one that goes past 0 closes what is held and opens the rest.
   *
   * @param quantity Signed: positive bought.
   * @throws RangeError when what it opens is refused: ask `openRefusal` before the order is accepted.
   */
  fill(quantity: Quantity, price: Price, feeRate: Ratio): void {
    const held = this.position.quantity;
    if (held === 0n || held > 0n === quantity > 0n) {
      this.open(quantity, price, feeRate);
    } else if (absolute(quantity) <= absolute(held)) {
      this.reduce(quantity, price, feeRate);
    } else {
      this.reduce(-held as Quantity, price, feeRate);
      this.open((quantity + held) as Quantity, price, feeRate);
    }
  }

  /**
   * Books a fill once more as the venue told it, one that it made to end the position too: nothing is refused, and fee and
   * what was borne are what they were.
   */
  rebook(quantity: Quantity, price: Price, { fee, covered }: Settlement): void {
    const { position } = this;
    const adds = position.quantity === 0n || position.quantity > 0n === quantity > 0n;
    const { position: next, realizedPnl } = adds
      ? { position: increased(position, quantity, price), realizedPnl: NOTHING }
      : reduced(position, quantity, price);
    if (this.isIsolated) {
      const moved = adds ? initialMargin(fillCost(quantity, price), this.terms.leverage) : -this.released(quantity);
      this.margin = (this.margin + moved) as Money;
    }
    this.position = next;
    this.realizedPnl = (this.realizedPnl + realizedPnl) as Money;
    this.fees = (this.fees + fee) as Money;
    this.covered = (this.covered + covered) as Money;
    this.shared.balance = (this.wallet + realizedPnl - fee + covered) as Money;
  }

  /**
   * Applies a funding event to what is held, and says what moved into the wallet. What is free pays first, then the
   * position's own margin, which brings its liquidation nearer. An event that was applied already moves nothing.
   */
  fund({ at, rate }: FundingEvent, mark: Price): Money {
    if (at <= this.fundedUntil) return NOTHING;
    this.fundedUntil = at;
    const moved = this.move(fundingPayment(this.position.quantity, mark, rate), mark);
    this.funding = (this.funding + moved) as Money;
    return moved;
  }

  /** Charges a day's interest on what the position borrows, as funding is paid. @returns What moved; not above 0. */
  chargeInterest({ at, rate }: FundingEvent, mark: Price): Money {
    if (at <= this.chargedUntil) return NOTHING;
    this.chargedUntil = at;
    const moved = this.move(-dailyInterest(this.position.quantity, mark, this.terms.leverage, rate) as Money, mark);
    this.interest = (this.interest + moved) as Money;
    return moved;
  }

  /** Books a payment once more as it was, whatever the other positions of the wallet had gained then. */
  rebookCarry(payment: CarryPayment): void {
    if (this.isIsolated) {
      if (payment.kind === 'funding') this.fund(payment, payment.mark);
      else this.chargeInterest(payment, payment.mark);
      return;
    }
    this.shared.balance = (this.wallet + payment.amount) as Money;
    if (payment.kind === 'funding') {
      this.fundedUntil = payment.at;
      this.funding = (this.funding + payment.amount) as Money;
    } else {
      this.chargedUntil = payment.at;
      this.interest = (this.interest + payment.amount) as Money;
    }
  }

  /** Moves a payment into the wallet, as far as there is something to pay it with. */
  private move(payment: Money, mark: Price): Money {
    const free = this.isIsolated ? this.available(mark) : atLeastNothing(this.spendable);
    const short = -payment > free ? -payment - free : 0n;
    const fromMargin = lesser(short, this.margin);
    this.margin = (this.margin - fromMargin) as Money;
    const moved = (payment + short - fromMargin) as Money;
    this.shared.balance = (this.wallet + moved) as Money;
    return moved;
  }

  /** The mark price that liquidates the position as it is now; undefined where none does. */
  liquidationPrice(): Price | undefined {
    return liquidationPrice(this.position, this.collateral, this.terms);
  }

  isLiquidatedAt(mark: Price): boolean {
    const limit = this.liquidationPrice();
    return limit !== undefined && (this.position.quantity > 0n ? mark <= limit : mark >= limit);
  }

  /**
   * Ends the position as the model says: taken over at its bankruptcy price, with everything that backed it, or closed at
   * the liquidation price as a taker.
   *
   * @param reached The price to close at where the market jumped past the liquidation price.
   * @throws RangeError when no price liquidates the position.
   */
  liquidate(reached: Price | undefined = this.liquidationPrice()): Liquidation {
    const { position, terms, wallet, fees } = this;
    if (reached === undefined) throw new RangeError('Cannot liquidate the position as no price liquidates it');
    const { quantity } = position;
    if (terms.model.liquidation === 'closed') {
      this.reduce(-quantity as Quantity, reached, terms.takerRate);
      return { quantity, price: reached, loss: (wallet - this.wallet) as Money, fee: (this.fees - fees) as Money };
    }
    const price = bankruptcyPrice(position, this.collateral, terms) ?? (0n as Price);
    const loss = this.isIsolated ? this.locked : this.collateral;
    const owed = this.isIsolated ? this.feeLockedFor(position) : feeOf(quantity, price, terms.takerRate);
    const fee = atLeastNothing(lesser(owed, loss));
    this.position = FLAT;
    this.margin = NOTHING;
    this.settle((fee - loss) as Money, fee);
    return { quantity, price, loss, fee };
  }

  private get isIsolated(): boolean {
    return this.terms.marginMode === 'isolated';
  }

  /** What backs the position, without the closing fee locked beside it. */
  get collateral(): Money {
    if (this.isIsolated) return this.margin;
    const { shared } = this;
    return (this.wallet + shared.others(this, 'unrealized') - shared.others(this, 'maintenance')) as Money;
  }

  /** What losses may take of the wallet: all of it, and what the other positions have gained together. */
  private get spendable(): Money {
    const gained = this.shared.others(this, 'unrealized');
    return (gained > 0n ? this.wallet + gained : this.wallet) as Money;
  }

  private open(quantity: Quantity, price: Price, feeRate: Ratio): void {
    const refusal = this.openRefusal(quantity, price, feeRate);
    if (refusal) throw new RangeError(refusal);
    this.position = increased(this.position, quantity, price);
    if (this.isIsolated) {
      this.margin = (this.margin + initialMargin(fillCost(quantity, price), this.terms.leverage)) as Money;
    }
    this.settle(NOTHING, feeOf(quantity, price, feeRate));
  }

  private reduce(quantity: Quantity, price: Price, feeRate: Ratio): void {
    const before = this.position;
    const { position, realizedPnl } = reduced(before, quantity, price);
    const released = this.released(quantity);
    const backing = released + feeAtBankruptcy(before, this.terms) - feeAtBankruptcy(position, this.terms);
    const lockedStill = this.margin - released + this.feeLockedFor(position) + this.shared.others(this, 'locked');
    const most = (this.isIsolated ? lesser(backing, this.wallet - lockedStill) : this.spendable) as Money;
    this.position = position;
    this.margin = (this.margin - released) as Money;
    this.settle(realizedPnl, feeOf(quantity, price, feeRate), most);
  }

  /** What of the margin closing a part of the position sets free. */
  private released(quantity: Quantity): bigint {
    return divide(this.margin * absolute(quantity), absolute(this.position.quantity), 'down');
  }

  /** Books P&L and a fee. @param most The largest sum that they may take from the wallet. */
  private settle(pnl: Money, fee: Money, most: Money = this.spendable): void {
    const taken = fee - pnl;
    const beyond = taken > most ? taken - most : 0n;
    this.realizedPnl = (this.realizedPnl + pnl) as Money;
    this.fees = (this.fees + fee) as Money;
    this.covered = (this.covered + beyond) as Money;
    this.shared.balance = (this.wallet - taken + beyond) as Money;
  }

  /** The closing fee that an isolated position locks beside its margin, where the venue locks one. */
  private feeLockedFor(position: Position): Money {
    return this.terms.model.closingFee === 'at-bankruptcy' ? feeAtBankruptcy(position, this.terms) : NOTHING;
  }

  private crossMargin({ quantity }: Position, mark: Price): Money {
    const cost = fillCost(quantity, mark);
    return (initialMargin(cost, this.terms.leverage) + this.feeLockedFor({ quantity, cost })) as Money;
  }
}

function atLeastNothing(amount: bigint): Money {
  return (amount > 0n ? amount : 0n) as Money;
}

function feeOf(quantity: Quantity, price: Price, feeRate: Ratio): Money {
  return product(absolute(fillCost(quantity, price)), feeRate, 'up') as Money;
}

function feeAtBankruptcy(position: Position, terms: MarginTerms): Money {
  return position.quantity === 0n ? NOTHING : closingFee(position, terms);
}
