/**
 * Facts of Alpaca's market data API.
 * @see https://docs.alpaca.markets/us/docs/streaming-market-data and /reference/stockbars
 */

/** Errors of the data streams: `[{"T":"error","code":...,"msg":...}]`. */
export const ALPACA_STREAM_ERRORS = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
  407: 'slow client',
  409: 'insufficient subscription',
  410: 'invalid subscribe action for this feed',
  500: 'internal error',
} as const;

export type AlpacaStreamErrorCode = keyof typeof ALPACA_STREAM_ERRORS;

/** Wall time in which a stream's connection must log in. */
export const ALPACA_AUTH_TIMEOUT_MS = 10_000;
/** Symbols that a free plan's stream may carry. */
export const ALPACA_FREE_STREAM_SYMBOLS = 30;

/** The paths of the streams of shares: `/v2/FEED`. */
export const ALPACA_STOCK_FEEDS = ['iex', 'sip', 'delayed_sip', 'test'] as const;
export const ALPACA_CRYPTO_LOCATIONS = ['us', 'us-1', 'us-2', 'eu-1', 'bs-1'] as const;

/** What can be subscribed to, in the order in which a subscription is confirmed. */
export const ALPACA_STOCK_CHANNELS = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
] as const;
export const ALPACA_CRYPTO_CHANNELS = ['trades', 'quotes', 'orderbooks', 'bars', 'updatedBars', 'dailyBars'] as const;
/** Who subscribes to trades of shares is subscribed to these as well. */
export const ALPACA_WITH_TRADES = ['corrections', 'cancelErrors'] as const;

/** The most bars of one answer, over all symbols, and how many there are when nobody says. */
export const ALPACA_PAGE_LIMIT = 10_000;
export const ALPACA_PAGE_DEFAULT = 1000;

/** What a free plan may not ask of the consolidated feed: its last minutes. */
export const ALPACA_SIP_DELAY_MS = 15 * 60_000;
export const ALPACA_SIP_REFUSAL = 'subscription does not permit querying recent SIP data';
