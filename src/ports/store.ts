import type { OccasionKind } from '#core/occasions.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';

/**
 * Where what happened is kept. Rows are as the database has them: money, prices and quantities are decimal text, times
 * are UTC ms, JSON is text. What may change carries a `revision` that rises by one with each write, so that a write
 * based on an older picture changes nothing and is told so.
 */

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly mode: 'paper' | 'live';
  readonly currency: string;
  readonly startingBalance: string;
  /** Fractions of the notional: "0.001" is 0.1 %. */
  readonly makerFeeRate: string;
  readonly takerFeeRate: string;
  /** The owner's limits; null where there is none. */
  readonly maxConcurrentTrades: number | null;
  readonly dailyLossPercent: number | null;
  /** How its positions are reckoned on margin, JSON; null for one that trades outright. */
  readonly margin: string | null;
  readonly createdAt: EpochMs;
  readonly revision: number;
}

export interface BotRow {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly kind: 'indicator-rules' | 'chart-vision' | 'model-vote';
  /** The bot file as it was read, JSON. */
  readonly file: string;
  /**
   * What its candles come from: `simulated`, `replay` with the file's path, or an exchange ("kraken"). A bot goes on only
   * on its own market.
   */
  readonly market: string;
  readonly status: 'running' | 'paused' | 'error' | 'off';
  readonly why: string | null;
  readonly createdAt: EpochMs;
  readonly revision: number;
}

/** Orders by their client order id: f(account, intent, leg, attempt), made before the venue hears of them. */
export interface OrderRow {
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  readonly accountId: string;
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The close time of the candle that called for it, or the moment of another call. */
  readonly occasion: EpochMs;
  readonly leg: 'entry' | 'exit' | 'stop' | 'target' | 'liquidation';
  readonly attempt: number;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit' | 'stop' | 'take-profit' | 'trailing-stop';
  readonly quantity: string;
  /** The limit, or the trigger, as it stands: a trailing stop's moves. Null for a market order. */
  readonly price: string | null;
  /** What a stop or take-profit becomes once triggered: a limit at this price; null for a market order. */
  readonly limitPrice: string | null;
  /** How a trailing stop follows the price, JSON; null for all others. */
  readonly trail: string | null;
  readonly postOnly: boolean;
  readonly timeInForce: 'gtc' | 'ioc' | 'fok' | 'day';
  readonly effect: 'open' | 'reduce-only';
  /** The stop and target that go out with an entry, JSON; null without. */
  readonly attached: string | null;
  readonly state: 'intended' | 'submitted' | 'open' | 'unknown' | 'filled' | 'canceled' | 'expired' | 'rejected';
  readonly filledQuantity: string;
  /** How far the venue has come with it beside what has filled, JSON; null when there is nothing to say. */
  readonly progress: string | null;
  /** Why it was refused, canceled or expired. */
  readonly why: string | null;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly revision: number;
}

/** One execution, by the venue's own id for it; on some venues that id is unique for a symbol only. */
export interface FillRow {
  readonly accountId: string;
  readonly symbol: string;
  readonly venueTradeId: string;
  readonly clientOrderId: string;
  readonly botId: string;
  /** Position of this fill among all fills of its account: 0, 1, 2 ... in the order they were applied. */
  readonly sequence: number;
  /** Market time: with candles, the open time of the candle it happened in. */
  readonly executedAt: EpochMs;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly liquidity: 'maker' | 'taker';
  /** What the venue bore beyond the price, negative for what it kept; null where the price tells all. */
  readonly covered: string | null;
}

/** Funding, or interest on what a position borrows, as it was booked on a position on margin. */
export interface CarryRow {
  readonly accountId: string;
  readonly symbol: string;
  readonly kind: 'funding' | 'interest';
  readonly at: EpochMs;
  readonly botId: string;
  /** Position of this payment among all of its account, and how many of the account's fills came before it. */
  readonly sequence: number;
  readonly fillsBefore: number;
  readonly rate: string;
  readonly mark: string;
  /** Signed: positive long. */
  readonly quantity: string;
  /** Into the account; negative when it paid. */
  readonly amount: string;
}

/** One opinion: what one analyst (a rule set, a model) thought of one symbol on one occasion. */
export interface AnalysisRow {
  readonly id: string;
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly occasion: EpochMs;
  readonly occasionKind: OccasionKind;
  readonly analyst: string;
  readonly recommendation: 'buy' | 'sell' | 'hold';
  readonly confidence: number | null;
  readonly entry: string | null;
  readonly stop: string | null;
  readonly target: string | null;
  readonly imageHash: string | null;
  readonly rawAnswer: string | null;
  /** In the analyst's own words, or why nothing came of asking. */
  readonly why: string | null;
  /** What went wrong, in a word; null for an opinion. A failure recommends to hold. */
  readonly failure: string | null;
  readonly createdAt: EpochMs;
}

