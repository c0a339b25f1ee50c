import type { Liquidity } from '#core/fills.ts';
import type { GridQuantity } from '#core/grid.ts';
import type { FeeRates, Instrument, MarketSymbol } from '#core/instruments.ts';
import type { CarryPayment } from '#core/margin/funding.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import type { Money, Price, Quantity, Ratio } from '#core/money.ts';
import type { Leg, Order, OrderChange, OrderState, OrderType, RiskApproved, Side } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';

/**
 * What a venue says of an order, or of a change of one. `unknown` is no failure: the order may be live, and is looked up
 * until proven.
 */
export type SubmitAnswer =
  | { readonly kind: 'accepted' }
  /** @param code The venue's own, where it gives one: messages may be in any language. */
  | { readonly kind: 'rejected'; readonly why: string; readonly code?: string }
  | { readonly kind: 'unknown'; readonly why: string };

export type CancelAnswer =
  | { readonly kind: 'canceled' }
  /** It ended in its own way, and the venue tells of it. */
  | { readonly kind: 'not-working' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What a venue can do. What it cannot is known before an order is made. */
export interface Capabilities {
  /**
   * When the stop that goes out with an entry is live at the venue: with each part that fills, once all has filled, or
   * never, so that it has to be sent after the fill.
   */
  readonly attachedStop: 'each-fill' | 'whole-fill' | 'none';
  /** Whether stop and target may count from the entry's fill, which nobody knows when it is sent. */
  readonly levelsFromFill: boolean;
  readonly trailingStop: boolean;
  readonly shorting: boolean;
  /** Whether quantities under one whole unit are taken together with a stop. */
  readonly fractional: boolean;
  readonly leverage: boolean;
}

/** Where orders go. It takes only what the last gate approved. */
export interface Venue {
  /** What people read: "Bybit". */
  readonly name: string;
  readonly capabilities: Capabilities;
  listen(symbol: MarketSymbol, listener: FillListener): void;
  submit(order: RiskApproved<Order>): SubmitAnswer | Promise<SubmitAnswer>;
  /**
   * Changes a working order, which keeps its id and tells of the change itself; one that is refused stays as it was. A
   * stop or target is moved so as well.
   */
  amend(order: Order, change: OrderChange): SubmitAnswer | Promise<SubmitAnswer>;
  /** @param why Kept with the order. */
  cancel(order: Order, why: string): CancelAnswer | Promise<CancelAnswer>;
  /**
   * Where the order with this client order id stands at the venue, once its fills were told; undefined when the venue
   * proves that it never took it.
   */
  find(order: Order): OrderState | undefined | Promise<OrderState | undefined>;
  /** Base units on the grid, signed. */
  position(symbol: MarketSymbol): GridQuantity | Promise<GridQuantity>;
}

/** A venue does not answer, or not in a form that can be used: nothing may be concluded from it. A sentence with the fix. */
export class VenueUnavailable extends Error {
  override readonly name = 'VenueUnavailable';
}

/** A venue refuses us as a whole: a wrong key, a missing permission, a banned address. Asking again does not help. */
export class VenueRefused extends Error {
  override readonly name = 'VenueRefused';
}

/** What a key may do. */
export interface KeyPermissions {
  readonly trade: boolean;
  /** A key that can move money away is never taken. */
  readonly withdraw: boolean;
}

/** An account as its venue tells it, in its settlement currency. */
export interface VenueAccount {
  readonly currency: string;
  /** With the P&L of what is open. */
  readonly equity: Money;
  /** Without it. */
  readonly balance: Money;
  /** What new orders may still lock. */
  readonly available: Money;
  /** Undefined where nothing is held on margin. */
  readonly marginMode: 'isolated' | 'cross' | undefined;
  readonly permissions: KeyPermissions;
}

/** An open position as its venue tells it. */
export interface VenuePosition {
  readonly symbol: MarketSymbol;
  /** Signed: negative is short. Never 0. */
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly leverage: Ratio | undefined;
  readonly liquidationPrice: Price | undefined;
}

/** An order as its venue tells it. */
export interface OrderReport {
  readonly venueOrderId: string;
  /** Undefined for one that was not sent with an id: the venue's own, or the owner's by hand. */
  readonly clientOrderId: string | undefined;
  /** For a stop or target that the venue made of an entry: which one, by the entry's client order id. */
  readonly attachedTo: { readonly clientOrderId: string; readonly leg: Leg } | undefined;
  readonly symbol: MarketSymbol;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  /** The limit, or the trigger. */
  readonly price: Price | undefined;
  readonly filled: Quantity;
  readonly state: 'open' | 'filled' | 'canceled' | 'expired' | 'rejected';
  /** Why it ended, in the venue's words; empty while it works. */
  readonly why: string;
  /** Market time of the news: of two reports of one order the newer one holds. */
  readonly updatedAt: EpochMs;
}

/** One execution as its venue tells it. */
export interface FillReport {
  readonly venueTradeId: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string | undefined;
  readonly symbol: MarketSymbol;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  /** In the account's currency; negative is a rebate. */
  readonly fee: Money;
  readonly liquidity: Liquidity;
  readonly executedAt: EpochMs;
  /** `liquidation`: the venue ended the position. */
  readonly kind: 'trade' | 'liquidation';
}

/** Funding that a venue booked. */
export interface FundingReport extends CarryPayment {
  readonly kind: 'funding';
  readonly id: string;
  readonly symbol: MarketSymbol;
}

/** What came after a cursor, oldest first, and the cursor to go on from. */
export interface FillPage {
  readonly fills: readonly FillReport[];
  readonly funding: readonly FundingReport[];
  readonly cursor: string;
}

/** An instrument as its venue lists it. */
export interface VenueInstrument extends Instrument {
  /** How the venue spells it. */
  readonly venueSymbol: string;
  /** Whether orders that open are taken now. */
  readonly isTradable: boolean;
  readonly isShortable: boolean;
  readonly maxLeverage: Ratio | undefined;
}

/** What an account at somebody else's venue has beyond orders. Reads throw VenueUnavailable or VenueRefused. */
export interface VenueAccess {
  instrument(symbol: MarketSymbol): Promise<VenueInstrument | undefined>;
  instruments(): Promise<readonly VenueInstrument[]>;
  account(): Promise<VenueAccount>;
  feeRates(symbol: MarketSymbol): Promise<FeeRates>;
  /** All of them: an empty list is proof of being flat. */
  positions(): Promise<readonly VenuePosition[]>;
  /** Every working order of a symbol, stops and targets included. */
  openOrders(symbol: MarketSymbol): Promise<readonly OrderReport[]>;
  /** @param cursor As a page gave it, or `cursorAt`. An empty page is proof that there is nothing new. */
  fillsSince(cursor: string): Promise<FillPage>;
  /** The cursor before everything that was executed at `time` or later. */
  cursorAt(time: EpochMs): string;
  /** Ends every working order of a symbol. */
  cancelAll(symbol: MarketSymbol): Promise<CancelAnswer>;
  setLeverage(symbol: MarketSymbol, leverage: Ratio): Promise<SubmitAnswer>;
  /** Its clock, wall time. */
  serverTime(): Promise<EpochMs>;
}
