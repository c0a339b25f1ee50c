import type { MarketSymbol } from '#core/instruments.ts';
import type { Price, Quantity } from '#core/money.ts';
import type { OrderType, Side, TimeInForce } from '#core/orders.ts';
import type {
  CancelAnswer,
  Capabilities,
  FillReport,
  FundingReport,
  OrderReport,
  SubmitAnswer,
  VenueAccess,
} from '#ports/venue.ts';

/** An order as it goes over a wire: exact decimals, the venue's own steps already kept. */
export interface WireOrder {
  readonly clientOrderId: string;
  readonly symbol: MarketSymbol;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  /** A limit's price, or a trigger. */
  readonly price: Price | undefined;
  /** What a triggered stop or take-profit becomes; undefined for a market order. */
  readonly limit: Price | undefined;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** Levels that go out with an entry, where the venue carries them. */
  readonly stop: Price | undefined;
  readonly target: Price | undefined;
}

export interface WireChange {
  readonly price?: Price;
  readonly limit?: Price;
  readonly quantity?: Quantity;
}

/** Which order is meant: by the venue's id where it is known, by ours otherwise. */
export interface WireOrderId {
  readonly symbol: MarketSymbol;
  /** Undefined for an order that the venue made. */
  readonly clientOrderId: string | undefined;
  readonly venueOrderId: string | undefined;
}

/** Hears a broker's private stream, in the order of arrival; the same news may come twice. */
export interface BrokerListener {
  onOrder(report: OrderReport): void;
  onFill(report: FillReport): void;
  onFunding(report: FundingReport): void;
  /** The stream was cut and is back, or began: what happened meanwhile was not told. */
  onGap(): void;
}

/** A placed order: accepted with the venue's id of it, or what a submit says otherwise. */
export type PlaceAnswer =
  | { readonly kind: 'accepted'; readonly venueOrderId: string }
  | Exclude<SubmitAnswer, { readonly kind: 'accepted' }>;

/**
 * One account at somebody's wire, without memory: it spells our orders the venue's way and reads its answers. Writes
 * answer and never throw; reads throw VenueUnavailable or VenueRefused. `BrokerVenue` keeps the orders.
 */
export interface Broker extends VenueAccess {
  readonly name: string;
  readonly capabilities: Capabilities;
  /**
   * How long after a write left an order may still appear that a look-up did not find, in ms of wall time: what it does not
   * find then never will. Undefined where nothing proves it.
   */
  readonly provenAbsentAfterMs: number | undefined;
  /** Whether resting exits tie up what they would close, so that another exit is refused until they are canceled. */
  readonly restingExitsHold: boolean;
  /** When the stop of this very order is live: a venue may carry it for some orders and not for others. */
  attachedStop(order: WireOrder): Capabilities['attachedStop'];
  /** Opens the private stream; resolves once it is live. `abort` closes it. */
  stream(listener: BrokerListener, abort: AbortSignal): Promise<void>;
  /** An order under an id that was used before is accepted as the one that is there: `venueOrderId` is that one's. */
  place(order: WireOrder): Promise<PlaceAnswer>;
  amend(id: WireOrderId, change: WireChange): Promise<SubmitAnswer>;
  cancel(id: WireOrderId): Promise<CancelAnswer>;
  /** @returns undefined when the venue answers that it has none of this id now. */
  order(id: WireOrderId): Promise<OrderReport | undefined>;
  /** Ends calls that are on their way, and every later one. */
  close(): void;
}
