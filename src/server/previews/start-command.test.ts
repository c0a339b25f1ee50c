import { expect, test } from 'vitest';
import { limitsOption, type StartedWith, startCommand, termsOption } from './start-command.ts';

const USUAL: StartedWith = { market: undefined, speed: undefined, calendar: 'always', allowGaps: false };

test.each<{ readonly name: string; readonly started: StartedWith; readonly says: string }>([
  { name: 'as it was started', started: USUAL, says: 'npx autotrader start' },
  {
    name: 'an exchange',
    started: { ...USUAL, market: { kind: 'exchange', id: 'kraken' } },
    says: 'npx autotrader start --market kraken',
  },
  {
    name: 'an exchange by its name in CCXT',
    started: { ...USUAL, market: { kind: 'exchange', id: 'binance' } },
    says: 'npx autotrader start --market ccxt:binance',
  },
  {
    name: 'a replay',
    started: {
      ...{ market: { kind: 'replay', file: "my candles/it's.csv" }, speed: 60, inside: 'a.csv' },
      ...{ calendar: 'us-stocks', allowGaps: true },
    },
    says: "npx autotrader start --market 'replay:my candles/it'\\''s.csv' --speed 60 --inside a.csv --calendar us-stocks --allow-gaps",
  },
  {
    name: 'the simulated market',
    started: { ...USUAL, market: { kind: 'simulated' }, speed: 'max' },
    says: 'npx autotrader start --market simulated --speed max',
  },
])('$name', ({ started, says }) => {
  expect(startCommand(started)).toBe(says);
});

const OWN = { model: 'bybit', tiers: '/my tiers.json', funding: ['BTC/USDT=/f.csv', '/g.csv'], borrowRate: '5' };

test.each([
  { name: 'outright', margin: null, says: '' },
  { name: 'as leverage usually is', margin: { model: 'generic' }, says: '' },
  { name: 'as a venue does', margin: { model: 'binance' }, says: ' --margin binance' },
  {
    name: 'with files and interest',
    margin: OWN,
    says: " --margin bybit --tiers '/my tiers.json' --funding BTC/USDT=/f.csv --funding /g.csv --borrow-rate 5",
  },
  {
    name: 'with interest alone',
    margin: { model: 'generic', borrowRate: '5' },
    says: ' --margin generic --borrow-rate 5',
  },
])('an account that trades $name has its terms in the command', ({ margin, says }) => {
  expect(termsOption({ margin: margin && JSON.stringify(margin) })).toBe(says);
});

test.each([
  { maxConcurrentTrades: null, dailyLossPercent: null, says: '' },
  { maxConcurrentTrades: 2, dailyLossPercent: null, says: ' --max-trades 2' },
  { maxConcurrentTrades: null, dailyLossPercent: 2.5, says: ' --daily-loss 2.5' },
  { maxConcurrentTrades: 2, dailyLossPercent: 3, says: ' --max-trades 2 --daily-loss 3' },
])('limits are options: "$says"', ({ says, ...limits }) => {
  expect(limitsOption(limits)).toBe(says);
});
