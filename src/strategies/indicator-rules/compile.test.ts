import { expect, test } from 'vitest';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { conditionSchema } from '../../contract/conditions.ts';
import { compile } from './compile.ts';
import { Indicators } from './operands.ts';

/** Indices of the candles at whose close a condition, as a bot file has it, is met. */
function metAt(condition: unknown, rows: readonly Ohlc[], entryIndex = -1): readonly number[] {
  const candles = candlesOf(rows);
  const indicators = new Indicators(candles);
  const rule = compile(conditionSchema.parse(condition), candles, indicators, { entryIndex, price: Number.NaN });
  indicators.advance(0, candles.length);
  return rows.map((_, i) => i).filter((i) => rule(i));
}

/** Candles with these opens and closes: "open" and "close" are then two columns to compare. */
const pairs = (...pairs: readonly (readonly [open: number, close: number])[]): readonly Ohlc[] =>
  pairs.map(([open, close]) => [open, Math.max(open, close), Math.min(open, close), close]);

const FALLS_AND_RISES = [4, 3, 2, 2, 3, 4].map((close): readonly [number, number] => [3, close]);

const OPERATORS = [
  { operator: '>', met: [0, 5] },
  { operator: '<', met: [2, 3] },
  { operator: 'crosses-above', met: [4] },
  { operator: 'crosses-below', met: [1] },
] as const;

test.each([
  { shape: 'two columns', right: 'open', factor: 1 },
  { shape: 'a column and a number', right: 3, factor: 1 },
  { shape: 'a column and a multiple of a number', right: { multiple: 3, of: 1 }, factor: 1 },
  {
    shape: 'a column and a multiple of a column',
    right: { multiple: 0.5, of: { multiple: 2, of: 'open' } },
    factor: 1,
  },
  { shape: 'two multiples', right: { multiple: 2, of: 'open' }, factor: 2 },
])('compares $shape', ({ right, factor }) => {
  const left = factor === 1 ? 'close' : { multiple: factor, of: 'close' };
  for (const { operator, met } of OPERATORS) {
    expect(metAt([left, operator, right], pairs(...FALLS_AND_RISES)), operator).toEqual(met);
  }
});

test.each([
  { name: 'from below to above', closes: [1, 3], above: [1], below: [] },
  { name: 'from below to equal', closes: [1, 2], above: [1], below: [] },
  { name: 'from equal to above is no cross: it was not below', closes: [2, 3], above: [], below: [] },
  { name: 'from equal to equal', closes: [2, 2], above: [], below: [] },
  { name: 'from above to below', closes: [3, 1], above: [], below: [1] },
  { name: 'from above to equal', closes: [3, 2], above: [], below: [1] },
  { name: 'from equal to below', closes: [2, 1], above: [], below: [] },
  { name: 'a touch from below and back up', closes: [1, 2, 1, 2, 3], above: [1, 3], below: [] },
  { name: 'the first candle has none before it', closes: [3], above: [], below: [] },
])('crosses 2: $name', ({ closes, above, below }) => {
  for (const right of [2, 'open']) {
    const rows = pairs(...closes.map((close): readonly [number, number] => [2, close]));
    expect(metAt(['close', 'crosses-above', right], rows)).toEqual(above);
    expect(metAt(['close', 'crosses-below', right], rows)).toEqual(below);
  }
});

const UNDER_4 = ['close', '<', 4];
const OVER_1 = ['close', '>', 1];
const IS_9 = ['close', '>', 8];
const ONE_TO_NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(flat);

