import { type Kysely, type NotNull, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type {
  AccountRow,
  AnalysisRow,
  BotRow,
  CandleRow,
  CarryRow,
  CycleRow,
  DecisionRow,
  FillRow,
  OrderRow,
  Page,
  PageRequest,
  PositionRow,
  PromptRow,
  PromptUse,
  QuestionKey,
  QuestionRow,
  SentQuestionRow,
  SnapshotRow,
  TradeRow,
} from '#ports/store.ts';
import { decodeBoolean } from '../codec.ts';
import { checkLimit, type Place, readCut, toPage } from '../pages.ts';
import type { Column, Table } from '../table.ts';
import { TABLES } from '../tables.ts';
import { columnsOf, type Schema } from './schema.ts';

const ACCOUNT = columnsOf('accounts');
const BOT = columnsOf('bots');
const ORDER = columnsOf('orders');
const TRADE = columnsOf('trades');
const POSITION = columnsOf('positions');
const FILL = columnsOf('fills');
const CARRY = columnsOf('carries');
const ANALYSIS = columnsOf('analyses');
const DECISION = columnsOf('decisions');
const CYCLE = columnsOf('cycles');
const SNAPSHOT = columnsOf('snapshots');
const CANDLE = columnsOf('candles');
const QUESTION = columnsOf('questions');
const SENT_QUESTION = columnsOf('sentQuestions');
const PROMPT = columnsOf('prompts');

/** Conditions written as those of the partial indexes are: with parameters in them SQLite would not use these. */
const IS_WORKING = sql<SqlBool>`state in ('intended', 'submitted', 'open', 'unknown')`;
const IS_OPEN = sql<SqlBool>`status = 'open'`;
const ACTED = sql<SqlBool>`result in ('entered', 'exited')`;

/** All that a store answers, the same on every SQL database; `store-plans.test.ts` holds each query to an index. */
export class SqlReads {
  protected readonly db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.db = db;
  }

  async accounts(): Promise<AccountRow[]> {
    return this.db.selectFrom('accounts').select(ACCOUNT).orderBy('id').execute();
  }

  async bots(): Promise<BotRow[]> {
    return this.db.selectFrom('bots').select(BOT).orderBy('id').execute();
  }

  async workingOrders(botId: string): Promise<OrderRow[]> {
    const orders = this.db.selectFrom('orders').select(ORDER).where('bot_id', '=', botId).where(IS_WORKING);
    return (await orders.orderBy('created_at').orderBy('client_order_id').execute()).map(orderRow);
  }

  async order(clientOrderId: string): Promise<OrderRow | undefined> {
    const orders = this.db.selectFrom('orders').select(ORDER).where('client_order_id', '=', clientOrderId);
    const row = await orders.executeTakeFirst();
    return row && orderRow(row);
  }

  async orders(filter: { readonly botId?: string }, request: PageRequest): Promise<Page<OrderRow>> {
    let orders = this.db.selectFrom('orders').select(ORDER);
    if (filter.botId !== undefined) orders = orders.where('bot_id', '=', filter.botId);
    const { rows, next } = await readPage(TABLES.orders, orders, request);
    return { rows: rows.map(orderRow), next };
  }

  async fills(filter: { readonly accountId?: string; readonly botId?: string }): Promise<FillRow[]> {
    let fills = this.db.selectFrom('fills').select(FILL);
    if (filter.accountId !== undefined) fills = fills.where('account_id', '=', filter.accountId);
    if (filter.botId !== undefined) fills = fills.where('bot_id', '=', filter.botId);
    return fills.orderBy('account_id').orderBy('sequence').execute();
  }

  async carries({ botId }: { readonly botId: string }): Promise<CarryRow[]> {
    const carries = this.db.selectFrom('carry_payments').select(CARRY).where('bot_id', '=', botId);
    return carries.orderBy('account_id').orderBy('sequence').execute();
  }

  async positions(): Promise<PositionRow[]> {
    return this.db.selectFrom('positions').select(POSITION).orderBy('account_id').orderBy('symbol').execute();
  }

  async openTrades(botId: string): Promise<TradeRow[]> {
    const trades = this.db.selectFrom('trades').select(TRADE).where('bot_id', '=', botId).where(IS_OPEN);
    return trades.orderBy('created_at').orderBy('id').execute();
  }

  async trades(
    filter: { readonly botId?: string; readonly symbol?: string },
    request: PageRequest,
  ): Promise<Page<TradeRow>> {
    let trades = this.db.selectFrom('trades').select(TRADE);
    if (filter.botId !== undefined) trades = trades.where('bot_id', '=', filter.botId);
    if (filter.symbol !== undefined) trades = trades.where('symbol', '=', filter.symbol);
    return readPage(TABLES.trades, trades, request);
  }

  async lastClosedTrade(botId: string, symbol: string): Promise<TradeRow | undefined> {
    const closed = this.db.selectFrom('trades').select(TRADE).where('closed_at', 'is not', null);
    const ofSymbol = closed.where('bot_id', '=', botId).where('symbol', '=', symbol);
    const newestFirst = ofSymbol.orderBy('closed_at', 'desc').orderBy('created_at', 'desc').orderBy('id', 'desc');
    return newestFirst.limit(1).executeTakeFirst();
  }

  async lastCycle(botId: string, symbol: string): Promise<CycleRow | undefined> {
    const cycles = this.db.selectFrom('cycles').select(CYCLE).where('bot_id', '=', botId).where('symbol', '=', symbol);
    return cycles.orderBy('occasion', 'desc').orderBy('timeframe', 'desc').limit(1).executeTakeFirst();
  }

  async requestedCycles(botId: string, requestId: string): Promise<CycleRow[]> {
    const cycles = this.db.selectFrom('cycles').select(CYCLE).where('bot_id', '=', botId);
    return cycles.where('request_id', '=', requestId).orderBy('symbol').execute();
  }

  async cycles(
    filter: { readonly botId?: string; readonly acted?: boolean },
    request: PageRequest,
  ): Promise<Page<CycleRow>> {
    let cycles = this.db.selectFrom('cycles').select(CYCLE);
    if (filter.botId !== undefined) cycles = cycles.where('bot_id', '=', filter.botId);
    if (filter.acted === true) cycles = cycles.where(ACTED);
    return readPage(TABLES.cycles, cycles, request);
  }

  async decisions(filter: { readonly botId?: string }, request: PageRequest): Promise<Page<DecisionRow>> {
    let decisions = this.db.selectFrom('ai_decisions').select(DECISION);
    if (filter.botId !== undefined) decisions = decisions.where('bot_id', '=', filter.botId);
    const { rows, next } = await readPage(TABLES.decisions, decisions, request);
    return { rows: rows.map((row) => ({ ...row, executed: decodeBoolean(row.executed) })), next };
  }

  async latestDecision(botId: string, symbol: string, timeframe: Timeframe): Promise<DecisionRow | undefined> {
    const decisions = this.db.selectFrom('ai_decisions').select(DECISION).where('bot_id', '=', botId);
    const ofSeries = decisions.where('symbol', '=', symbol).where('timeframe', '=', timeframe);
    const row = await ofSeries.orderBy('occasion', 'desc').limit(1).executeTakeFirst();
    return row && { ...row, executed: decodeBoolean(row.executed) };
  }

  async analyses(filter: { readonly botId?: string }, request: PageRequest): Promise<Page<AnalysisRow>> {
    let analyses = this.db.selectFrom('analysis_results').select(ANALYSIS);
    if (filter.botId !== undefined) analyses = analyses.where('bot_id', '=', filter.botId);
    return readPage(TABLES.analyses, analyses, request);
  }

  async latestAnalysis(botId: string, symbol: string, timeframe: Timeframe): Promise<AnalysisRow | undefined> {
    const analyses = this.db.selectFrom('analysis_results').select(ANALYSIS).where('bot_id', '=', botId);
    const ofSeries = analyses.where('symbol', '=', symbol).where('timeframe', '=', timeframe);
    return ofSeries.orderBy('occasion', 'desc').orderBy('analyst', 'desc').limit(1).executeTakeFirst();
  }

  async snapshots(accountId: string, from: EpochMs, to: EpochMs): Promise<SnapshotRow[]> {
    const snapshots = this.db.selectFrom('account_snapshots').select(SNAPSHOT).where('account_id', '=', accountId);
    return snapshots.where('at', '>=', from).where('at', '<', to).orderBy('at').execute();
  }

  async candles(
    key: { readonly market: string; readonly symbol: string; readonly timeframe: Timeframe },
    before: EpochMs,
    limit: number,
  ): Promise<CandleRow[]> {
    checkLimit(limit);
    const candles = this.db.selectFrom('candles').select(CANDLE).where('open_time', '<', before);
    const series = candles.where('market', '=', key.market).where('symbol', '=', key.symbol);
    const newestFirst = series.where('timeframe', '=', key.timeframe).orderBy('open_time', 'desc').limit(limit);
    return (await newestFirst.execute()).reverse();
  }

  async candlesFrom(
    key: { readonly market: string; readonly symbol: string; readonly timeframe: Timeframe },
    from: EpochMs,
    to: EpochMs,
    limit: number,
  ): Promise<CandleRow[]> {
    checkLimit(limit);
    const candles = this.db.selectFrom('candles').select(CANDLE).where('open_time', '>=', from);
    const series = candles.where('market', '=', key.market).where('symbol', '=', key.symbol);
    const range = series.where('timeframe', '=', key.timeframe).where('open_time', '<', to);
    return range.orderBy('open_time').limit(limit).execute();
  }

  async question(id: string): Promise<QuestionRow | undefined> {
    const questions = this.db.selectFrom('model_questions').select(QUESTION).where('id', '=', id);
    return questions.orderBy('asked_at', 'desc').limit(1).executeTakeFirst();
  }

  async questionOf(key: QuestionKey): Promise<QuestionRow | undefined> {
    const { botId, symbol, timeframe, occasion, model, promptName } = key;
    const questions = this.db.selectFrom('model_questions').select(QUESTION).where('bot_id', '=', botId);
    const ofSeries = questions.where('symbol', '=', symbol).where('timeframe', '=', timeframe);
    const asked = ofSeries.where('occasion', '=', occasion).where('model', '=', model);
    return asked.where('prompt_name', '=', promptName).executeTakeFirst();
  }

  async sentQuestion(key: QuestionKey): Promise<SentQuestionRow | undefined> {
    const { botId, symbol, timeframe, occasion, model, promptName } = key;
    const sent = this.db.selectFrom('sent_questions').select(SENT_QUESTION).where('bot_id', '=', botId);
    const ofSeries = sent.where('symbol', '=', symbol).where('timeframe', '=', timeframe);
    const asked = ofSeries.where('occasion', '=', occasion).where('model', '=', model);
    return asked.where('prompt_name', '=', promptName).executeTakeFirst();
  }

  async spentUsd(since: EpochMs, botId: string | undefined): Promise<number> {
    let questions = this.db.selectFrom('model_questions').where('asked_at', '>=', since);
    if (botId !== undefined) questions = questions.where('bot_id', '=', botId);
    const { sum } = await questions.select(sql<number | null>`sum(cost_usd)`.as('sum')).executeTakeFirstOrThrow();
    return sum ?? 0;
  }

  async prompts(): Promise<PromptRow[]> {
    return this.db.selectFrom('prompts').select(PROMPT).orderBy('name').orderBy('version').execute();
  }

  async promptUses(of: 'decisions' | 'trades'): Promise<PromptUse[]> {
    const rows = this.db.selectFrom(of === 'trades' ? 'trades' : 'ai_decisions').where('prompt_name', 'is not', null);
    const uses = rows.groupBy('prompt_name').orderBy('prompt_name');
    const count = sql<number>`count(*)`.as('count');
    return uses.select(['prompt_name as promptName', count]).$narrowType<{ promptName: NotNull }>().execute();
  }
}

function orderRow(row: Omit<OrderRow, 'postOnly'> & { readonly postOnly: number }): OrderRow {
  return { ...row, postOnly: decodeBoolean(row.postOnly) };
}

/** A page of `rows`, which has the filters of the list; its order, place and length come from here. */
async function readPage<Name extends keyof Schema, Row extends object>(
  table: Table,
  rows: SelectQueryBuilder<Schema, Name, Row>,
  request: PageRequest,
) {
  const { limit, before } = readCut(table, request);
  let page = rows.limit(limit + 1);
  for (const column of table.order) page = page.orderBy(sql.ref(column.name), 'desc');
  if (before !== undefined) page = page.where(isBefore(table.order, before));
  return toPage(table, await page.execute(), limit);
}

/** Both databases compare rows column by column, and find the place by an index of these columns. */
function isBefore(order: readonly Column[], place: Place): RawBuilder<SqlBool> {
  const columns = order.map((column) => sql.ref(column.name));
  return sql<SqlBool>`(${sql.join(columns)}) < (${sql.join(place)})`;
}
