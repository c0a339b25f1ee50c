import { expect, test } from 'vitest';
import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';
import { tradesOf } from './trades.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const candle = (open: number, high: number, low: number, close: number, volume: number): Candle => {
  return { openTime: MINUTE as EpochMs, open, high, low, close, volume };
};

test.each([
  { name: 'the high, where it is nearer', of: candle(100, 102, 90, 101, 4), prices: [100, 102, 90, 101] },
  { name: 'the low, where it is nearer', of: candle(100, 120, 99, 101, 4), prices: [100, 99, 120, 101] },
  { name: 'the low, halfway', of: candle(100, 110, 90, 101, 4), prices: [100, 90, 110, 101] },
])('the open is followed by $name', ({ of, prices }) => {
  expect(tradesOf(of, MINUTE, 0).map(({ price }) => price)).toEqual(prices);
});

test('a buyer came where the price rose, and each trade has a time and an id of its own', () => {
  expect(tradesOf(candle(100, 102, 90, 101, 4), MINUTE, 3)).toEqual([
    { at: MINUTE, price: 100, quantity: '1', side: 'buy', id: 13 },
    { at: 1.25 * MINUTE, price: 102, quantity: '1', side: 'buy', id: 14 },
    { at: 1.5 * MINUTE, price: 90, quantity: '1', side: 'sell', id: 15 },
    { at: 1.75 * MINUTE, price: 101, quantity: '1', side: 'buy', id: 16 },
  ]);
});

test.each([1, 0.1, 0.00000007, 1234.56789012, 81_000_000.12345678])('a volume of %d is all there', (volume) => {
  const of = candle(100, 102, 90, 101, volume);
  const made = new TradeCandles('1m');
  for (const { at, price, quantity } of tradesOf(of, MINUTE, 0)) made.take(at, price, Number(quantity));
  expect(made.end((2 * MINUTE) as EpochMs)).toEqual([of]);
});

test('where nothing was traded there is no trade', () => {
  expect(tradesOf(candle(100, 100, 100, 100, 0), MINUTE, 0)).toEqual([]);
});