test.each([
  { name: 'all', condition: { all: [UNDER_4, OVER_1] }, met: [1, 2] },
  { name: 'any', condition: { any: [UNDER_4, IS_9] }, met: [0, 1, 2, 8] },
  { name: 'one in a group', condition: { all: [{ any: [IS_9] }] }, met: [8] },
  { name: 'any of all', condition: { any: [{ all: [UNDER_4, OVER_1] }, IS_9] }, met: [1, 2, 8] },
  { name: 'all of any', condition: { all: [{ any: [UNDER_4, IS_9] }, OVER_1] }, met: [1, 2, 8] },
  {
    name: 'three deep',
    condition: { all: [OVER_1, { any: [{ all: [UNDER_4, ['close', '>', 2]] }, IS_9] }] },
    met: [2, 8],
  },
])('groups: $name', ({ condition, met }) => {
  expect(metAt(condition, ONE_TO_NINE)).toEqual(met);
});

test.each([
  { name: 'above', condition: ['sma(3)', '>', 0], met: [2, 3] },
  { name: 'below', condition: ['sma(3)', '<', 99], met: [2, 3] },
  { name: 'on the right', condition: [0, '<', 'sma(3)'], met: [2, 3] },
  { name: 'of a multiple', condition: [{ multiple: 2, of: 'sma(3)' }, '>', 0], met: [2, 3] },
  { name: 'before a cross', condition: ['sma(3)', 'crosses-above', 1], met: [] },
  {
    name: 'beside what is met',
    condition: {
      any: [
        ['sma(3)', '>', 0],
        ['close', '<', 3],
      ],
    },
    met: [0, 1, 2, 3],
  },
])('what is not defined yet meets nothing: $name', ({ condition, met }) => {
  expect(metAt(condition, [2, 2, 4, 5].map(flat))).toEqual(met);
});

test.each([
  { name: 'volume', condition: ['volume', '>', 5], met: [2] },
  { name: 'high', condition: ['high', '>', 11], met: [0] },
  { name: 'low', condition: ['low', '<', 8], met: [1] },
])('reads the $name', ({ condition, met }) => {
  const rows: readonly Ohlc[] = [
    [10, 12, 9, 10, 5],
    [10, 11, 7, 10, 5],
    [10, 11, 9, 10, 6],
  ];
  expect(metAt(condition, rows)).toEqual(met);
});

test.each([
  { name: 'the candle of the entry counts as one', condition: ['barsInTrade', '>', 0], met: [2, 3, 4, 5] },
  { name: 'the third', condition: ['barsInTrade', '>', 2], met: [4, 5] },
  { name: 'crossing', condition: ['barsInTrade', 'crosses-above', 3], met: [4] },
  { name: 'a multiple', condition: [{ multiple: 10, of: 'barsInTrade' }, '>', 25], met: [4, 5] },
])('bars in a trade entered in candle 2: $name', ({ condition, met }) => {
  const rows = Array.from({ length: 6 }, () => flat(1));
  expect(metAt(condition, rows, 2)).toEqual(met);
  expect(metAt(['barsInTrade', '>', 0], rows)).toEqual([]);
});

test('an indicator of a higher timeframe is that of its last closed candle', () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(flat);
  // The closes of the 3m candles are 3, 6 and 9, known from candles 2, 5 and 8 on.
  expect(metAt(['sma(1)@3m', '>', 0], rows)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(metAt(['sma(1)@3m', '>', 5], rows)).toEqual([5, 6, 7, 8]);
  expect(metAt(['sma(1)@3m', 'crosses-above', 6], rows)).toEqual([5]);
  expect(metAt(['close', '>', 'sma(2)@3m'], rows)).toEqual([5, 6, 7, 8]);
  expect(metAt(['sma(1)', '>', 'sma(1)@3m'], rows)).toEqual([3, 4, 6, 7]);
});

test.each(['', '@3m'])('an output that only a later rule names is computed too%s', (timeframe) => {
  const rows = Array.from({ length: 12 }, (_, i) => flat(i));
  const rising = { all: [`adx(1)${timeframe}`, `adx(1).plusDi${timeframe}`].map((text) => [text, '>', 99]) };
  expect(metAt(rising, rows)).toEqual(timeframe === '' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] : [5, 6, 7, 8, 9, 10, 11]);
});
