import type { Money } from '../money.ts';

/** What one contract of an account takes of its wallet, each 0 while flat. */
export interface WalletShare {
  /** The margin that an isolated position has locked, with the closing fee beside it; 0 in cross margin. */
  readonly locked: Money;
  /** Of a position in cross margin, at its mark: what it has gained, what it must keep, and what opening it would take. */
  readonly unrealized: Money;
  readonly maintenance: Money;
  readonly initial: Money;
}

/**
 * The balance that backs every contract of an account. Isolated positions lock parts of it; in cross margin each position
 * is backed by all of it, with what the others have gained at their marks and without what they must keep.
 */
export class MarginWallet {
  /** Locked margin included; P&L that is not realised is not in it. */
  balance: Money;
  private readonly shares: WalletShare[] = [];

  constructor(balance: Money) {
    this.balance = balance;
  }

  join(share: WalletShare): void {
    this.shares.push(share);
  }

  /** Whether several contracts stand on it. */
  get isShared(): boolean {
    return this.shares.length > 1;
  }

  /** What all contracts but this one take of it. */
  others(share: WalletShare, part: keyof WalletShare): Money {
    let sum = 0n;
    for (const other of this.shares) if (other !== share) sum += other[part];
    return sum as Money;
  }
}
