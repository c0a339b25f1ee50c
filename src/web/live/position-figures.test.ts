import { describe, expect, test } from 'vitest';
import type { Position } from '#contract/api.ts';
import { moveFraction, stopR } from './position-figures.ts';

const position = (change: Partial<Position>): Position => ({
  id: 'p',
  botId: 'b',
  botName: 'Bot',
  accountId: 'a',
  mode: 'paper',
  simulated: true,
  symbol: 'BTC/USDT',
  direction: 'long',
  leverage: 1,
  margin: '200',
  liquidationPrice: null,
  quantity: '2',
  notional: '220',
  entryPrice: '100',
  entryTime: 0,
  mark: '110',
  markTime: 60_000,
  stop: '90',
  target: '130',
  stopConfirmed: true,
  atRisk: '20',
  unrealizedPnl: '20',
  r: 1,
  targetR: 3,
  rewardRiskLeft: 1,
  tick: '0.1',
  lot: '0.01',
  ...change,
});
const short = { direction: 'short', stop: '110', target: '70', mark: '90' } as const;

describe('stopR', () => {
  test.each<{ name: string; change: Partial<Position>; expected: number | null }>([
    { name: 'a stop that was never moved', change: {}, expected: -1 },
    { name: 'a stop at the entry', change: { stop: '100' }, expected: 0 },
    { name: 'a trailed stop', change: { stop: '105' }, expected: 0.5 },
    { name: 'a short', change: short, expected: -1 },
    { name: 'a trailed stop of a short', change: { ...short, stop: '95' }, expected: 0.5 },
    { name: 'no target: told by R', change: { target: null, targetR: null, stop: '105' }, expected: 0.5 },
    { name: 'no stop', change: { stop: null }, expected: null },
  ])('$name', ({ change, expected }) => {
    const result = stopR(position(change));
    if (expected === null) expect(result).toBeNull();
    else expect(result).toBeCloseTo(expected);
  });
});

test('moveFraction is positive in our favour', () => {
  expect(moveFraction(position({}))).toBeCloseTo(0.1);
  expect(moveFraction(position(short))).toBeCloseTo(0.1);
});
