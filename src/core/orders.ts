import type { AccountId, BotId } from './bots.ts';
import type { BracketPlan } from './brackets.ts';
import { type Brand, unreachable } from './brand.ts';
import type { GridPrice, GridQuantity } from './grid.ts';
import type { MarketSymbol } from './instruments.ts';
import type { EpochMs, Timeframe } from './time.ts';
import type { Trail } from './trailing.ts';

/** Ours: made before the venue hears of the order, and never used for another one. */
export type ClientOrderId = Brand<string, 'ClientOrderId'>;
/** Theirs, as they spell it (some venues count): known once the order is accepted. */
export type VenueOrderId = Brand<string | number, 'VenueOrderId'>;
/** Only risk.ts makes these and a venue accepts nothing else: a path around the limits does not compile. */
export type RiskApproved<T> = Brand<T, 'RiskApproved'>;

export type Side = 'buy' | 'sell';
/** What an order is for; `liquidation` is the venue's own. */
export type Leg = 'entry' | 'exit' | 'stop' | 'target' | 'liquidation';
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

const INTENDED: OrderState = Object.freeze({ kind: 'intended' });
const SUBMITTED: OrderState = Object.freeze({ kind: 'submitted' });

/**
 * `stop` and `take-profit` wait for their trigger, against the order and in its favour, and trade at the market then, or
 * at their limit where they have one (stop-limit, take-profit-limit). A `trailing-stop` is a stop whose trigger follows
 * the price.
 */
export type OrderType = 'market' | 'limit' | 'stop' | 'take-profit' | 'trailing-stop';

/** What an order asks for. Prices and quantities are on the instrument's grid. */
export interface OrderRequest {
  readonly leg: Leg;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: GridQuantity;
  /** Where it waits: a limit's price, or the trigger. Undefined for a market order, and where a trailing stop is to begin. */
  readonly price: GridPrice | undefined;
  /** What a stop or take-profit becomes once triggered: a limit at this price, or a market order without one. */
  readonly limit?: GridPrice | undefined;
  /** How a trailing stop follows the price. */
  readonly trail?: Trail | undefined;
  /** Whether it may only make: refused or canceled when it would take. */
  readonly postOnly?: boolean | undefined;
  readonly timeInForce: TimeInForce;
  /** `reduce-only` never opens or flips a position. */
  readonly effect: 'open' | 'reduce-only';
  /** The stop and target that go out with an entry. */
  readonly attached: BracketPlan | undefined;
}

/** What an amend changes; what is left out stays. */
export interface OrderChange {
  readonly price?: GridPrice;
  readonly limit?: GridPrice;
  readonly quantity?: GridQuantity;
}

/** A cancel (with why) or an amend that was sent and has not arrived. */
export type PendingRequest = { readonly at: EpochMs } & (
  | { readonly kind: 'cancel'; readonly why: string }
  | { readonly kind: 'amend'; readonly change: OrderChange }
);

/** How far a venue has come with an open order, beside what has filled. */
export interface Progress {
  /** It is on its way, and acts from then on. */
  readonly actsFrom?: EpochMs;
  /** A day order ends then. */
  readonly expiresAt?: EpochMs;
  /** The price that it follows has moved its trigger. */
  readonly trailed?: true;
  /** Its trigger was reached: it is a market order now, or a limit where it has one. */
  readonly triggered?: true;
  /** When it came, it met a price that it could take: the first open after this fills it as a taker. */
  readonly takesFrom?: EpochMs;
  /** An amend, its trigger or a late arrival gave it this number in the queue, behind all orders that were there. */
  readonly queuedAs?: number;
  /** Oldest first. */
  readonly pending?: readonly PendingRequest[];
}

type SpecialTerms = Pick<OrderRequest, 'limit' | 'trail' | 'postOnly'>;

function specialTermsOf({ limit, trail, postOnly }: OrderRequest): SpecialTerms | undefined {
  return limit === undefined && trail === undefined && postOnly !== true ? undefined : { limit, trail, postOnly };
}