/** What was decided over the opinions of one occasion. */
export interface DecisionRow {
  readonly id: string;
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly occasion: EpochMs;
  readonly occasionKind: OccasionKind;
  readonly final: 'enter-long' | 'enter-short' | 'exit' | 'hold';
  readonly executed: boolean;
  readonly why: string;
  /** Name and version of the prompt; null where no model is asked. */
  readonly promptName: string | null;
  /** Everything it was decided from, JSON. */
  readonly input: string;
  readonly createdAt: EpochMs;
}

/** Entry to exit. */
export interface TradeRow {
  readonly id: string;
  readonly accountId: string;
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly side: 'long' | 'short';
  readonly status: 'open' | 'closed';
  readonly quantity: string;
  readonly entryPrice: string;
  readonly exitPrice: string | null;
  readonly exitReason: string | null;
  /** The stop and target as they stood when the entry filled. */
  readonly stop: string | null;
  readonly target: string | null;
  readonly fee: string;
  /** What its entries locked: their notional, over the leverage. */
  readonly margin: string;
  readonly leverage: number;
  /** Received less paid, and paid: both are part of the P&L. */
  readonly funding: string;
  readonly interest: string;
  /** After fees; null while open. */
  readonly pnl: string | null;
  /** In multiples of the risk at the first stop; null while open or without a stop. */
  readonly r: number | null;
  readonly promptName: string | null;
  /** The indicators' values at the signal, JSON by name. */
  readonly indicatorsSnapshot: string;
  readonly createdAt: EpochMs;
  readonly closedAt: EpochMs | null;
  readonly revision: number;
}

/** One row for an open position of an account and symbol; removed when it is flat. */
export interface PositionRow {
  readonly accountId: string;
  readonly symbol: string;
  readonly botId: string;
  readonly tradeId: string;
  readonly direction: 'long' | 'short';
  readonly quantity: string;
  readonly entryPrice: string;
  readonly entryAt: EpochMs;
  readonly revision: number;
}

/** What a bot did with one occasion of one symbol, "nothing" included, and why. */
export interface CycleRow {
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly occasion: EpochMs;
  readonly occasionKind: OccasionKind;
  /** The id of the person's request that it answers; null for all others. */
  readonly requestId: string | null;
  /** The market events that called for it, JSON; null where something else did. */
  readonly events: string | null;
  readonly result: 'skipped' | 'held' | 'refused' | 'entered' | 'exited';
  readonly why: string;
  /** Between closes: the running candle as it was seen then, JSON; null where there was nothing to see, and at closes. */
  readonly running: string | null;
}

export interface SnapshotRow {
  readonly accountId: string;
  readonly at: EpochMs;
  readonly equity: string;
  /** Wallet balance: equity less what is unrealised. */
  readonly capital: string;
  readonly unrealized: string;
  readonly openPositions: number;
  readonly totalTrades: number;
  readonly wonTrades: number;
  readonly lostTrades: number;
  readonly winRate: number | null;
  readonly fees: string;
}

export interface CandleRow {
  readonly market: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly openTime: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A question to a model and what came of it, whole. */
export interface QuestionRow {
  /** Who asked, and on which occasion. */
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly occasion: EpochMs;
  readonly model: string;
  readonly promptName: string;
  /** Hash of what was asked. */
  readonly id: string;
  /** All that was asked, JSON. */
  readonly question: string;
  /** What came of it, JSON. */
  readonly answer: string;
  /** US dollars; null where nobody knows. */
  readonly costUsd: number | null;
  /** Wall time. */
  readonly askedAt: EpochMs;
}

/** A question that goes out, kept before it does: after a restart it is known not to go again. */
export interface SentQuestionRow {
  /** Who asks, and on which occasion. */
  readonly botId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly occasion: EpochMs;
  readonly model: string;
  readonly promptName: string;
  /** Hash of what is asked. */
  readonly id: string;
  /** Wall time. */
  readonly sentAt: EpochMs;
}

/** A prompt that bots were started with, kept before the first question with it: a name and a version stand for one text. */
export interface PromptRow {
  readonly name: string;
  /** From 1. */
  readonly version: number;
  /** Of JSON `[system, user]`, in hexadecimal. */
  readonly sha256: string;
  readonly system: string;
  readonly user: string;
  /** Wall time. */
  readonly firstSeenAt: EpochMs;
}

/** How many decisions, or trades, were made with a prompt. */
export interface PromptUse {
  /** With its version: "model-vote/1". */
  readonly promptName: string;
  readonly count: number;
}

export type QuestionKey = Pick<QuestionRow, 'botId' | 'symbol' | 'timeframe' | 'occasion' | 'model' | 'promptName'>;

/**
 * Written whole or not at all. `put` rows replace the stored row whose revision is theirs less one (revision 1: no row
 * yet); `add` rows are kept once, and one whose key is there already is left alone.
 */
export interface ChangeSet {
  readonly put: {
    readonly accounts: readonly AccountRow[];
    readonly bots: readonly BotRow[];
    readonly orders: readonly OrderRow[];
    readonly trades: readonly TradeRow[];
    readonly positions: readonly PositionRow[];
  };
  readonly add: {
    readonly fills: readonly FillRow[];
    readonly analyses: readonly AnalysisRow[];
    readonly decisions: readonly DecisionRow[];
    readonly cycles: readonly CycleRow[];
    readonly snapshots: readonly SnapshotRow[];
    readonly candles: readonly CandleRow[];
    readonly carries: readonly CarryRow[];
    readonly questions: readonly QuestionRow[];
    readonly sentQuestions: readonly SentQuestionRow[];
    readonly prompts: readonly PromptRow[];
  };
  /** Positions that are flat now. */
  readonly remove: { readonly positions: readonly { readonly accountId: string; readonly symbol: string }[] };
}

/** How many `add` rows were there before, by table: a repeated message is seen here and harms nothing. */
export interface Committed {
  readonly alreadyThere: number;
}

/** A page of a list, newest first; pass `next` on to read what comes after it. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

export interface Store {
  /**
   * @throws StoreConflict when a `put` row is not based on the stored revision, or another row has the place of an `add`
   * row, such as another text under a prompt's name and version: nothing of the set is stored.
   * @throws StoreUnavailable when it cannot be written (disk full, database gone): nothing of the set is stored.
   */
  commit(changes: ChangeSet): Promise<Committed>;

