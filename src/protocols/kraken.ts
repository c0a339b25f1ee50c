import type { Timeframe } from '#core/time.ts';

/**
 * Facts of Kraken's public spot market data, REST and WebSocket v2.
 * @see https://docs.kraken.com/api/docs/rest-api/get-ohlc-data, .../get-recent-trades, https://docs.kraken.com/api/docs/websocket-v2/ohlc
 */

/** Minutes of a candle, and our name for it. Kraken also has one of 15 days (21600). */
export const KRAKEN_INTERVALS: Readonly<Record<number, Timeframe>> = {
  1: '1m',
  5: '5m',
  15: '15m',
  30: '30m',
  60: '1h',
  240: '4h',
  1440: '1d',
  10080: '1w',
};

/** An answer has the newest so many candles, however far back it is asked for; the last one is still running. */
export const KRAKEN_CANDLES = 720;
export const KRAKEN_TRADES = 1000;
export const KRAKEN_BOOK_LEVELS = 500;
/** Levels that can be asked for on a stream. */
export const KRAKEN_BOOK_DEPTHS = [10, 25, 100, 500, 1000] as const;
/** Levels of each side that the checksum of a book covers. */
export const KRAKEN_CHECKSUM_LEVELS = 10;

/** Currencies that go by another name there. */
export const KRAKEN_NAMES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
/** The first currencies have an X (coins) or Z (money) before their name; later ones have not. */
export const KRAKEN_PREFIXED = {
  X: ['XBT', 'XDG', 'ETH', 'ETC', 'LTC', 'XRP', 'XLM', 'XMR', 'ZEC', 'REP', 'MLN'],
  Z: ['USD', 'EUR', 'GBP', 'CAD', 'JPY', 'AUD'],
} as const;
/** Pairs of a prefixed coin with one of these have the prefixes in their id: XXBTZUSD, but XBTUSDT. */
export const KRAKEN_PREFIXED_QUOTES = ['ZUSD', 'ZEUR', 'ZGBP', 'ZCAD', 'ZJPY', 'XXBT', 'XETH'];

/** Decimals of the price, and the least order in base units, of pairs that are traded most. */
export const KRAKEN_PAIRS: Readonly<Record<string, { readonly decimals: number; readonly least: string }>> = {
  'BTC/USDT': { decimals: 1, least: '0.00005' },
  'BTC/USD': { decimals: 1, least: '0.00005' },
  'ETH/USDT': { decimals: 2, least: '0.002' },
  'ETH/USD': { decimals: 2, least: '0.002' },
  'SOL/USDT': { decimals: 2, least: '0.06' },
  'SOL/USD': { decimals: 2, least: '0.06' },
};

/** Public calls of one address: one a second in the long run. How many at once is not published. */
export const KRAKEN_CALLS_PER_SECOND = 1;
export const KRAKEN_CALLS_AT_ONCE = 15;

/** What is answered, with HTTP 200, in place of a result. */
export const KRAKEN_ERRORS = {
  unknownMethod: 'EGeneral:Unknown method',
  invalidArguments: 'EGeneral:Invalid arguments',
  unknownPair: 'EQuery:Unknown asset pair',
  unknownAsset: 'EQuery:Unknown asset',
  tooManyRequests: 'EGeneral:Too many requests',
} as const;

export const KRAKEN_STATUSES = ['online', 'maintenance', 'cancel_only', 'post_only'] as const;
export type KrakenStatus = (typeof KRAKEN_STATUSES)[number];
