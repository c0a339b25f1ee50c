import { expect, test } from 'vitest';
import type { MarketFigures } from '#core/market-figures.ts';
import { readVote } from './answer.ts';

const FIGURES: MarketFigures = {
  ...{ price: 100, emaFast: 101, emaSlow: 99, rsi: 55, adx: 20, atr: 2 },
  ...{ support: 95, resistance: 108, low: 90, high: 112 },
};
const SELL = { recommendation: 'sell', confidence: 0.7, reasoning: 'It falls.', stop: 104, target: 92, trend: 'down' };
const read = (value: unknown) => readVote(value, { price: 100, spread: 0.1 }, FIGURES);

test('a vote is taken, its contradictions with it', () => {
  expect(read(SELL)).toEqual({
    ...{ kind: 'opinion', recommendation: 'sell', confidence: 0.7, entry: undefined, stop: 104, target: 92 },
    ...{ why: 'It falls.', contradictions: [expect.stringContaining('downtrend')] },
  });
});

test.each([
  {
    name: 'levels left out',
    value: { ...SELL, stop: null, target: undefined },
    is: { stop: undefined, target: undefined },
  },
  { name: 'a percentage', value: { ...SELL, confidence: '70%' }, is: { confidence: 0.7 } },
  { name: 'more than was asked for', value: { ...SELL, leverage: 100, quantity: 1e9, symbol: 'X' }, is: { stop: 104 } },
  { name: 'a trend that is a tale', value: { ...SELL, trend: { up: 1 } }, is: { contradictions: [] } },
  { name: 'to hold, with any level', value: { ...SELL, recommendation: 'hold', stop: -1 }, is: { stop: undefined } },
])('$name', ({ value, is }) => {
  expect(read(value)).toMatchObject({ kind: 'opinion', ...is });
});

test.each([
  { name: 'nothing', value: undefined, why: 'no recommendation' },
  { name: 'a list', value: [SELL], why: 'no recommendation' },
  { name: 'what it inherits', value: Object.create(SELL), why: 'no recommendation' },
  { name: 'no confidence', value: { ...SELL, confidence: null }, why: 'no confidence' },
  { name: 'a negative confidence', value: { ...SELL, confidence: -0.7 }, why: 'no confidence' },
  { name: 'a stop below a sell', value: { ...SELL, stop: 96 }, why: 'wrong side' },
  { name: 'a stop that is a word', value: { ...SELL, stop: 'tight' }, why: 'no price' },
])('no trade comes of $name', ({ value, why }) => {
  expect(read(value)).toMatchObject({ kind: 'none', why: expect.stringContaining(why) });
});
