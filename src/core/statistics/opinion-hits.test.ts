import { expect, test } from 'vitest';
import { HIT_CANDLES, hitRates, hitsOf } from './opinion-hits.ts';

/** Rises for a while, then falls. */
const CLOSES = [...Array.from({ length: 20 }, (_, k) => 100 + k), ...Array.from({ length: 20 }, (_, k) => 119 - k)];

test.each([
  { name: 'a buy before a rise', recommendation: 'buy' as const, index: 0, is: { hits: 1, n: 1 } },
  { name: 'a sell before a rise', recommendation: 'sell' as const, index: 0, is: { hits: 0, n: 1 } },
  { name: 'a sell before a fall', recommendation: 'sell' as const, index: 25, is: { hits: 1, n: 1 } },
  { name: 'a buy before it is over', recommendation: 'buy' as const, index: 14, is: { hits: 0, n: 1 } },
  {
    name: 'the last that can be told',
    recommendation: 'sell' as const,
    index: 39 - HIT_CANDLES,
    is: { hits: 1, n: 1 },
  },
  { name: 'one that is too young', recommendation: 'sell' as const, index: 40 - HIT_CANDLES, is: undefined },
  { name: 'to hold', recommendation: 'hold' as const, index: 0, is: undefined },
  { name: 'one before all candles', recommendation: 'buy' as const, index: -1, is: undefined },
])('$name', ({ recommendation, index, is }) => {
  expect(hitsOf([{ analyst: 'a', recommendation, index }], CLOSES).get('a')).toEqual(is);
});

test('no move at all is no hit', () => {
  const opinions = (['buy', 'sell'] as const).map((recommendation) => ({ analyst: 'a', recommendation, index: 0 }));
  expect(
    hitsOf(
      opinions,
      Array.from({ length: 20 }, () => 5),
    ).get('a'),
  ).toEqual({ hits: 0, n: 2 });
});

test('rates are of all symbols together, with n and an interval', () => {
  const rates = hitRates([
    new Map([['a', { hits: 3, n: 4 }]]),
    new Map([
      ['a', { hits: 4, n: 6 }],
      ['b', { hits: 0, n: 1 }],
    ]),
  ]);
  expect(rates.get('a')).toMatchObject({ hits: 7, n: 10, rate: 0.7 });
  expect(rates.get('a')!.interval!.low).toBeCloseTo(0.397, 3);
  expect(rates.get('b')).toMatchObject({ hits: 0, n: 1, rate: 0 });
});
