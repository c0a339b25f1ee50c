import type { AccountId, BotId, MarketSymbol } from './bots.ts';
import type { BracketPlan } from './brackets.ts';
import { type Brand, unreachable } from './brand.ts';
import type { GridPrice, GridQuantity } from './grid.ts';
import type { EpochMs, Timeframe } from './time.ts';

/** Ours: made before the venue hears of the order, and never used for another one. */
export type ClientOrderId = Brand<string, 'ClientOrderId'>;
/** Theirs, as they spell it (some venues count): known once the order is accepted. */
export type VenueOrderId = Brand<string | number, 'VenueOrderId'>;
/** Only risk.ts makes these and a venue accepts nothing else: a path around the limits does not compile. */
export type RiskApproved<T> = Brand<T, 'RiskApproved'>;

export type Side = 'buy' | 'sell';
export type Leg = 'entry' | 'exit' | 'stop' | 'target';
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'day';

/** One bot on one symbol of an account: whose orders these are. */
export interface OrderOwner {
  readonly accountId: AccountId;
  readonly botId: BotId;
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  /** Start of every client order id of this owner, `ownerPrefix` of the fields above. */
  readonly prefix: string;
}

/** What one decision wants done: the first half of an order's identity. */
export interface Intent {
  readonly owner: OrderOwner;
  /** Close time of the candle that called for it: at most one intent of an owner for each. */
  readonly occasion: EpochMs;
}

export type OrderState =
  | { readonly kind: 'intended' } // Stored; the venue has not been asked.
  | { readonly kind: 'submitted' } // Asked; the venue has not answered yet.
  | { readonly kind: 'unknown' } // No answer came. It may be live: never resent, only looked up.
  | { readonly kind: 'open'; readonly venueOrderId: VenueOrderId; readonly filled: GridQuantity }
  | { readonly kind: 'filled'; readonly venueOrderId: VenueOrderId }
  | { readonly kind: 'canceled' | 'expired'; readonly filled: GridQuantity; readonly why: string }
  | { readonly kind: 'rejected'; readonly why: string };

export type OrderStateKind = OrderState['kind'];

/** The one table of what an order may become. `unknown` ends only by what the venue proves. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStateKind, readonly OrderStateKind[]>> = {
  intended: ['submitted', 'expired'],
  submitted: ['open', 'filled', 'rejected', 'canceled', 'expired', 'unknown'],
  unknown: ['open', 'filled', 'rejected', 'canceled', 'expired'],
  open: ['open', 'filled', 'canceled', 'expired'],
  filled: [],
  // A late fill may still arrive for what was canceled while it traded.
  canceled: ['filled'],
  expired: ['filled'],
  rejected: [],
};

const INTENDED: OrderState = Object.freeze({ kind: 'intended' });
const SUBMITTED: OrderState = Object.freeze({ kind: 'submitted' });

/** What an order asks for. Prices and quantities are on the instrument's grid. */
export interface OrderRequest {
  readonly leg: Leg;
  readonly side: Side;
  readonly type: 'market' | 'limit' | 'stop';
  readonly quantity: GridQuantity;
  /** The limit, or the stop's trigger; undefined for a market order. */
  readonly price: GridPrice | undefined;
  readonly timeInForce: TimeInForce;
  /** `reduce-only` never opens or flips a position. */
  readonly effect: 'open' | 'reduce-only';
  /** The stop and target that go out with an entry. */
  readonly attached: BracketPlan | undefined;
}

/** One order through its life. Everything but its state is fixed when it is made. */
export class Order {
  readonly intent: Intent;
  readonly leg: Leg;
  readonly attempt: number;
  readonly side: Side;
  readonly type: 'market' | 'limit' | 'stop';
  readonly quantity: GridQuantity;
  readonly price: GridPrice | undefined;
  readonly timeInForce: TimeInForce;
  readonly effect: 'open' | 'reduce-only';
  readonly attached: BracketPlan | undefined;
  private current: OrderState;

  /** @param state Where it stands already, proven: read back from the store, or made by the venue. */
  constructor(intent: Intent, request: OrderRequest, attempt = 1, state: OrderState = INTENDED) {
    this.current = state;
    this.intent = intent;
    this.attempt = attempt;
    this.leg = request.leg;
    this.side = request.side;
    this.type = request.type;
    this.quantity = request.quantity;
    this.price = request.price;
    this.timeInForce = request.timeInForce;
    this.effect = request.effect;
    this.attached = request.attached;
  }

  get state(): OrderState {
    return this.current;
  }

  /** f(account, intent, leg, attempt), at most 28 characters of [0-9a-z-]; made on demand. */
  get clientOrderId(): ClientOrderId {
    const { owner, occasion } = this.intent;
    return `${owner.prefix}-${occasion.toString(36)}-${LEG_LETTER[this.leg]}${this.attempt}` as ClientOrderId;
  }

  /** Whether it may still trade. */
  get isWorking(): boolean {
    const { kind } = this.current;
    return kind === 'open' || kind === 'submitted' || kind === 'unknown' || kind === 'intended';
  }

  get filled(): GridQuantity {
    const state = this.current;
    switch (state.kind) {
      case 'filled':
        return this.quantity;
      case 'open':
      case 'canceled':
      case 'expired':
        return state.filled;
      case 'intended':
      case 'submitted':
      case 'unknown':
      case 'rejected':
        return 0 as GridQuantity;
      default:
        return unreachable(state);
    }
  }

  submitted(): void {
    this.become(SUBMITTED);
  }

  /** @throws Error when the table does not allow it: a state that cannot be is a fault, never a warning. */
  become(next: OrderState): void {
    const { kind } = this.current;
    if (!ORDER_TRANSITIONS[kind].includes(next.kind)) {
      throw new Error(`Order ${this.clientOrderId} cannot become "${next.kind}" as it is "${kind}"`);
    }
    this.current = next;
  }
}

const LEG_LETTER: Readonly<Record<Leg, string>> = { entry: 'e', exit: 'x', stop: 's', target: 't' };

/** A prefix that differs for every account, bot, symbol and timeframe: 53 bits of hash in base 36. */
export function ownerPrefix(accountId: string, botId: string, symbol: string, timeframe: string): string {
  return hash53(JSON.stringify([accountId, botId, symbol, timeframe])).toString(36);
}

/** A 53-bit hash from two multiply-xor lanes; spreads ids, proves nothing. @see the MurmurHash3 finaliser (Appleby). */
export function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x85ebca6b);
    b = Math.imul(b ^ code, 0xc2b2ae35);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}