  accounts(): Promise<readonly AccountRow[]>;
  bots(): Promise<readonly BotRow[]>;
  /** Orders that may still do something: intended, submitted, open or unknown. */
  workingOrders(botId: string): Promise<readonly OrderRow[]>;
  order(clientOrderId: string): Promise<OrderRow | undefined>;
  /** All orders of a bot, newest first. */
  orders(filter: { readonly botId?: string }, page: PageRequest): Promise<Page<OrderRow>>;
  /** Fills of an account or bot (all of them without a filter) in the order they were applied. */
  fills(filter: { readonly accountId?: string; readonly botId?: string }): Promise<readonly FillRow[]>;
  /** Funding and interest of a bot in the order they were booked. */
  carries(filter: { readonly botId: string }): Promise<readonly CarryRow[]>;
  positions(): Promise<readonly PositionRow[]>;
  openTrades(botId: string): Promise<readonly TradeRow[]>;
  /** Trades, newest entry first. */
  trades(filter: { readonly botId?: string; readonly symbol?: string }, page: PageRequest): Promise<Page<TradeRow>>;
  /** The closed trade of a bot and symbol that closed last. */
  lastClosedTrade(botId: string, symbol: string): Promise<TradeRow | undefined>;
  /** The newest cycle of a bot and symbol: where it goes on after a restart. */
  lastCycle(botId: string, symbol: string): Promise<CycleRow | undefined>;
  /** The cycles that answer a request, one for each symbol: none when it was never made. */
  requestedCycles(botId: string, requestId: string): Promise<readonly CycleRow[]>;
  /** The newest cycles of a bot over all its symbols, newest first; with `acted`, only those that did something. */
  cycles(filter: { readonly botId?: string; readonly acted?: boolean }, page: PageRequest): Promise<Page<CycleRow>>;
  decisions(filter: { readonly botId?: string }, page: PageRequest): Promise<Page<DecisionRow>>;
  /** The newest decision of a bot on a symbol. */
  latestDecision(botId: string, symbol: string, timeframe: Timeframe): Promise<DecisionRow | undefined>;
  analyses(filter: { readonly botId?: string }, page: PageRequest): Promise<Page<AnalysisRow>>;
  /** The newest opinion of a bot on a symbol and timeframe. */
  latestAnalysis(botId: string, symbol: string, timeframe: Timeframe): Promise<AnalysisRow | undefined>;
  /** Snapshots of an account in [from, to), oldest first. */
  snapshots(accountId: string, from: EpochMs, to: EpochMs): Promise<readonly SnapshotRow[]>;
  /** The newest `limit` candles before `before`, oldest first. */
  candles(
    key: { readonly market: string; readonly symbol: string; readonly timeframe: Timeframe },
    before: EpochMs,
    limit: number,
  ): Promise<readonly CandleRow[]>;
  /** The oldest `limit` candles in [from, to), oldest first. */
  candlesFrom(
    key: { readonly market: string; readonly symbol: string; readonly timeframe: Timeframe },
    from: EpochMs,
    to: EpochMs,
    limit: number,
  ): Promise<readonly CandleRow[]>;
  /** A question by the hash of what was asked; the newest of several. */
  question(id: string): Promise<QuestionRow | undefined>;
  /** What a bot asked a model with a prompt on an occasion of a symbol. */
  questionOf(key: QuestionKey): Promise<QuestionRow | undefined>;
  /** That such a question went out, whatever became of it. */
  sentQuestion(key: QuestionKey): Promise<SentQuestionRow | undefined>;
  /** US dollars of all questions since a wall time, of one bot or of all. */
  spentUsd(since: EpochMs, botId: string | undefined): Promise<number>;
  /** Every prompt that was ever kept, by name and version. */
  prompts(): Promise<readonly PromptRow[]>;
  /** What was made with prompts, by their names; rows that no model was asked for count nowhere. */
  promptUses(of: 'decisions' | 'trades'): Promise<readonly PromptUse[]>;
  close(): Promise<void>;
}

/** A `put` row was based on an older picture than the stored one. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
}

/** The store cannot be written or read now: the disk is full, the database is gone. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
