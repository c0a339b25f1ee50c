import { expect, test } from 'vitest';
import { type StartedWith, startCommand } from './start-command.ts';

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
