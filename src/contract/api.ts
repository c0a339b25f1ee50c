import { z } from 'zod';
import { OCCASION_KINDS } from '../core/occasions.ts';

/**
 * What crosses our own wire. Money, prices and quantities are decimal strings, times are UTC ms, and `null` is a value
 * that is not known (shown as a dash, never as zero). `simulated` is true wherever the prices are invented or replayed.
 */

const Decimal = z.string();
const Time = z.number().int();

export const Mode = z.enum(['paper', 'live']);
/** What calls for a decision: a candle's close, a tick of the bot's interval, a market event or a person. */
export const OccasionKind = z.enum(OCCASION_KINDS);
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
  lastDecision: z
    .object({ at: Time, occasionKind: OccasionKind, symbol: z.string(), result: z.string(), why: z.string() })
    .nullable(),
});
export type Bot = z.infer<typeof Bot>;

/** What a bot thought of a symbol when it last had an opinion; levels are quote per base. */
export const Recommendation = z.object({
  botId: z.string(),
  botName: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  /** The close, or another moment, that called for it, what that was, and when the opinion was formed. */
  occasion: Time,
  occasionKind: OccasionKind,
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

/** What was asked for and cannot be had, and why. */
const Missing = z.object({ symbol: z.string(), why: z.string() });

/** Prices as the market told them last, quote per base; `at` is its own time of them. */
export const Tickers = z.object({
  simulated: z.boolean(),
  tickers: z.array(
    z.object({
      symbol: z.string(),
      bid: z.number().nullable(),
      ask: z.number().nullable(),
      last: z.number().nullable(),
      at: Time,
    }),
  ),
  missing: z.array(Missing),
});
export type Tickers = z.infer<typeof Tickers>;

/** A value with the source's own time of it and its age when it was asked for, or null with the reason why there is none. */
const known = <Value extends z.ZodType>(value: Value) =>
  z.object({
    value: value.nullable(),
    at: Time.nullable(),
    ageMs: z.number().int().nullable(),
    why: z.string().nullable(),
  });

/** What is known of the world beside prices. Dollars and percents are numbers: nothing is reckoned with them. */
export const Context = z.object({
  /** Wall time. */
  readAt: Time,
  /** Who said it, by their address: alternative.me and CoinGecko, unless others were set. */
  sources: z.object({ fearGreed: z.string(), coins: z.string() }),
  fearGreed: known(z.object({ value: z.number().int(), classification: z.string() })),
  market: known(
    z.object({
      marketCapUsd: z.number(),
      volume24hUsd: z.number(),
      marketCapChange24hPercent: z.number(),
      bitcoinSharePercent: z.number(),
    }),
  ),
  coins: z.array(
    known(
      z.object({
        priceUsd: z.number(),
        marketCapUsd: z.number().nullable(),
        marketCapRank: z.number().int().nullable(),
        volume24hUsd: z.number().nullable(),
        change1hPercent: z.number().nullable(),
        change24hPercent: z.number().nullable(),
        change7dPercent: z.number().nullable(),
      }),
    ).extend({ base: z.string() }),
  ),
});
export type Context = z.infer<typeof Context>;

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

/** A person's request to a bot to decide now. The same `requestId` is never decided twice. */
export const Ask = z.strictObject({
  requestId: z.string().regex(/^[\x21-\x7e]{1,100}$/, 'must be 1 to 100 letters, digits and signs of ASCII, no spaces'),
  symbol: z.string().optional(),
});

/** What a bot decided when it was asked, for each symbol. */
export const AskAnswer = z.object({
  botId: z.string(),
  botName: z.string(),
  requestId: z.string(),
  decisions: z.array(z.object({ symbol: z.string(), at: Time, result: z.string(), why: z.string() })),
});
export type AskAnswer = z.infer<typeof AskAnswer>;

/** What a bot decided on one occasion, "nothing" included, and everything it was decided from. */
export const Decision = z.object({
  id: z.string(),
  botId: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  occasion: Time,
  final: z.enum(['enter-long', 'enter-short', 'exit', 'hold']),
  /** Whether an order came of it. */
  executed: z.boolean(),
  why: z.string(),
  promptName: z.string().nullable(),
  /** Opinions, contradictions, indicators and the rule that decided, as they were kept. */
  input: z.record(z.string(), z.unknown()),
});
export type Decision = z.infer<typeof Decision>;

/** How one analyst has done: over its newest opinions, by the candles that came after them. */
export const ModelStanding = z.object({
  analyst: z.string(),
  asked: z.number().int(),
  /** How often, by what went wrong. */
  failed: z.record(z.string(), z.number().int()),
  recommended: z.object({ buy: z.number().int(), sell: z.number().int(), hold: z.number().int() }),
  /** Of the `n` recommendations to buy or sell that are old enough to tell, how many came true. */
  hits: z.number().int(),
  n: z.number().int(),
  rate: z.number().nullable(),
  /** 95 %. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});
export type ModelStanding = z.infer<typeof ModelStanding>;

/** A page of a list; `next` is the cursor of the page after it, null at the end. */
export const Accounts = z.object({ accounts: z.array(Account) });
export const Positions = z.object({ positions: z.array(Position) });
export const Trades = z.object({ trades: z.array(Trade), next: z.string().nullable() });
export const Bots = z.object({ bots: z.array(Bot) });
export const Decisions = z.object({ decisions: z.array(Decision), next: z.string().nullable() });
export const Models = z.object({ hitAfterCandles: z.number().int(), models: z.array(ModelStanding) });
export const Recommendations = z.object({ recommendations: z.array(Recommendation) });

/** Every refusal over HTTP: a code for programs and a sentence for people. */
export const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
