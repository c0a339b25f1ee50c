import type { Money } from '../money.ts';

/** What the venue charged for a fill, and what its price does not tell. */
export interface Settlement {
  readonly fee: Money;
  /** What the venue bore beyond the fill's price, as it cannot be lost; negative for what it kept of a position. */
  readonly covered: Money;
}
