/**
 * Facts of Alpaca's trading API.
 * @see https://docs.alpaca.markets/us/docs/orders-at-alpaca and /websocket-streaming; error codes as recorded of a paper
 *   account in October 2026.
 */

/** Lower case, `canceled` with one l. */
export const ALPACA_ORDER_STATUSES = [
  'new',
  'partially_filled',
  'filled',
  'done_for_day',
  'canceled',
  'expired',
  'replaced',
  'pending_cancel',
  'pending_replace',
  'accepted',
  'pending_new',
  'accepted_for_bidding',
  'stopped',
  'rejected',
  'suspended',
  'calculated',
  'held',
] as const;

export type AlpacaOrderStatus = (typeof ALPACA_ORDER_STATUSES)[number];

/** What never trades again; `done_for_day` may the next day. */
export const ALPACA_FINAL_STATUSES = ['filled', 'canceled', 'expired', 'replaced', 'rejected'] as const;

export const ALPACA_SIDES = ['buy', 'sell'] as const;
export const ALPACA_ORDER_TYPES = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'] as const;
export const ALPACA_TIMES_IN_FORCE = ['day', 'gtc', 'opg', 'cls', 'ioc', 'fok'] as const;
/** An order alone is "" in what Alpaca answers; `mleg` is for options. */
export const ALPACA_ORDER_CLASSES = ['', 'simple', 'bracket', 'oco', 'oto', 'mleg'] as const;

/** Whether an order opens a position or closes one; Alpaca tells by what is held. */
export const ALPACA_POSITION_INTENTS = ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close'] as const;

export type AlpacaSide = (typeof ALPACA_SIDES)[number];
export type AlpacaPositionIntent = (typeof ALPACA_POSITION_INTENTS)[number];
export type AlpacaOrderType = (typeof ALPACA_ORDER_TYPES)[number];
export type AlpacaTimeInForce = (typeof ALPACA_TIMES_IN_FORCE)[number];
export type AlpacaOrderClass = (typeof ALPACA_ORDER_CLASSES)[number];

/** What the `trade_updates` stream tells of an order. Only the first two say how much, at which price and what is held. */
export const ALPACA_TRADE_EVENTS = [
  'fill',
  'partial_fill',
  'new',
  'accepted',
  'pending_new',
  'canceled',
  'expired',
  'done_for_day',
  'replaced',
  'rejected',
  'stopped',
  'pending_cancel',
  'pending_replace',
  'calculated',
  'suspended',
  'order_replace_rejected',
  'order_cancel_rejected',
  'restated',
] as const;

export type AlpacaTradeEvent = (typeof ALPACA_TRADE_EVENTS)[number];

/** The `code` of an error's body and the HTTP status it comes with. One code has many causes: the message tells which. */
export const ALPACA_ERRORS = {
  /** A field that cannot be; also a client order id that was used before, which is proof that the first one arrived. */
  invalid: { code: 40010001, http: 422 },
  unauthorized: { code: 40110000, http: 401 },
  /** Buying power, quantity held by other orders, wash trades, assets and accounts that may not. */
  forbidden: { code: 40310000, http: 403 },
  notFound: { code: 40410000, http: 404 },
  /** Prices off the increment, rules between fields, orders that are over. */
  unprocessable: { code: 42210000, http: 422 },
  /** Unverified: no recorded answer has the code. */
  tooMany: { code: 42910000, http: 429 },
} as const;

export type AlpacaErrorName = keyof typeof ALPACA_ERRORS;

/** What a repeated client order id is answered with, whatever became of the first one. */
export const ALPACA_DUPLICATE_MESSAGE = 'client_order_id must be unique';

export const ALPACA_CLIENT_ORDER_ID_MAX = 128;
export const ALPACA_REQUESTS_PER_MINUTE = 200;
/** A good-till-canceled order is canceled after so many days, at 16:15 in New York. */
export const ALPACA_GTC_DAYS = 90;
export const ALPACA_QUANTITY_DECIMALS = 9;
/** Least cost of an order for a part of a share, and of one that buys crypto, in USD. */
export const ALPACA_MIN_NOTIONAL = { us_equity: '1', crypto: '10' } as const;
/** Below this equity, in USD, an account has no margin and sells nothing short. */
export const ALPACA_MARGIN_EQUITY = '2000';

/** What shares trade by in New York, in minutes after midnight. */
export const ALPACA_AUCTION_CUTOFFS = {
  /** Orders for the opening auction are taken until then, and from `reopens` on for the next one. */
  opg: 9 * 60 + 28,
  /** The same for the closing auction, counted back from the close. */
  clsBeforeClose: 10,
  reopens: 19 * 60,
} as const;

/** A buy stop goes out as a stop-limit so much above its trigger: 4 % under 50 USD, 2.5 % from there on. */
export const ALPACA_BUY_STOP_COLLAR = { under: '50', below: '1.04', above: '1.025' } as const;

/**
 * What a trade in coins costs, of its notional, by the account's tier: as a fraction, making and taking. It is booked at the
 * end of the day, and of a buy in the coin.
 * @see https://alpaca.markets/support/crypto-maker-taker-gmt-faq
 */
export const ALPACA_CRYPTO_FEES = [
  { maker: '0.0015', taker: '0.0025' },
  { maker: '0.0012', taker: '0.0022' },
  { maker: '0.001', taker: '0.002' },
  { maker: '0.0008', taker: '0.0018' },
  { maker: '0.0005', taker: '0.0015' },
  { maker: '0.0002', taker: '0.0013' },
  { maker: '0.0002', taker: '0.0012' },
  { maker: '0', taker: '0.001' },
] as const;
