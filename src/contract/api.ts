import { z } from 'zod';

/**
 * What crosses our own wire. Money, prices and quantities are decimal strings, times are UTC ms, and `null` is a value
 * that is not known (shown as a dash, never as zero). `simulated` is true wherever the prices are invented or replayed.
 */

const Decimal = z.string();
const Time = z.number().int();

export const Mode = z.enum(['paper', 'live']);
export const Direction = z.enum(['long', 'short']);

export const Account = z.object({
  id: z.string(),
  name: z.string(),
  venue: z.string(),
  mode: Mode,
  simulated: z.boolean(),
  currency: z.string(),
  startingBalance: Decimal,
  /** Wallet + unrealised P&L. */
  equity: Decimal,
  realizedPnl: Decimal,
  unrealizedPnl: Decimal,
  fees: Decimal,
  /** On margin: what open positions have locked, funding received less paid, and interest paid; 0 without. */
  margin: Decimal,
  funding: Decimal,
  interest: Decimal,
  /** Equity now less equity at 00:00 UTC of the market's day, and the same as a fraction of that equity. */
  dayPnl: Decimal,
  dayPnlFraction: z.number().nullable(),
  /** Positive fractions below the peak of equity. */
  drawdown: z.number(),
  maxDrawdown: z.number(),
  openPositions: z.number().int(),
  trades: z.object({ total: z.number().int(), won: z.number().int(), lost: z.number().int() }),
  /** Share of closed trades with a profit; null when there is none yet. n is `trades.total`. */
  winRate: z.number().nullable(),
  marketTime: Time,
});
export type Account = z.infer<typeof Account>;

export const Position = z.object({
  id: z.string(),
  botId: z.string(),
  botName: z.string(),
  accountId: z.string(),
  mode: Mode,
  simulated: z.boolean(),
  symbol: z.string(),
  direction: Direction,
  leverage: z.number(),
  /** What it has locked; what it cost where it is paid for in full. */
  margin: Decimal,
  /** Where the venue ends it as things stand; null where no price does. */
  liquidationPrice: Decimal.nullable(),
  quantity: Decimal,
  notional: Decimal,
  entryPrice: Decimal,
  entryTime: Time,
  mark: Decimal,
  markTime: Time,
  /** The stop that would be hit first: a trade with several entries has one for each. */
  stop: Decimal.nullable(),
  target: Decimal.nullable(),
  /** The venue holds a live stop order for this position. */
  stopConfirmed: z.boolean(),
  /** What is lost from the entry on when its stops are hit; 0 once they are past it, null where they do not cover all. */
  atRisk: Decimal.nullable(),
  unrealizedPnl: Decimal,
  /** Unrealised P&L in multiples of what was risked at the first stop; null without a stop. */
  r: z.number().nullable(),
  /** The target in multiples of the risk, measured from the entry. */
  targetR: z.number().nullable(),
  /** (target - mark) / (mark - stop); null without both. */
  rewardRiskLeft: z.number().nullable(),
  /** Steps of price and quantity: they decide how many decimals are shown. */
  tick: Decimal,
  lot: Decimal,
});
export type Position = z.infer<typeof Position>;

export const Trade = z.object({
  id: z.string(),
  botId: z.string(),
  accountId: z.string(),
  mode: Mode,
  simulated: z.boolean(),
  symbol: z.string(),
  direction: Direction,
  status: z.enum(['open', 'closed']),
  quantity: Decimal,
  entryTime: Time,
  entryPrice: Decimal,
  exitTime: Time.nullable(),
  exitPrice: Decimal.nullable(),
  exitReason: z.string().nullable(),
  fees: Decimal,
  leverage: z.number(),
  /** What its entries locked. */
  margin: Decimal,
  /** Received less paid, and paid: both are part of the P&L. */
  funding: Decimal,
  interest: Decimal,
  /** After fees; null while it is open. */
  pnl: Decimal.nullable(),
  r: z.number().nullable(),
  /** Step of price: decides how many decimals are shown. */
  tick: Decimal,
  lot: Decimal,
});
export type Trade = z.infer<typeof Trade>;

export const BotStatus = z.enum(['running', 'paused', 'error', 'off']);

export const Bot = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['indicator-rules', 'chart-vision', 'model-vote']),
  accountId: z.string(),
  mode: Mode,
  simulated: z.boolean(),
  status: BotStatus,
  /** Why, when the status is `error` or `paused`. */
  why: z.string().nullable(),
  symbols: z.array(z.string()),
  timeframe: z.string(),
  dayPnl: Decimal,
  lastDecision: z.object({ at: Time, symbol: z.string(), result: z.string(), why: z.string() }).nullable(),
});
export type Bot = z.infer<typeof Bot>;

/** What a bot thought of a symbol when it last had an opinion; levels are quote per base. */
export const Recommendation = z.object({
  botId: z.string(),
  botName: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  /** The close that called for it, and when it was formed. */
  occasion: Time,
  at: Time,
  analyst: z.string(),
  recommendation: z.enum(['buy', 'sell', 'hold']),
  confidence: z.number().nullable(),
  entry: Decimal.nullable(),
  stop: Decimal.nullable(),
  target: Decimal.nullable(),
});
export type Recommendation = z.infer<typeof Recommendation>;

/** One candle as [openTime, open, high, low, close, volume]. */
export const CandleRow = z.tuple([Time, z.number(), z.number(), z.number(), z.number(), z.number()]);
export type CandleRow = z.infer<typeof CandleRow>;

export const Ohlcv = z.object({
  symbol: z.string(),
  timeframe: z.string(),
  simulated: z.boolean(),
  tick: Decimal,
  /** Closed candles, oldest first. */
  candles: z.array(CandleRow),
  /** The candle that is still forming, when the market tells it. */
  forming: CandleRow.nullable(),
});
export type Ohlcv = z.infer<typeof Ohlcv>;

export const EquityCurve = z.object({
  accountId: z.string(),
  currency: z.string(),
  /** [market time, equity], oldest first, thinned to at most `points`. */
  points: z.array(z.tuple([Time, z.number()])),
});
export type EquityCurve = z.infer<typeof EquityCurve>;

export const Health = z.object({
  status: z.enum(['ok', 'stopping', 'error']),
  version: z.string(),
  uptimeMs: z.number().int(),
  wallTime: Time,
  marketTime: Time,
  market: z.object({
    /** `simulated`, `replay`, or an exchange's name in CCXT. */
    name: z.string(),
    /** What people read. */
    label: z.string(),
    simulated: z.boolean(),
    /** How many times faster than real time it runs; null for as fast as it can. */
    speed: z.number().nullable(),
    /** Wall time of its last word, when it should have said more since; else null. */
    silentSince: Time.nullable(),
  }),
  /** What went wrong, when the status is `error`. */
  why: z.string().nullable(),
});
export type Health = z.infer<typeof Health>;

/** A page of a list; `next` is the cursor of the page after it, null at the end. */
export const Accounts = z.object({ accounts: z.array(Account) });
export const Positions = z.object({ positions: z.array(Position) });
export const Trades = z.object({ trades: z.array(Trade), next: z.string().nullable() });
export const Bots = z.object({ bots: z.array(Bot) });
export const Recommendations = z.object({ recommendations: z.array(Recommendation) });

/** Every refusal over HTTP: a code for programs and a sentence for people. */
export const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
