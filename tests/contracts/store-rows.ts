import type { EpochMs } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type {
  AccountRow,
  AnalysisRow,
  BotRow,
  CandleRow,
  CarryRow,
  ChangeSet,
  CycleRow,
  DecisionRow,
  FillRow,
  OrderRow,
  PositionRow,
  PromptRow,
  QuestionRow,
  SentQuestionRow,
  SnapshotRow,
  TradeRow,
} from '#ports/store.ts';

/** Rows for tests: each function gives a whole row, with what matters to the test put over it. */

export function at(ms: number): EpochMs {
  return ms as EpochMs;
}

/** A change-set with the lists that are given. */
export function changes(lists: { readonly [Part in keyof ChangeSet]?: Partial<ChangeSet[Part]> } = {}): ChangeSet {
  const { put, add, remove } = noChanges();
  return { put: { ...put, ...lists.put }, add: { ...add, ...lists.add }, remove: { ...remove, ...lists.remove } };
}

/** An account `a`, its bots `b` and `c`, an order `o` and a trade `t` of bot `b`: all that other rows refer to. */
export function foundation(): ChangeSet {
  return changes({
    put: { accounts: [account()], bots: [bot(), bot({ id: 'c' })], orders: [order()], trades: [trade()] },
  });
}

export function account(over: Partial<AccountRow> = {}): AccountRow {
  return {
    id: 'a',
    name: 'Paper',
    venue: 'simulated',
    mode: 'paper',
    currency: 'USDT',
    startingBalance: '100000',
    makerFeeRate: '0.001',
    takerFeeRate: '0.001',
    maxConcurrentTrades: null,
    dailyLossPercent: 2.5,
    margin: null,
    createdAt: at(1),
    revision: 1,
    ...over,
  };
}

export function bot(over: Partial<BotRow> = {}): BotRow {
  return {
    id: 'b',
    accountId: 'a',
    name: 'SMA cross',
    kind: 'indicator-rules',
    file: '{"name":"SMA cross – ½ size 🤖"}',
    market: 'simulated',
    status: 'running',
    why: null,
    createdAt: at(2),
    revision: 1,
    ...over,
  };
}

export function order(over: Partial<OrderRow> = {}): OrderRow {
  return {
    clientOrderId: 'o',
    venueOrderId: null,
    accountId: 'a',
    botId: 'b',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    occasion: at(300_000),
    leg: 'entry',
    attempt: 1,
    side: 'buy',
    type: 'market',
    quantity: '0.1',
    price: null,
    limitPrice: null,
    trail: null,
    postOnly: false,
    timeInForce: 'gtc',
    effect: 'open',
    attached: null,
    state: 'intended',
    filledQuantity: '0',
    progress: null,
    why: null,
    createdAt: at(300_000),
    updatedAt: at(300_000),
    revision: 1,
    ...over,
  };
}

export function trade(over: Partial<TradeRow> = {}): TradeRow {
  return {
    id: 't',
    accountId: 'a',
    botId: 'b',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    side: 'long',
    status: 'open',
    quantity: '0.1',
    entryPrice: '60000.123456789012',
    exitPrice: null,
    exitReason: null,
    stop: '59000',
    target: null,
    fee: '6.0000123456789',
    margin: '6000.0123456789',
    leverage: 1,
    funding: '0',
    interest: '0',
    pnl: null,
    r: null,
    promptName: null,
    indicatorsSnapshot: '{"sma20":60001.5}',
    createdAt: at(300_000),
    closedAt: null,
    revision: 1,
    ...over,
  };
}

export function closedTrade(over: Partial<TradeRow> = {}): TradeRow {
  const closed = { status: 'closed', exitPrice: '61000', exitReason: 'target', pnl: '93.9', r: 0.939 } as const;
  return trade({ ...closed, closedAt: at(600_000), ...over });
}

export function position(over: Partial<PositionRow> = {}): PositionRow {
  return {
    accountId: 'a',
    symbol: 'BTC/USDT',
    botId: 'b',
    tradeId: 't',
    direction: 'long',
    quantity: '0.1',
    entryPrice: '60000',
    entryAt: at(300_000),
    revision: 1,
    ...over,
  };
}

