import type { EpochMs, Timeframe } from '#core/time.ts';
import type {
  AnalysisRow,
  CandleRow,
  CarryRow,
  ChangeSet,
  Committed,
  CycleRow,
  DecisionRow,
  FillRow,
  OrderRow,
  Page,
  PageRequest,
  PromptRow,
  PromptUse,
  QuestionKey,
  QuestionRow,
  SentQuestionRow,
  SnapshotRow,
  Store,
  TradeRow,
} from '#ports/store.ts';
import { RowRefused, read } from '../codec.ts';
import { checkLimit, readCut, toPage } from '../pages.ts';
import type { AddName, PutName, Rows, TableName } from '../table.ts';
import { ADD_ORDER, PUT_ORDER, TABLES } from '../tables.ts';
import { compareText } from './order.ts';
import { keyOf, MemoryTable } from './table.ts';

type MemoryTables = { readonly [Name in TableName]: MemoryTable<Rows[Name]> };

/** Whether a row passes the parts of a filter that are given. */
function matches<Row extends object>(
  row: Row,
  filter: { readonly [Key in keyof Row]?: Row[Key] | undefined },
): boolean {
  return (Object.keys(filter) as (keyof Row)[]).every((key) => filter[key] === undefined || filter[key] === row[key]);
}

/** The store of backtests and simulations: nothing outlives the process. A commit runs in one go, so it is whole. */
export class MemoryStore implements Store {
  readonly #tables: MemoryTables = {
    accounts: new MemoryTable(TABLES.accounts),
    bots: new MemoryTable(TABLES.bots),
    orders: new MemoryTable(TABLES.orders),
    trades: new MemoryTable(TABLES.trades),
    positions: new MemoryTable(TABLES.positions),
    fills: new MemoryTable(TABLES.fills),
    analyses: new MemoryTable(TABLES.analyses),
    decisions: new MemoryTable(TABLES.decisions),
    cycles: new MemoryTable(TABLES.cycles),
    snapshots: new MemoryTable(TABLES.snapshots),
    candles: new MemoryTable(TABLES.candles),
    carries: new MemoryTable(TABLES.carries),
    questions: new MemoryTable(TABLES.questions),
    sentQuestions: new MemoryTable(TABLES.sentQuestions),
    prompts: new MemoryTable(TABLES.prompts),
  };

  async commit(changes: ChangeSet): Promise<Committed> {
    const tables = Object.values(this.#tables);
    try {
      const alreadyThere = this.#stage(changes);
      for (const table of tables) table.apply();
      return { alreadyThere };
    } catch (error) {
      for (const table of tables) table.discard();
      throw error;
    }
  }

  async accounts() {
    return [...this.#tables.accounts.oldestFirst()];
  }

  async bots() {
    return [...this.#tables.bots.oldestFirst()];
  }

  async workingOrders(botId: string): Promise<OrderRow[]> {
    const working = new Set<OrderRow['state']>(['intended', 'submitted', 'open', 'unknown']);
    const orders = this.#tables.orders.oldestFirst();
    return orders.filter((order) => order.botId === botId && working.has(order.state)).toArray();
  }

  async order(clientOrderId: string) {
    return this.#tables.orders.get(clientOrderId);
  }

  async orders(filter: { readonly botId?: string }, request: PageRequest) {
    return this.#page('orders', request, (order: OrderRow) => matches(order, filter));
  }

  async fills(filter: { readonly accountId?: string; readonly botId?: string }): Promise<FillRow[]> {
    return this.#tables.fills
      .oldestFirst()
      .filter((fill) => matches(fill, filter))
      .toArray();
  }

  async carries(filter: { readonly botId: string }): Promise<CarryRow[]> {
    return this.#tables.carries
      .oldestFirst()
      .filter((carry) => matches(carry, filter))
      .toArray();
  }

  async positions() {
    return [...this.#tables.positions.oldestFirst()];
  }

  async openTrades(botId: string): Promise<TradeRow[]> {
    const trades = this.#tables.trades.oldestFirst();
    return trades.filter((trade) => trade.botId === botId && trade.status === 'open').toArray();
  }

  async trades(filter: { readonly botId?: string; readonly symbol?: string }, request: PageRequest) {
    return this.#page('trades', request, (trade: TradeRow) => matches(trade, filter));
  }

  async lastClosedTrade(botId: string, symbol: string): Promise<TradeRow | undefined> {
    let last: TradeRow | undefined;
    for (const trade of this.#tables.trades.oldestFirst()) {
      if (trade.botId !== botId || trade.symbol !== symbol || trade.closedAt === null) continue;
      if (last?.closedAt == null || trade.closedAt >= last.closedAt) last = trade;
    }
    return last;
  }

  async lastCycle(botId: string, symbol: string): Promise<CycleRow | undefined> {
    return this.#tables.cycles.newestFirst().find((cycle) => cycle.botId === botId && cycle.symbol === symbol);
  }

  async requestedCycles(botId: string, requestId: string): Promise<CycleRow[]> {
    const asked = this.#tables.cycles.oldestFirst().filter((cycle) => matches(cycle, { botId, requestId }));
    return asked.toArray().sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  async cycles(filter: { readonly botId?: string; readonly acted?: boolean }, request: PageRequest) {
    const { botId, acted = false } = filter;
    return this.#page('cycles', request, (cycle: CycleRow) => {
      const isWanted = !acted || cycle.result === 'entered' || cycle.result === 'exited';
      return isWanted && matches(cycle, { botId });
    });
  }

  async decisions(filter: { readonly botId?: string }, request: PageRequest) {
    return this.#page('decisions', request, (decision: DecisionRow) => matches(decision, filter));
  }

  async latestDecision(botId: string, symbol: string, timeframe: Timeframe): Promise<DecisionRow | undefined> {
    let latest: DecisionRow | undefined;
    for (const decision of this.#tables.decisions.oldestFirst()) {
      if (!matches(decision, { botId, symbol, timeframe })) continue;
      if (latest === undefined || decision.occasion > latest.occasion) latest = decision;
    }
    return latest;
  }

  async analyses(filter: { readonly botId?: string }, request: PageRequest) {
    return this.#page('analyses', request, (analysis: AnalysisRow) => matches(analysis, filter));
  }

  async latestAnalysis(botId: string, symbol: string, timeframe: Timeframe): Promise<AnalysisRow | undefined> {
    let latest: AnalysisRow | undefined;
    for (const analysis of this.#tables.analyses.oldestFirst()) {
      if (!matches(analysis, { botId, symbol, timeframe })) continue;
      const isLater = latest === undefined || analysis.occasion > latest.occasion;
      if (isLater || (analysis.occasion === latest?.occasion && analysis.analyst > latest.analyst)) latest = analysis;
    }
    return latest;
  }

  async snapshots(accountId: string, from: EpochMs, to: EpochMs): Promise<SnapshotRow[]> {
    return [...this.#tables.snapshots.oldestFirst([accountId, from], [accountId, to])];
  }

  async candles(
    { market, symbol, timeframe }: Pick<CandleRow, 'market' | 'symbol' | 'timeframe'>,
    before: EpochMs,
    limit: number,
  ): Promise<CandleRow[]> {
    checkLimit(limit);
    const series = this.#tables.candles.newestFirst([market, symbol, timeframe, before]);
    const newest = series.take(limit).filter((candle) => matches(candle, { market, symbol, timeframe }));
    return newest.toArray().reverse();
  }

  async candlesFrom(
    { market, symbol, timeframe }: Pick<CandleRow, 'market' | 'symbol' | 'timeframe'>,
    from: EpochMs,
    to: EpochMs,
    limit: number,
  ): Promise<CandleRow[]> {
    checkLimit(limit);
    const series = [market, symbol, timeframe];
    return this.#tables.candles
      .oldestFirst([...series, from], [...series, Math.max(from, to)])
      .take(limit)
      .toArray();
  }

  async question(id: string): Promise<QuestionRow | undefined> {
    const found = this.#tables.questions.oldestFirst().filter((question) => question.id === id);
    return found.toArray().toSorted((a, b) => b.askedAt - a.askedAt)[0];
  }

  async questionOf(key: QuestionKey): Promise<QuestionRow | undefined> {
    return this.#tables.questions.get(keyOf(TABLES.questions.key, key));
  }

  async sentQuestion(key: QuestionKey): Promise<SentQuestionRow | undefined> {
    return this.#tables.sentQuestions.get(keyOf(TABLES.sentQuestions.key, key));
  }

  async spentUsd(since: EpochMs, botId: string | undefined): Promise<number> {
    const questions = this.#tables.questions
      .oldestFirst()
      .filter((row) => row.askedAt >= since && matches(row, { botId }));
    return questions.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  }

  async prompts(): Promise<PromptRow[]> {
    return [...this.#tables.prompts.oldestFirst()];
  }

  async promptUses(of: 'decisions' | 'trades'): Promise<PromptUse[]> {
    const counts = new Map<string, number>();
    for (const { promptName } of this.#tables[of].oldestFirst())
      if (promptName !== null) counts.set(promptName, (counts.get(promptName) ?? 0) + 1);
    const uses = [...counts].map(([promptName, count]) => ({ promptName, count }));
    return uses.sort((a, b) => compareText(a.promptName, b.promptName));
  }

  async close(): Promise<void> {}

  /** Checks every change against what is stored and staged so far. @returns How many `add` rows were there before. */
  #stage({ put, add, remove }: ChangeSet): number {
    for (const position of remove.positions) {
      this.#tables.positions.remove(keyOf(TABLES.positions.key, position));
    }
    for (const name of PUT_ORDER) this.#put(name, put[name]);
    return ADD_ORDER.reduce((alreadyThere, name) => alreadyThere + this.#add(name, add[name]), 0);
  }

  #put<Name extends PutName>(name: Name, rows: readonly Rows[Name][]): void {
    const table: MemoryTables[Name] = this.#tables[name];
    for (const row of rows) {
      table.put(row);
      this.#checkReferences(name, row);
    }
  }

  #add<Name extends AddName>(name: Name, rows: readonly Rows[Name][]): number {
    const table: MemoryTables[Name] = this.#tables[name];
    let alreadyThere = 0;
    for (const row of rows) {
      if (table.add(row)) this.#checkReferences(name, row);
      else alreadyThere += 1;
    }
    return alreadyThere;
  }

  #checkReferences(name: TableName, row: object): void {
    for (const { column, table } of TABLES[name].references) {
      if (this.#tables[table].has(keyOf([column], row))) continue;
      throw new RowRefused(
        `Cannot store a row of ${TABLES[name].name} as its ${column.key} must name a stored row of ` +
          `${TABLES[table].name}: current value is "${read(TABLES[name], column, row)}"; store that row before or with it`,
      );
    }
  }

  #page<Name extends 'orders' | 'trades' | 'cycles' | 'decisions' | 'analyses'>(
    name: Name,
    request: PageRequest,
    isWanted: (row: Rows[Name]) => boolean,
  ): Page<Rows[Name]> {
    const { limit, before } = readCut(TABLES[name], request);
    const table: MemoryTables[Name] = this.#tables[name];
    const rows = table
      .newestFirst(before)
      .filter(isWanted)
      .take(limit + 1);
    return toPage(TABLES[name], rows.toArray(), limit);
  }
}
