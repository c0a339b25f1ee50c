import { VenueRefused } from '#ports/venue.ts';
import type { AlpacaClient } from './client.ts';
import { type AlpacaAccount, accountFrom } from './decode-account.ts';
import { SETTLEMENT } from './symbols.ts';

/** Reads the account behind the key. @throws VenueUnavailable; VenueRefused for a key or an account that must not trade */
export async function readAccount(client: AlpacaClient): Promise<AlpacaAccount> {
  const account = await client.read(
    'the account',
    ({ trading }, init) => trading.account.getAccountRaw(init),
    accountFrom,
  );
  const why = refusalOf(account);
  if (why !== undefined) throw new VenueRefused(`Cannot trade on Alpaca as ${why}`);
  return account;
}

/** The one thing that keeps an account from trading, as the end of a sentence. */
function refusalOf(account: AlpacaAccount): string | undefined {
  if (account.isBlocked) return 'the account must not be blocked: it is; ask Alpaca why';
  if (account.isTradingBlocked) return 'the account must be allowed to trade: it is not now; ask Alpaca why';
  if (account.isSuspendedByOwner)
    return 'the account must not be suspended by its owner: it is; take the suspension back at Alpaca';
  if (!account.isActive) return 'the account must be active: it is not yet, or not any more; look it up at Alpaca';
  if (account.currency !== SETTLEMENT) return `the account must be in ${SETTLEMENT}: it is in another currency`;
  return undefined;
}
