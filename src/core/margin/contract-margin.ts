import type { Money, Price, Quantity, Ratio } from '../money.ts';
import type { FundingEvent, FundingPayment } from './funding.ts';
import type { MarginAccount } from './margin-account.ts';
import { unrealizedPnl } from './position.ts';

/** What the venue charged for a fill, and what its price does not tell. */
export interface Settlement {
  readonly fee: Money;
  /** What the venue bore beyond the fill's price, as it cannot be lost; negative for what it kept of a position. */
  readonly covered: Money;
}

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

  /** @param events Oldest first. */
  constructor(account: MarginAccount, events: readonly FundingEvent[]) {
    this.account = account;
    this.events = events;
  }

  get isHeld(): boolean {
    return this.account.position.quantity !== 0n;
  }

  /** The first moment after the next funding of what is held; Infinity while there is none. */
  get fundedAfter(): number {
    const event = this.isHeld ? this.events[this.next] : undefined;
    return event === undefined ? Number.POSITIVE_INFINITY : event.at + 1;
  }

  /** Whether any funding is due before `until`, of what is held or not. */
  isDueBefore(until: number): boolean {
    const event = this.events[this.next];
    return event !== undefined && event.at < until;
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

  /** Applies what is due before `until` to what is held, or passes over it while flat. */
  fundBefore(until: number, mark: Price, onPayment: (payment: FundingPayment) => void): void {
    for (let event = this.events[this.next]; event !== undefined && event.at < until; event = this.events[this.next]) {
      this.next += 1;
      const { quantity } = this.account.position;
      if (quantity !== 0n) onPayment({ ...event, mark, quantity, amount: this.account.fund(event, mark) });
    }
  }
}
