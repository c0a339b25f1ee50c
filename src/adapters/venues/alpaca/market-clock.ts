import type { AlpacaClient } from './client.ts';
import { clockFrom, type MarketClock } from './decode-market.ts';

/** What time it is at the market of shares, and whether it is open. @throws VenueUnavailable, VenueRefused */
export function readClock(client: AlpacaClient): Promise<MarketClock> {
  return client.read('the clock', ({ trading }, init) => trading.clock.legacyClockRaw(init), clockFrom);
}
