import { type KeyPermissions, type VenueAccount, VenueRefused } from '#ports/venue.ts';
import type { BybitClient } from './client.ts';
import { accountInfoFrom, balancesFrom, permissionsFrom } from './decode-account.ts';
import { SETTLEMENT } from './symbols.ts';

/** Demo trading has no such question, and no money. */
const OF_DEMO: KeyPermissions = { trade: true, withdraw: false };
const RIGHT_KEY = 'make one at Bybit whose only permission is "Contract - Orders & Positions"';

/**
 * The unified account behind the key.
 *
 * @throws VenueUnavailable; VenueRefused for a key that may do too much or too little, and for an account that cannot trade
 *   contracts in USDT
 */
export async function readAccount(client: BybitClient): Promise<VenueAccount> {
  const permissions = await readPermissions(client);
  if (permissions.withdraw) {
    throw new VenueRefused(
      `Cannot use this API key for Bybit as it must not be able to move money away: it may; ${RIGHT_KEY}`,
    );
  }
  if (!permissions.trade) {
    throw new VenueRefused(`Cannot use this API key for Bybit as it must be allowed to trade: it is not; ${RIGHT_KEY}`);
  }
  const info = await client.read('the account', 'queries', (rest) => rest.getAccountInfo(), accountInfoFrom);
  if (!info.isUnified) {
    throw new VenueRefused(
      'Cannot trade on Bybit as the account must be a unified one (UTA): it is not; upgrade it there',
    );
  }
  const balances = await client.read(
    'the balance',
    'queries',
    (rest) => rest.getWalletBalance({ accountType: 'UNIFIED', coin: SETTLEMENT }),
    (result) => balancesFrom(result, info.marginMode),
  );
  if (balances === undefined) {
    throw new VenueRefused(
      'Cannot trade on Bybit as the unified account must hold USDT: it holds none; transfer some into it',
    );
  }
  return { currency: SETTLEMENT, ...balances, marginMode: info.marginMode, permissions };
}

async function readPermissions(client: BybitClient): Promise<KeyPermissions> {
  if (client.access.environment === 'demo') return OF_DEMO;
  return client.read('the API key', 'queries', (rest) => rest.getQueryApiKey(), permissionsFrom);
}
