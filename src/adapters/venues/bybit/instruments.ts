import type { MarketSymbol } from '#core/instruments.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import type { BybitClient } from './client.ts';
import { rowsOf } from './decode.ts';
import { instrumentFrom, spotInstrumentFrom } from './decode-market.ts';
import { allRows } from './pages.ts';
import { wireSymbol } from './symbols.ts';

const MOST_PER_PAGE = 1000;
/** What Bybit says of a symbol that it does not have. */
export const NO_SUCH_SYMBOL = 10001;

/** Every linear perpetual in USDT. @throws VenueUnavailable, VenueRefused */
export function readInstruments(client: BybitClient): Promise<VenueInstrument[]> {
  return readAll(client, 'linear', instrumentFrom);
}

/** Every pair of the spot market. @throws VenueUnavailable, VenueRefused */
export function readSpotInstruments(client: BybitClient): Promise<VenueInstrument[]> {
  return readAll(client, 'spot', spotInstrumentFrom);
}

function readAll(
  client: BybitClient,
  category: 'linear' | 'spot',
  decode: (row: unknown) => VenueInstrument | undefined,
): Promise<VenueInstrument[]> {
  const params = { category, limit: MOST_PER_PAGE } as const;
  return allRows(
    client,
    'instruments',
    'public',
    (cursor) => (rest) => rest.getInstrumentsInfo({ ...params, ...(cursor !== undefined && { cursor }) }),
    decode,
  );
}

/** @throws VenueUnavailable, VenueRefused */
export async function readInstrument(client: BybitClient, symbol: MarketSymbol): Promise<VenueInstrument | undefined> {
  const wire = wireSymbol(symbol);
  if (wire === undefined) return undefined;
  return client.read(
    `the instrument ${symbol}`,
    'public',
    (rest) => rest.getInstrumentsInfo({ category: 'linear', symbol: wire }),
    (result) =>
      rowsOf(result, 'instruments')
        .rows.map(instrumentFrom)
        .find((one) => one?.symbol === symbol),
    { absent: ({ code }) => code === NO_SUCH_SYMBOL },
  );
}
