import type { MarketSymbol } from '#core/bots.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { FillListener } from '#core/matcher.ts';
import type { Order, OrderChange, RiskApproved } from '#core/orders.ts';

/** What a venue says of an order, or of a change of one. `unknown` is no failure: the order may be live, and is looked up until proven. */
export type SubmitAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

export type CancelAnswer = { readonly kind: 'canceled' } | { readonly kind: 'not-working' };

/** Where orders go. It takes only what the last gate approved. */
export interface Venue {
  listen(symbol: MarketSymbol, listener: FillListener): void;
  submit(order: RiskApproved<Order>): SubmitAnswer | Promise<SubmitAnswer>;
  /** Changes a working order, which keeps its id and tells of the change itself; one that is refused stays as it was. */
  amend(order: Order, change: OrderChange): SubmitAnswer | Promise<SubmitAnswer>;
  /** @param why Kept with the order. */
  cancel(order: Order, why: string): CancelAnswer | Promise<CancelAnswer>;
  /** The order with this client order id, if the venue has ever taken it; its answer is final. */
  find(order: Order): Order | undefined | Promise<Order | undefined>;
  /** Base units on the grid, signed. */
  position(symbol: MarketSymbol): GridQuantity | Promise<GridQuantity>;
}
