import { type Money, ONE, type Price, type Quantity, type Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import {
  ALPACA_FINAL_STATUSES,
  type AlpacaOrderClass,
  type AlpacaOrderStatus,
  type AlpacaOrderType,
  type AlpacaPositionIntent,
  type AlpacaSide,
  type AlpacaTimeInForce,
} from '#protocols/alpaca.ts';
import type { Asset } from './assets.ts';
import type { Nanos } from './stamps.ts';

/** What an order is made with. */
export interface NewOrder {
  readonly id: string;
  readonly clientOrderId: string;
  /** Rises with every order of an account. */
  readonly number: number;
  readonly asset: Asset;
  readonly side: AlpacaSide;
  readonly type: AlpacaOrderType;
  readonly timeInForce: AlpacaTimeInForce;
  readonly orderClass: AlpacaOrderClass;
  readonly extendedHours: boolean;
  readonly positionIntent: AlpacaPositionIntent;
  readonly quantity: Quantity | undefined;
  readonly notional: Money | undefined;
  readonly limitPrice: Price | undefined;
  readonly stopPrice: Price | undefined;
  readonly trailPrice: Price | undefined;
  readonly trailPercent: Ratio | undefined;
  readonly status: AlpacaOrderStatus;
  readonly createdAt: Nanos;
  /** When a day order, or one for an auction, is over at the latest. */
  readonly expiresAt: EpochMs | undefined;
  readonly replaces?: AlpacaOrder | undefined;
}

/** One order of an account, through its life. */
export class AlpacaOrder {
  readonly made: NewOrder;
  /** Undefined for an order by notional until it is filled. */
  quantity: Quantity | undefined;
  limitPrice: Price | undefined;
  /** Of a trailing stop, where it has come to. */
  stopPrice: Price | undefined;
  /** The best price that a trailing stop has seen. */
  highWaterMark: Price | undefined;
  status: AlpacaOrderStatus;
  /** A stop-limit that is a limit by now. */
  isTriggered = false;
  filled = 0n as Quantity;
  /** What was paid or received for it. */
  cost = 0n as Money;
  /** Take-profit and stop-loss. */
  legs: readonly AlpacaOrder[] = [];
  parent: AlpacaOrder | undefined;
  replacedBy: AlpacaOrder | undefined;
  updatedAt: Nanos;
  filledAt: Nanos | undefined;
  canceledAt: Nanos | undefined;
  expiredAt: Nanos | undefined;
  failedAt: Nanos | undefined;
  replacedAt: Nanos | undefined;

  constructor(made: NewOrder) {
    this.made = made;
    this.quantity = made.quantity;
    this.limitPrice = made.limitPrice;
    this.stopPrice = made.stopPrice;
    this.status = made.status;
    this.updatedAt = made.createdAt;
  }

  get id(): string {
    return this.made.id;
  }

  get isOpen(): boolean {
    return !ALPACA_FINAL_STATUSES.some((status) => status === this.status);
  }

  /** Whether it trades, or would if its market did. */
  get isWorking(): boolean {
    return this.isOpen && this.status !== 'held';
  }

  /** What has not filled; of an order by notional, 0 until its quantity is known. */
  get remaining(): Quantity {
    return ((this.quantity ?? 0n) - this.filled) as Quantity;
  }

  /** Quote per base, on average; rounded to 1e-12. */
  get averagePrice(): Price | undefined {
    return this.filled === 0n ? undefined : (((this.cost * ONE) / this.filled) as bigint as Price);
  }

  /** The other leg: one cancels the other. Of an OCO, parent and leg. */
  get sibling(): AlpacaOrder | undefined {
    const { parent } = this;
    if (this.made.orderClass === 'oco') return parent ?? this.legs[0];
    return parent?.legs.find((leg) => leg !== this);
  }
}
