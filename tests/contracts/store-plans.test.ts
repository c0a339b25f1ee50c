import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#adapters/store/sqlite/database.ts';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import type { Store } from '#ports/store.ts';
import { at } from './store-rows.ts';

/** A cursor of each kind of list: its place is of no matter to the plan. */
const AFTER = cursor([5, 'x']);
const AFTER_CYCLE = cursor([5, 'b', 'BTC/USDT', '5m']);
const SERIES = { market: 'simulated', symbol: 'BTC/USDT', timeframe: '5m' } as const;

function cursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

let database: DatabaseSync;
let store: Store;
const prepared: string[] = [];

beforeAll(async () => {
  database = openDatabase(':memory:');
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    prepared.push(sql);
    return prepare(sql);
  };
  store = await SqliteStore.over(database, ':memory:');
});
afterAll(() => store.close());

const PAGE = { limit: 100 };
const NEXT = { limit: 100, after: AFTER };
const NEXT_CYCLES = { limit: 100, after: AFTER_CYCLE };

test.each<{ name: string; read: () => Promise<unknown>; index: string }>([
  { name: 'orders', read: () => store.orders({}, PAGE), index: 'orders_newest' },
  { name: 'orders, next', read: () => store.orders({}, NEXT), index: 'orders_newest' },
  { name: 'orders of a bot', read: () => store.orders({ botId: 'b' }, PAGE), index: 'orders_of_bot' },
  { name: 'orders of a bot, next', read: () => store.orders({ botId: 'b' }, NEXT), index: 'orders_of_bot' },
  { name: 'working orders', read: () => store.workingOrders('b'), index: 'orders_working' },
  { name: 'an order', read: () => store.order('o'), index: 'sqlite_autoindex_orders_1' },
  { name: 'trades', read: () => store.trades({}, PAGE), index: 'trades_newest' },
  { name: 'trades, next', read: () => store.trades({}, NEXT), index: 'trades_newest' },
  { name: 'trades of a bot', read: () => store.trades({ botId: 'b' }, PAGE), index: 'trades_of_bot' },
  { name: 'trades of a bot, next', read: () => store.trades({ botId: 'b' }, NEXT), index: 'trades_of_bot' },
  { name: 'trades of a symbol', read: () => store.trades({ symbol: 's' }, PAGE), index: 'trades_of_symbol' },
  { name: 'trades of a symbol, next', read: () => store.trades({ symbol: 's' }, NEXT), index: 'trades_of_symbol' },
  {
    name: 'trades of a bot and symbol',
    read: () => store.trades({ botId: 'b', symbol: 's' }, PAGE),
    index: 'trades_of_bot_and_symbol',
  },
  {
    name: 'trades of a bot and symbol, next',
    read: () => store.trades({ botId: 'b', symbol: 's' }, NEXT),
    index: 'trades_of_bot_and_symbol',
  },
  { name: 'open trades', read: () => store.openTrades('b'), index: 'trades_open' },
  { name: 'the last closed trade', read: () => store.lastClosedTrade('b', 's'), index: 'trades_closed' },
  { name: 'cycles', read: () => store.cycles({}, PAGE), index: 'cycles_newest' },
  { name: 'cycles, next', read: () => store.cycles({}, NEXT_CYCLES), index: 'cycles_newest' },
  { name: 'cycles of a bot', read: () => store.cycles({ botId: 'b' }, PAGE), index: 'cycles_of_bot' },
  { name: 'cycles of a bot, next', read: () => store.cycles({ botId: 'b' }, NEXT_CYCLES), index: 'cycles_of_bot' },
  { name: 'cycles that acted', read: () => store.cycles({ acted: true }, PAGE), index: 'cycles_acted' },
  { name: 'cycles that acted, next', read: () => store.cycles({ acted: true }, NEXT_CYCLES), index: 'cycles_acted' },
  {
    name: 'cycles of a bot that acted',
    read: () => store.cycles({ botId: 'b', acted: true }, PAGE),
    index: 'cycles_of_bot_acted',
  },
  {
    name: 'cycles of a bot that acted, next',
    read: () => store.cycles({ botId: 'b', acted: true }, NEXT_CYCLES),
    index: 'cycles_of_bot_acted',
  },
  { name: 'the last cycle', read: () => store.lastCycle('b', 's'), index: 'sqlite_autoindex_cycles_1' },
  { name: 'a question', read: () => store.question('aa'), index: 'model_questions_by_hash' },
  {
    name: 'a question of an occasion',
    read: () =>
      store.questionOf({ botId: 'b', symbol: 's', timeframe: '5m', occasion: at(5), model: 'm', promptName: 'p' }),
    index: 'sqlite_autoindex_model_questions_1',
  },
  {
    name: 'a question that went out',
    read: () =>
      store.sentQuestion({ botId: 'b', symbol: 's', timeframe: '5m', occasion: at(5), model: 'm', promptName: 'p' }),
    index: 'sqlite_autoindex_sent_questions_1',
  },
  { name: 'the cost of questions', read: () => store.spentUsd(at(5), undefined), index: 'model_questions_by_time' },
  { name: "the cost of a bot's questions", read: () => store.spentUsd(at(5), 'b'), index: 'model_questions_of_bot' },
  { name: 'prompts', read: () => store.prompts(), index: 'sqlite_autoindex_prompts_2' },
  { name: 'decisions by prompt', read: () => store.promptUses('decisions'), index: 'ai_decisions_of_prompt' },
  { name: 'trades by prompt', read: () => store.promptUses('trades'), index: 'trades_of_prompt' },
  { name: 'decisions', read: () => store.decisions({}, PAGE), index: 'ai_decisions_newest' },
  { name: 'decisions, next', read: () => store.decisions({}, NEXT), index: 'ai_decisions_newest' },
  { name: 'decisions of a bot', read: () => store.decisions({ botId: 'b' }, PAGE), index: 'ai_decisions_of_bot' },
  { name: 'decisions of a bot, next', read: () => store.decisions({ botId: 'b' }, NEXT), index: 'ai_decisions_of_bot' },
  { name: 'analyses', read: () => store.analyses({}, PAGE), index: 'analysis_results_newest' },
  { name: 'analyses, next', read: () => store.analyses({}, NEXT), index: 'analysis_results_newest' },
  { name: 'analyses of a bot', read: () => store.analyses({ botId: 'b' }, PAGE), index: 'analysis_results_of_bot' },
  {
    name: 'analyses of a bot, next',
    read: () => store.analyses({ botId: 'b' }, NEXT),
    index: 'analysis_results_of_bot',
  },
  {
    name: 'the newest decision',
    read: () => store.latestDecision('b', 's', '1h'),
    index: 'sqlite_autoindex_ai_decisions_2',
  },
  {
    name: 'the newest opinion',
    read: () => store.latestAnalysis('b', 's', '1h'),
    index: 'sqlite_autoindex_analysis_results_2',
  },
  { name: 'fills', read: () => store.fills({}), index: 'sqlite_autoindex_fills_2' },
  { name: 'fills of an account', read: () => store.fills({ accountId: 'a' }), index: 'sqlite_autoindex_fills_2' },
  { name: 'payments of a bot', read: () => store.carries({ botId: 'b' }), index: 'carry_payments_of_bot' },
  { name: 'fills of a bot', read: () => store.fills({ botId: 'b' }), index: 'fills_of_bot' },
  {
    name: 'snapshots',
    read: () => store.snapshots('a', at(0), at(9)),
    index: 'sqlite_autoindex_account_snapshots_1',
  },
  { name: 'candles', read: () => store.candles(SERIES, at(9), 100), index: 'sqlite_autoindex_candles_1' },
  {
    name: 'candles of a range',
    read: () => store.candlesFrom(SERIES, at(0), at(9), 100),
    index: 'sqlite_autoindex_candles_1',
  },
  { name: 'accounts', read: () => store.accounts(), index: 'sqlite_autoindex_accounts_1' },
  { name: 'bots', read: () => store.bots(), index: 'sqlite_autoindex_bots_1' },
  { name: 'positions', read: () => store.positions(), index: 'sqlite_autoindex_positions_1' },
])('reads $name by the index $index, in its order', async ({ read, index }) => {
  prepared.length = 0;
  await read();
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${prepared.at(-1)}`).all();
  expect(plan).toHaveLength(1);
  expect(`${plan[0].detail} `).toMatch(new RegExp(`^(SCAN|SEARCH) \\w+ USING (COVERING )?INDEX ${index} `));
});
