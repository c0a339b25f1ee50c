import { type Money, ONE, type Price, type Quantity, type Ratio } from '../money.ts';
import type { EpochMs } from '../time.ts';
import { divide } from './rounding.ts';

/** A moment at which longs pay shorts, or shorts longs where the rate is negative. */
export interface FundingEvent {
  readonly at: EpochMs;
  /** Fraction of the position's value. */
  readonly rate: Ratio;
}

/** What holding a position cost or brought at one moment: funding, or interest on what it borrows. */
export interface CarryPayment extends FundingEvent {
  readonly kind: 'funding' | 'interest';
  readonly mark: Price;
  /** Signed: positive long. */
  readonly quantity: Quantity;
  /** Into the account; negative when it paid. */
  readonly amount: Money;
}

/**
 * What one event moves into the account, negative when it pays: -quantity x mark price x rate, rounded down.
 *
 * @param quantity Signed: positive long. A long pays a positive rate and receives a negative one.
 * @param mark The mark price at the event.
 * @see Bybit help centre, "Funding Fee Calculation".
 */
export function fundingPayment(quantity: Quantity, mark: Price, rate: Ratio): Money {
  return divide(-quantity * mark * rate, ONE * ONE, 'down') as Money;
}

/**
 * The events that a position takes part in. One opened or closed at the very moment of an event does: Bybit
 * promises neither the one nor the other within 5 seconds of it, and a candle's open is the moment of the event.
 *
 * @param events Oldest first.
 * @param closedAt Left out while it is open.
 */
export function fundingHeld<Event extends FundingEvent>(
  events: readonly Event[],
  openedAt: EpochMs,
  closedAt: EpochMs = Number.POSITIVE_INFINITY as EpochMs,
): readonly Event[] {
  return events.filter(({ at }) => at >= openedAt && at <= closedAt);
}
