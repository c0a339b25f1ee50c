import type { MarginMode } from '#core/margin/liquidation.ts';

/** What a key may do. */
export interface Permissions {
  readonly read: boolean;
  readonly trade: boolean;
  readonly withdraw: boolean;
}

/** An account at the twins that have accounts. */
export interface AccountSetup {
  /** What the control port calls it. */
  readonly name: string;
  readonly key: string;
  readonly secret: string;
  readonly permissions: Permissions;
  /** In the quote currency, a plain decimal. */
  readonly balance: string;
  /** Of positions on margin, a plain decimal from 1. */
  readonly leverage: string;
  readonly marginMode: MarginMode;
}

/** The account that is there when nobody names another one. */
export const DEFAULT_ACCOUNT: AccountSetup = Object.freeze({
  name: 'default',
  key: 'testkey',
  secret: 'testsecret',
  permissions: Object.freeze({ read: true, trade: true, withdraw: false }),
  balance: '10000',
  leverage: '10',
  marginMode: 'isolated',
});
