import { describe, expect, test } from 'vitest';
import { candlesOf, type Ohlc } from '#tests/builders/candles.ts';
import { PriceLevels } from './price-levels.ts';
import { SupportResistance } from './support-resistance.ts';

/** Candles of range 2 around each price. */
function levelsOn(prices: readonly number[], strength: number, tolerance: number) {
  const candles = candlesOf(prices.map((price): Ohlc => [price, price + 1, price - 1, price]));
  const indicator = new SupportResistance(candles, strength, tolerance, 1);
  indicator.advance(0, candles.length);
  const { support, resistance } = indicator.outputs;
  return prices.map((_, i) => [support.values[i], resistance.values[i]]);
}

const NONE = NaN;

describe('supportResistance', () => {
  test('knows a swing only when the candles after it have closed', () => {
    expect(levelsOn([5, 6, 9, 6, 5, 5], 2, 0)).toEqual([
      [NONE, NONE],
      [NONE, NONE],
      [NONE, NONE], // The high of 10 is here,
      [NONE, NONE],
      [NONE, 10], // and known here.
      [NONE, 10],
    ]);
  });

  test('turns a resistance into a support once the close is at it', () => {
    expect(levelsOn([5, 9, 5, 10, 11], 1, 0).slice(2)).toEqual([
      [NONE, 10],
      [10, NONE], // The low of 4 is known with this candle, and 10 is the nearer one.
      [10, NONE],
    ]);
  });

  test('joins swings that are near to each other', () => {
    const prices = [5, 9, 5, 9.5, 5];
    expect(levelsOn(prices, 1, 0).at(-1)).toEqual([4, 10]);
    expect(levelsOn(prices, 1, 0.5).at(-1)).toEqual([4, 10.25]);
  });

  test('takes of equal neighbours the first', () => {
    expect(levelsOn([5, 9, 9, 5, 4], 1, 0).at(-1)).toEqual([NONE, 10]);
    expect(levelsOn([5, 5, 5, 5, 5], 1, 0).at(-1)).toEqual([NONE, NONE]);
  });
});

test('of more levels than are kept, the one that has gone longest without a touch is forgotten', () => {
  const levels = new PriceLevels();
  for (let price = 1; price <= 64; price++) levels.add(price, 0);
  levels.add(1, 0);
  levels.add(100, 0);
  expect([levels.below(1), levels.above(1), levels.above(64)]).toEqual([1, 3, 100]);
});
