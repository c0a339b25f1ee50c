import { describe, expect, test } from 'vitest';
import type { MarketFigures } from '#core/market-figures.ts';
import { readChart } from './answer.ts';

const FIGURES: MarketFigures = {
  ...{ price: 100, emaFast: 101, emaSlow: 99, rsi: 55, adx: 20, atr: 2 },
  ...{ support: 95, resistance: 108, low: 90, high: 112 },
};
const BUY = {
  ...{ recommendation: 'BUY', entry: 100, stop: '96', target: 110.8, setup_quality: 0.8, risk_reward: 2.7 },
  ...{ market_environment: '70%', trend: 'up', support: 95, resistance: 108, invalidation_level: 95 },
  summary: 'It rises.',
};
const read = (change: object = {}, entry = 100) =>
  readChart({ ...BUY, ...change }, { price: 100, spread: 0.1 }, FIGURES, (side) => ({
    entry,
    stop: side === 'buy' ? 98 : 102,
    target: undefined,
  }));

test('a reading is taken with the confidence that is reckoned here', () => {
  // The ratio is 10.8 / 4 = 2.7, of which 3 is all: 0.40 * 0.8 + 0.25 * 0.9 + 0.35 * 0.7.
  expect(read()).toEqual({
    ...{ kind: 'opinion', recommendation: 'buy', confidence: 0.79, entry: 100, stop: 96, target: 110.8 },
    ...{ why: 'It rises.', contradictions: [] },
  });
});

test.each([
  { name: 'without a target there is no reward', change: { target: null, risk_reward: null }, confidence: 0.565 },
  {
    name: "without a stop the bot's own counts",
    change: { stop: null, target: 104, risk_reward: null },
    confidence: 0.732,
  },
  { name: 'a ratio as it is said counts for nothing', change: { risk_reward: 99 }, confidence: 0.79 },
])('$name', ({ change, confidence }) => {
  expect(read(change)).toMatchObject({ kind: 'opinion', confidence });
});

test('a bot that waits at a limit has the reward/risk of its limit', () => {
  // From 98.4 it is 12.4 / 2.4, of which 3 is all: 0.40 * 0.8 + 0.25 * 1 + 0.35 * 0.7.
  expect(read({}, 98.4)).toMatchObject({ kind: 'opinion', confidence: 0.815, entry: 100, stop: 96, target: 110.8 });
  expect(read({ stop: 98 }, 97)).toEqual({
    kind: 'none',
    failure: 'contradictory',
    why: 'its stop 98 lies on the wrong side of 97',
  });
  expect(read({}, 90)).toMatchObject({ kind: 'none', failure: 'contradictory' });
});

test('who holds names no levels that count', () => {
  const held = read({ recommendation: 'hold', stop: 'nowhere', target: 1e300, entry: -1 });
  expect(held).toMatchObject({ recommendation: 'hold', entry: undefined, stop: undefined, target: undefined });
});

test('claims that do not agree with the figures are kept and refuse nothing', () => {
  const { contradictions } = read({ trend: 'down', risk_reward: 9 }) as { contradictions: readonly string[] };
  expect(contradictions).toEqual([expect.stringContaining('downtrend'), expect.stringContaining('reward/risk of 9')]);
});

describe('no trade comes of', () => {
  test.each([
    { name: 'a stop above a buy', change: { stop: 101 }, failure: 'contradictory', why: 'wrong side' },
    { name: 'a stop at the entry', change: { stop: 100 }, failure: 'contradictory', why: 'wrong side' },
    { name: 'a stop below a sell', change: { recommendation: 'sell' }, failure: 'contradictory', why: 'wrong side' },
    {
      name: 'a target inside the spread',
      change: { target: 100.05 },
      failure: 'contradictory',
      why: 'within the spread',
    },
    { name: 'a target below a buy', change: { target: 97 }, failure: 'contradictory', why: 'wrong side' },
    { name: 'an entry off the market', change: { entry: 120 }, failure: 'contradictory', why: 'not near' },
    {
      name: 'a stop between entry and price',
      change: { entry: 102, stop: 101 },
      failure: 'contradictory',
      why: 'wrong side of 100',
    },
    { name: 'levels of another coin', change: { stop: 0.5 }, failure: 'contradictory', why: 'too far' },
    { name: 'a price with a comma', change: { stop: '96,000' }, failure: 'unusable', why: 'no price' },
    { name: 'a range', change: { target: '110~112' }, failure: 'unusable', why: 'no price' },
    { name: 'NaN', change: { target: Number.NaN }, failure: 'unusable', why: 'no price' },
    { name: 'another word', change: { recommendation: 'strong buy' }, failure: 'unusable', why: 'no recommendation' },
    { name: 'no quality', change: { setup_quality: undefined }, failure: 'unusable', why: 'no setup quality' },
    { name: 'a quality of 150', change: { setup_quality: 150 }, failure: 'unusable', why: 'no setup quality' },
    {
      name: 'a word for the environment',
      change: { market_environment: 'good' },
      failure: 'unusable',
      why: 'no market environment',
    },
  ])('$name', ({ change, failure, why }) => {
    expect(read(change)).toEqual({ kind: 'none', failure, why: expect.stringContaining(why) });
  });
});
