import type { Money, Price, Quantity, Ratio } from '../money.ts';
import type { EpochMs } from '../time.ts';
import type { CarryPayment, FundingEvent } from './funding.ts';
import { nextInterestAt } from './interest.ts';
import type { MarginAccount } from './margin-account.ts';
import { unrealizedPnl } from './position.ts';
import type { Settlement } from './settlement.ts';

/** A fill or a payment as it was booked. */
export type MarginMove =
  | { readonly quantity: Quantity; readonly price: Price; readonly settlement: Settlement }
  | { readonly payment: CarryPayment };

/** A position ended by the venue. */
export interface TakenPosition {
  readonly price: Price;
  readonly settlement: Settlement;
}

/** One contract as an exchange keeps it for an account: the money behind the position, and the funding to come. */
export class ContractMargin {
  readonly account: MarginAccount;
  /** Why entries were refused when they came to trade, oldest first. */
  readonly refusals: string[] = [];
  private readonly events: readonly FundingEvent[];
  private next = 0;
  /** A day's interest, as a fraction of what is borrowed; 0 where nothing is asked for it. */
  private readonly dailyInterest: Ratio;
  private interestAt = Number.NEGATIVE_INFINITY;

  /** @param events Oldest first. */
  constructor(account: MarginAccount, events: readonly FundingEvent[], dailyInterest = 0n as Ratio) {
    this.account = account;
    this.events = events;
    this.dailyInterest = dailyInterest;
  }

  get isHeld(): boolean {
    return this.account.position.quantity !== 0n;
  }

  /** Whether its liquidation price moves with the positions of other contracts. */
  get isBackedByOthers(): boolean {
    return this.account.isBackedByOthers;
  }

  /** Notes where the market is, for the other contracts of a shared wallet. */
  markAt(price: Price): void {
    this.account.mark = price;
  }

  /** The first moment after what is due next for what is held; Infinity while nothing is. */
  get fundedAfter(): number {
    return this.isHeld ? Math.min(this.nextFunding, this.nextInterest) + 1 : Number.POSITIVE_INFINITY;
  }

  /** Whether any funding or interest is due before `until`, of what is held or not. */
  isDueBefore(until: number): boolean {
    return Math.min(this.nextFunding, this.nextInterest) < until;
  }

  /** Why a fill that opens or adds cannot be had, or undefined. @param quantity Signed. */
  refusal(quantity: Quantity, price: Price, feeRate: Ratio): string | undefined {
    const held = this.account.position.quantity;
    const why =
      held !== 0n && held > 0n !== quantity > 0n
        ? 'Cannot turn a position on margin in one order as the other side must be opened flat; close it first'
        : this.account.openRefusal(quantity, price, feeRate);
    if (why !== undefined) this.refusals.push(why);
    return why;
  }

  /** Books a fill that was not refused. @returns What the venue bore of its loss; mostly 0. */
  fill(quantity: Quantity, price: Price, feeRate: Ratio): Money {
    const { account } = this;
    const before = account.covered;
    account.fill(quantity, price, feeRate);
    return (account.covered - before) as Money;
  }

  /** Ends the position. @param reached Where it is closed, by a model that closes it at the market. */
  liquidate(reached: Price): TakenPosition {
    const { account } = this;
    const { position } = account;
    const { price, loss, fee } = account.liquidate(reached);
    const covered = (fee - loss - unrealizedPnl(position, price)) as Money;
    return { price, settlement: { fee, covered } };
  }

  /** Applies what is due before `until` to what is held, in the order of time, or passes over it while flat. */
  fundBefore(until: number, mark: Price, onPayment: (payment: CarryPayment) => void): void {
    if (!this.isHeld) this.passOver(until);
    while (Math.min(this.nextFunding, this.nextInterest) < until) {
      const { quantity } = this.account.position;
      if (this.nextFunding <= this.nextInterest) {
        const event = this.events[this.next]!;
        this.next += 1;
        onPayment({ ...event, kind: 'funding', mark, quantity, amount: this.account.fund(event, mark) });
      } else {
        const event = { at: this.interestAt as EpochMs, rate: this.dailyInterest };
        this.interestAt = nextInterestAt(event.at + 1);
        onPayment({ ...event, kind: 'interest', mark, quantity, amount: this.account.chargeInterest(event, mark) });
      }
    }
  }

  /** Books once more what was booked before a restart. */
  rebook(move: MarginMove): void {
    const { account } = this;
    if ('settlement' in move) account.rebook(move.quantity, move.price, move.settlement);
    else account.rebookCarry(move.payment);
  }

  /** Goes on at a time up to which all that was due is done with. */
  passOver(until: number): void {
    while (this.nextFunding < until) this.next += 1;
    if (this.interestAt < until) this.interestAt = nextInterestAt(until);
  }

  private get nextFunding(): number {
    return this.events[this.next]?.at ?? Number.POSITIVE_INFINITY;
  }

  private get nextInterest(): number {
    return this.dailyInterest === 0n ? Number.POSITIVE_INFINITY : this.interestAt;
  }
}
