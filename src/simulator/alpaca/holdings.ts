import { type Money, ONE, type Price, type Quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { Asset } from './assets.ts';

/** What is held of one asset. */
export interface Position {
  readonly asset: Asset;
  /** Negative is short. */
  quantity: Quantity;
  /** What was paid for it; negative for what a short brought in. */
  cost: Money;
  /** When it was opened, or flipped from nothing: market time. */
  readonly openedAt: EpochMs;
}

/** Cash and positions of one account. */
export class Holdings {
  cash: Money;
  private readonly held = new Map<Asset, Position>();

  constructor(cash: Money) {
    this.cash = cash;
  }

  get positions(): readonly Position[] {
    return [...this.held.values()];
  }

  position(asset: Asset): Position | undefined {
    return this.held.get(asset);
  }

  /** Signed. */
  quantity(asset: Asset): Quantity {
    return this.held.get(asset)?.quantity ?? (0n as Quantity);
  }

  /** Takes one fill. @param quantity Signed: positive was bought. @param cost Its price x quantity, signed as it is. */
  fill(asset: Asset, quantity: Quantity, cost: Money, at: EpochMs): void {
    this.cash = (this.cash - cost) as Money;
    const position = this.held.get(asset);
    if (position === undefined) {
      this.held.set(asset, { asset, quantity, cost, openedAt: at });
      return;
    }
    const before: bigint = position.quantity;
    const after = (before + quantity) as Quantity;
    const isReduced = before > 0n !== quantity > 0n;
    // What leaves a position takes its share of the cost along.
    position.cost = (isReduced ? position.cost + (position.cost * quantity) / before : position.cost + cost) as Money;
    position.quantity = after;
    if (after === 0n) this.held.delete(asset);
  }
}

/** Price x quantity, rounded toward zero to 1e-12. */
export function notionalOf(price: Price, quantity: Quantity): Money {
  return ((price * quantity) / ONE) as Money;
}
