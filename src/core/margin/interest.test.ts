import { expect, test } from 'vitest';
import { formatDecimal, money, quantity, ratio } from '../money.ts';
import { binanceInterest, krakenInterest } from './interest.ts';

const MINUTE = 60_000;

test.each([
  // 2,400 x 0.001 / 24 = 0.1 an hour.
  { name: 'the first hour at once', minutes: 0, binance: '0.1', kraken: '2.4' },
  { name: 'a started hour', minutes: 1, binance: '0.1', kraken: '4.8' },
  { name: 'a full hour', minutes: 60, binance: '0.1', kraken: '4.8' },
  { name: 'an hour and a minute', minutes: 61, binance: '0.2', kraken: '4.8' },
  { name: 'four hours', minutes: 240, binance: '0.4', kraken: '4.8' },
  { name: 'four hours and a minute', minutes: 241, binance: '0.5', kraken: '7.2' },
])('interest on 2,400 at 0.1 %: $name', ({ minutes, binance, kraken }) => {
  expect(formatDecimal(binanceInterest(money('2400'), ratio('0.001'), minutes * MINUTE))).toBe(binance);
  expect(formatDecimal(krakenInterest(money('2400'), ratio('0.001'), minutes * MINUTE))).toBe(kraken);
});

test('interest is rounded up, on coins too', () => {
  expect(formatDecimal(binanceInterest(quantity('0.00000001'), ratio('0.00001'), 0))).toBe('0.000000000001');
});
