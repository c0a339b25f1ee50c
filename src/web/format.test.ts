import { describe, expect, test } from 'vitest';
import {
  baseOf,
  figure,
  formatMoney,
  formatPercent,
  formatR,
  formatStep,
  formatValue,
  moneyAndCents,
  signedFigure,
  toneOf,
} from './format.ts';

describe('numbers', () => {
  test.each([
    { name: 'groups thousands', value: 1234567.891, decimals: 2, expected: '1,234,567.89' },
    { name: 'writes the true minus', value: -3, decimals: 1, expected: '\u22123.0' },
    { name: 'drops the sign of what rounds to zero', value: -0.001, decimals: 2, expected: '0.00' },
    { name: 'drops the sign of minus zero', value: -0, decimals: 0, expected: '0' },
  ])('figure $name', ({ value, decimals, expected }) => {
    expect(figure(value, decimals)).toBe(expected);
  });

  test.each([
    { name: 'a gain has a plus', value: 1.294, decimals: 2, expected: '+1.29' },
    { name: 'a loss has the true minus', value: -0.33, decimals: 2, expected: '\u22120.33' },
    { name: 'zero has no sign', value: 0, decimals: 2, expected: '0.00' },
    { name: 'almost zero has no sign', value: 0.004, decimals: 2, expected: '0.00' },
  ])('signedFigure: $name', ({ value, decimals, expected }) => {
    expect(signedFigure(value, decimals)).toBe(expected);
  });

  test.each([
    { name: 'dollars', value: 43074.58, look: { currency: 'USD' }, expected: '$43,074.58' },
    { name: 'a dollar coin', value: 5, look: { currency: 'USDT', decimals: 0 }, expected: '$5' },
    { name: 'a signed gain', value: 128.08, look: { currency: 'USD', plus: true }, expected: '+$128.08' },
    { name: 'a loss', value: -46.2, look: { currency: 'USD', plus: true }, expected: '\u2212$46.20' },
    { name: 'a currency without a sign', value: 1, look: { currency: 'JPY', decimals: 0 }, expected: 'JPY 1' },
  ])('formatMoney: $name', ({ value, look, expected }) => {
    expect(formatMoney(value, look)).toBe(expected);
  });

  test('moneyAndCents splits at the cents', () => {
    expect(moneyAndCents(43074.58, 'USD')).toEqual(['$43,074', '.58']);
  });

  test.each([
    { fraction: 0.0072, plus: true, expected: '+0.72%' },
    { fraction: -0.0112, plus: true, expected: '\u22121.12%' },
    { fraction: 0.5789, plus: false, expected: '57.9%' },
    { fraction: 0.09999, plus: false, expected: '10.0%' },
    { fraction: 0, plus: true, expected: '0.00%' },
  ])('formatPercent $fraction is $expected', ({ fraction, plus, expected }) => {
    expect(formatPercent(fraction, { plus })).toBe(expected);
  });

  test.each([
    { value: '96508.4', step: '0.1', expected: '96,508.4' },
    { value: '96508.4', step: '0.01', expected: '96,508.40' },
    { value: 21.846, step: '0.001', expected: '21.846' },
    { value: '410', step: '1', expected: '410' },
  ])('formatStep $value on $step is $expected', ({ value, step, expected }) => {
    expect(formatStep(value, step)).toBe(expected);
  });

  test.each([
    [63_123.456, '63,123.5'],
    [70.494, '70.49'],
    [0, '0.00'],
    [0.5, '0.50000'],
    [-0.00001234, '\u22120.000012340'],
    [1e-20, '0.000000000000000'],
  ])('formatValue(%s) is %s', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  test('formatR names its unit', () => {
    expect(formatR(-1, 1)).toBe('\u22121.0 R');
  });
});

test.each([
  { name: 'zero is neutral', value: 0, r: null, expected: 'flat' },
  { name: 'nearly nothing risked is neutral', value: 3, r: 0.04, expected: 'flat' },
  { name: 'a gain', value: 3, r: 0.06, expected: 'up' },
  { name: 'a loss without a stop', value: -3, r: null, expected: 'down' },
])('toneOf: $name', ({ value, r, expected }) => {
  expect(toneOf(value, r)).toBe(expected);
});

test.each([
  { symbol: 'BTC/USDT', expected: 'BTC' },
  { symbol: 'NVDA', expected: 'NVDA' },
])('baseOf $symbol is $expected', ({ symbol, expected }) => {
  expect(baseOf(symbol)).toBe(expected);
});