/** One order through its life. What the venue may change of it are its state, its progress, its prices and its quantity. */
export class Order {
  readonly intent: Intent;
  readonly leg: Leg;
  readonly attempt: number;
  readonly side: Side;
  readonly type: OrderType;
  quantity: GridQuantity;
  price: GridPrice | undefined;
  readonly timeInForce: TimeInForce;
  readonly effect: 'open' | 'reduce-only';
  readonly attached: BracketPlan | undefined;
  /** Undefined while there is nothing to say. */
  progress: Progress | undefined;
  private current: OrderState;
  private numbered: VenueOrderId | undefined;
  /** Undefined for most orders: a backtest makes very many of them. */
  private special: SpecialTerms | undefined;

  /**
   * @param state Where it stands already, proven: read back from the store, or made by the venue.
   * @param progress How far the venue had come with it.
   */
  constructor(
    intent: Intent,
    request: OrderRequest,
    attempt = 1,
    state: OrderState = INTENDED,
    progress?: Progress,
    venueOrderId: VenueOrderId | undefined = idIn(state),
  ) {
    this.current = state;
    this.numbered = venueOrderId;
    this.intent = intent;
    this.attempt = attempt;
    this.leg = request.leg;
    this.side = request.side;
    this.type = request.type;
    this.quantity = request.quantity;
    this.price = request.price;
    this.special = specialTermsOf(request);
    this.progress = progress;
    this.timeInForce = request.timeInForce;
    this.effect = request.effect;
    this.attached = request.attached;
  }

  get limit(): GridPrice | undefined {
    return this.special?.limit;
  }

  get trail(): Trail | undefined {
    return this.special?.trail;
  }

  get postOnly(): boolean {
    return this.special?.postOnly === true;
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

  /** What has not filled. */
  get remaining(): GridQuantity {
    return (this.quantity - this.filled) as GridQuantity;
  }

  /** Takes an amend over: it keeps its id. */
  amend({ price = this.price, limit, quantity = this.quantity }: OrderChange): void {
    this.price = price;
    this.quantity = quantity;
    if (limit !== undefined) this.special = { ...this.special, limit };
  }

  /** Notes how far the venue has come; what is undefined in `news` is over. */
  note(news: { readonly [Key in keyof Progress]: Progress[Key] | undefined }): void {
    const known = Object.entries({ ...this.progress, ...news }).filter(([, value]) => value !== undefined);
    this.progress = known.length === 0 ? undefined : Object.fromEntries(known);
  }

  submitted(): void {
    this.become(SUBMITTED);
  }

  /** @throws Error when `mayBecome` does not allow it: a state that cannot be is a fault, never a warning. */
  become(next: OrderState): void {
    const { kind } = this.current;
    if (!mayBecome(kind, next.kind)) {
      throw new Error(`Order ${this.clientOrderId} cannot become "${next.kind}" as it is "${kind}"`);
    }
    this.current = next;
    this.numbered = idIn(next) ?? this.numbered;
  }

  /** The venue's id of it, from when it was accepted on, however it ended. */
  get venueOrderId(): VenueOrderId | undefined {
    return this.numbered;
  }
}

/** The one table of what an order may become. `unknown` ends only by what the venue proves. */
function mayBecome(kind: OrderStateKind, next: OrderStateKind): boolean {
  switch (kind) {
    case 'intended':
      return next === 'submitted' || next === 'expired';
    case 'submitted':
      return next !== 'intended' && next !== 'submitted';
    case 'unknown':
      return next !== 'intended' && next !== 'submitted' && next !== 'unknown';
    case 'open':
      return next === 'open' || next === 'filled' || next === 'canceled' || next === 'expired';
    case 'canceled':
    case 'expired':
      // A late fill may still arrive for what was canceled while it traded.
      return next === 'filled' || next === kind;
    case 'filled':
    case 'rejected':
      return false;
    default:
      return unreachable(kind);
  }
}

function idIn(state: OrderState): VenueOrderId | undefined {
  return state.kind === 'open' || state.kind === 'filled' ? state.venueOrderId : undefined;
}

const LEG_LETTER: Readonly<Record<Leg, string>> = { entry: 'e', exit: 'x', stop: 's', target: 't', liquidation: 'l' };

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
