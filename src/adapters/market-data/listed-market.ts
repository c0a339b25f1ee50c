import type { MarketQueries } from '#ports/market-data.ts';

/** What can be listed of an exchange, and what of it costs now. */
export interface ListedMarket extends Pick<MarketQueries, 'listings' | 'tickers' | 'fundingRates'> {
  /** What people name: "kraken". */
  readonly id: string;
  /** What people read: "Kraken". */
  readonly name: string;
  /** Whose fees are listed; ends the sentence "Fees are ...". */
  readonly listsFees: string;
  /** Ends calls that are on their way, and every later one. */
  close(): void;
}