export function fill(over: Partial<FillRow> = {}): FillRow {
  return {
    accountId: 'a',
    symbol: 'BTC/USDT',
    venueTradeId: 'f0',
    clientOrderId: 'o',
    botId: 'b',
    sequence: 0,
    executedAt: at(300_000),
    side: 'buy',
    quantity: '0.1',
    price: '60000',
    fee: '6',
    liquidity: 'taker',
    covered: null,
    ...over,
  };
}

export function carry(over: Partial<CarryRow> = {}): CarryRow {
  return {
    accountId: 'a',
    symbol: 'BTC/USDT',
    kind: 'funding',
    at: at(28_800_000),
    botId: 'b',
    sequence: 0,
    fillsBefore: 1,
    rate: '0.0001',
    mark: '60000',
    quantity: '0.1',
    amount: '-0.6',
    ...over,
  };
}

export function analysis(over: Partial<AnalysisRow> = {}): AnalysisRow {
  return {
    id: 'n',
    botId: 'b',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    occasion: at(300_000),
    occasionKind: 'close',
    analyst: 'rules',
    recommendation: 'buy',
    confidence: 0.7,
    entry: '60000',
    stop: '59000',
    target: null,
    imageHash: null,
    rawAnswer: null,
    why: 'it rises',
    failure: null,
    createdAt: at(300_000),
    ...over,
  };
}

export function decision(over: Partial<DecisionRow> = {}): DecisionRow {
  return {
    id: 'd',
    botId: 'b',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    occasion: at(300_000),
    occasionKind: 'close',
    final: 'enter-long',
    executed: true,
    why: 'sma20 crossed above sma50',
    promptName: null,
    input: '{}',
    createdAt: at(300_000),
    ...over,
  };
}

export function cycle(over: Partial<CycleRow> = {}): CycleRow {
  const key = { botId: 'b', symbol: 'BTC/USDT', timeframe: '5m', occasion: at(300_000) } as const;
  const occasion = { occasionKind: 'close', requestId: null, events: null, running: null } as const;
  return { ...key, ...occasion, result: 'held', why: 'no rule held', ...over };
}

export function snapshot(over: Partial<SnapshotRow> = {}): SnapshotRow {
  return {
    accountId: 'a',
    at: at(300_000),
    equity: '100010.5',
    capital: '100000',
    unrealized: '10.5',
    openPositions: 1,
    totalTrades: 0,
    wonTrades: 0,
    lostTrades: 0,
    winRate: null,
    fees: '6',
    ...over,
  };
}

export function candle(over: Partial<CandleRow> = {}): CandleRow {
  const key = { market: 'simulated', symbol: 'BTC/USDT', timeframe: '5m', openTime: at(0) } as const;
  return { ...key, open: 60_000.1, high: 60_010, low: 59_990, close: 60_005, volume: 1.5, ...over };
}

export function question(over: Partial<QuestionRow> = {}): QuestionRow {
  return {
    botId: 'b',
    symbol: 'BTC/USDT',
    timeframe: '5m',
    occasion: at(300_000),
    model: 'one',
    promptName: 'model-vote/1',
    id: 'aa',
    question: '{"user":"What now? \\u0000 🤖"}',
    answer: '{"kind":"answered"}',
    costUsd: 0.25,
    askedAt: at(300_001),
    ...over,
  };
}

export function sentQuestion(over: Partial<SentQuestionRow> = {}): SentQuestionRow {
  const { question: _, answer: __, costUsd: ___, askedAt, ...key } = question();
  return { ...key, sentAt: askedAt, ...over };
}

export function prompt(over: Partial<PromptRow> = {}): PromptRow {
  const texts = { system: 'You decide.\n{{rules}}', user: '{{symbol}} 🤖' };
  return { name: 'mine', version: 1, sha256: 'a'.repeat(64), ...texts, firstSeenAt: at(300_000), ...over };
}
