import { expect, test } from 'vitest';
import type { Bot, Trade } from '#contract/api.ts';
import { eventsOf } from './events.ts';

const trade = (change: Partial<Trade>): Trade => ({
  id: 't1',
  botId: 'b',
  accountId: 'a',
  mode: 'paper',
  simulated: true,
  symbol: 'BTC/USDT',
  direction: 'long',
  status: 'closed',
  quantity: '1',
  entryTime: 10,
  entryPrice: '100',
  exitTime: 20,
  exitPrice: '110',
  exitReason: 'target',
  fees: '0.1',
  leverage: 1,
  margin: '100',
  funding: '0',
  interest: '0',
  pnl: '9.9',
  r: 1,
  tick: '0.1',
  lot: '0.1',
  ...change,
});

const bot: Bot = {
  id: 'b',
  name: 'Bot',
  kind: 'indicator-rules',
  accountId: 'a',
  mode: 'paper',
  simulated: true,
  status: 'error',
  why: 'The venue refused the key.',
  symbols: ['BTC/USDT'],
  timeframe: '1m',
  dayPnl: '0',
  lastDecision: null,
};

test('entries and exits, newest first', () => {
  const open = trade({ id: 't2', status: 'open', entryTime: 15, exitTime: null, exitPrice: null, pnl: null });
  expect(eventsOf([open, trade({})], []).map((event) => event.key)).toEqual(['t1 exit', 't2 entry', 't1 entry']);
});

test('a bot in error comes before everything', () => {
  expect(eventsOf([trade({})], [bot])[0]).toMatchObject({ kind: 'bot-error', at: null });
});

test('a running bot is no event', () => {
  expect(eventsOf([], [{ ...bot, status: 'running' }])).toEqual([]);
});
