import { describe, expect, test } from 'vitest';
import { BAD, fractionIn, priceIn, recommendationIn, textIn } from './fields.ts';

describe('a price', () => {
  test.each([
    [65_000, 65_000],
    ['65000.5', 65_000.5],
    [' $65000 ', 65_000],
    [null, undefined],
    [undefined, undefined],
    ['', undefined],
    ['65,000', BAD],
    ['65000~66000', BAD],
    ['about 65000', BAD],
    ['1e5', BAD],
    ['NaN', BAD],
    [Number.NaN, BAD],
    [Number.POSITIVE_INFINITY, BAD],
    [0, BAD],
    [-5, BAD],
    ['9'.repeat(400), BAD],
    [true, BAD],
    [[65_000], BAD],
    [{ price: 1 }, BAD],
  ])('%j is %s', (value, is) => {
    expect(priceIn(value)).toBe(is);
  });
});

describe('a part of 1', () => {
  test.each([
    [0.85, 0.85],
    ['0.85', 0.85],
    ['85%', 0.85],
    ['85 %', 0.85],
    [85, 0.85],
    [100, 1],
    [1, 1],
    [0, 0],
    ['1%', 0.01],
    [null, undefined],
    [101, BAD],
    [-0.1, BAD],
    ['101%', BAD],
    ['high', BAD],
    ['%', undefined],
    [{}, BAD],
  ])('%j is %s', (value, is) => {
    expect(fractionIn(value)).toBe(is);
  });
});

test.each([
  ['BUY', 'buy'],
  [' Sell ', 'sell'],
  ['hold', 'hold'],
  [undefined, undefined],
  ['not a BUY', BAD],
  ['long', BAD],
  [1, BAD],
])('%j recommends %s', (value, is) => {
  expect(recommendationIn(value)).toBe(is);
});

test('words are cut, and hold no control characters', () => {
  expect(textIn('a\u0000b\r\n\u001b[31mc ')).toBe('a b [31mc');
  expect(textIn('x'.repeat(9_000))).toHaveLength(4_000);
  expect(textIn({ a: 1 })).toBe('');
});
