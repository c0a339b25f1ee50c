import type { MarketSymbol } from '#core/instruments.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import type { AlpacaClient } from './client.ts';
import { rowsOf } from './decode.ts';
import { instrumentFrom, pairsFrom, shareTickFrom } from './decode-market.ts';
import { AlpacaSymbols } from './symbols.ts';

/** What coins there are. @throws VenueUnavailable, VenueRefused */
export async function readSymbols(client: AlpacaClient): Promise<AlpacaSymbols> {
  const pairs = await client.read(
    'the coins',
    ({ trading }, init) => trading.assets.getV2AssetsRaw({ status: 'active', assetClass: 'crypto' }, init),
    pairsFrom,
  );
  return new AlpacaSymbols(pairs);
}

/** @returns undefined for what Alpaca does not have. @throws VenueUnavailable, VenueRefused */
export async function readInstrument(
  client: AlpacaClient,
  symbols: AlpacaSymbols,
  symbol: MarketSymbol,
): Promise<VenueInstrument | undefined> {
  const wire = symbols.wire(symbol);
  if (wire === undefined) return undefined;
  const tick = symbols.isCoin(symbol) ? undefined : await readShareTick(client, wire);
  return client.readIfThere(
    `the asset ${symbol}`,
    ({ trading }, init) => trading.assets.getV2AssetsSymbolOrAssetIdRaw({ symbolOrAssetId: wire }, init),
    (json) => instrumentFrom(json, symbols, tick),
  );
}

/** All that is traded now. Nobody asks for the price of each: shares under a dollar are listed with the tick of the others. */
export async function readInstruments(client: AlpacaClient, symbols: AlpacaSymbols): Promise<VenueInstrument[]> {
  const all: VenueInstrument[] = [];
  for (const assetClass of ['us_equity', 'crypto']) {
    const listed = await client.read(
      'the assets',
      ({ trading }, init) => trading.assets.getV2AssetsRaw({ status: 'active', assetClass }, init),
      (json) => rowsOf(json, 'assets').map((row) => readable(row, symbols)),
    );
    all.push(...listed.filter((instrument) => instrument !== undefined));
  }
  return all;
}

/** One of thousands that cannot be read is one that cannot be traded. */
function readable(row: unknown, symbols: AlpacaSymbols): VenueInstrument | undefined {
  try {
    return instrumentFrom(row, symbols);
  } catch (error) {
    if (error instanceof AnswerRefused) return undefined;
    throw error;
  }
}

/** Undefined where nobody has seen a price of it. */
function readShareTick(client: AlpacaClient, wire: string) {
  return client.readIfThere(
    `the last trade of ${wire}`,
    ({ marketData }, init) => marketData.stocks.stockLatestTradeSingleRaw({ symbol: wire, feed: 'iex' }, init),
    shareTickFrom,
  );
}
