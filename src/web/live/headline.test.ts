import { expect, test } from 'vitest';
import type { Account } from '#contract/api.ts';
import { headlineOf } from './headline.ts';

const account = (change: Partial<Account>): Account => ({
  id: 'a',
  name: 'A',
  venue: 'simulated',
  mode: 'paper',
  simulated: true,
  currency: 'USDT',
  startingBalance: '1000',
  equity: '1100',
  realizedPnl: '80',
  unrealizedPnl: '20',
  fees: '1',
  margin: '0',
  funding: '0',
  interest: '0',
  dayPnl: '100',
  dayPnlFraction: 0.1,
  drawdown: 0.01,
  maxDrawdown: 0.02,
  openPositions: 1,
  trades: { total: 2, won: 1, lost: 1 },
  winRate: 0.5,
  marketTime: 0,
  ...change,
});

test('no account, no headline', () => {
  expect(headlineOf([])).toBeNull();
});

test('paper money is called paper', () => {
  expect(headlineOf([account({})])).toMatchObject({ title: 'Paper equity', equity: 1100, dayPnlFraction: 0.1 });
});

test('live money never includes paper money', () => {
  const headline = headlineOf([account({}), account({ id: 'b', mode: 'live', simulated: false, equity: '5' })]);
  expect(headline).toMatchObject({ title: 'Live equity', equity: 5, simulated: false });
});

test('another currency is left out and counted', () => {
  const headline = headlineOf([account({}), account({ id: 'b', currency: 'EUR' })]);
  expect(headline).toMatchObject({ equity: 1100, leftOut: 1 });
});

test('the drawdown is that of the worst account', () => {
  const headline = headlineOf([account({}), account({ id: 'b', drawdown: 0.2, maxDrawdown: 0.3 })]);
  expect(headline).toMatchObject({ equity: 2200, drawdown: 0.2, maxDrawdown: 0.3 });
});

test('a day that is not known is not zero', () => {
  expect(headlineOf([account({ dayPnlFraction: null })])?.dayPnlFraction).toBeNull();
});
