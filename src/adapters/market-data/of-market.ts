import { MarketUnavailable } from '#ports/market-data.ts';
import { VenueRefused, VenueUnavailable } from '#ports/venue.ts';

/** A venue's sentence for who asks a market and no account, with what to do; another error as it is. */
export function ofMarket(error: unknown): unknown {
  if (!(error instanceof VenueUnavailable || error instanceof VenueRefused)) return error;
  return new MarketUnavailable(`${error.message}; check the network, and try again later`, { cause: error });
}
