import { expect, test } from 'vitest';
import type { CandleRow } from '#contract/api.ts';
import { putById, putCandle } from './live-data.ts';

const candle = (openTime: number, close = 1): CandleRow => [openTime, 1, 2, 0.5, close, 10];
const loaded = {
  symbol: 'BTC/USDT',
  timeframe: '1m',
  simulated: true,
  tick: '0.1',
  candles: [candle(0), candle(60_000)],
  forming: candle(120_000),
};
const update = { symbol: 'BTC/USDT', timeframe: '1m', closed: false, candle: candle(120_000, 1.5) };

test('putById replaces in place and puts a new item first', () => {
  const items = [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
  ];
  expect(putById(items, { id: 'b', n: 2 })).toEqual([
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
  ]);
  expect(putById(items, { id: 'c', n: 1 })[0]).toEqual({ id: 'c', n: 1 });
});

test('putCandle moves the forming candle', () => {
  expect(putCandle(loaded, update).forming).toEqual(candle(120_000, 1.5));
});

test('putCandle closes the forming candle', () => {
  const next = putCandle(loaded, { ...update, closed: true });
  expect(next.candles.at(-1)).toEqual(candle(120_000, 1.5));
  expect(next.forming).toBeNull();
});

test.each([
  { name: 'another symbol', message: { ...update, symbol: 'ETH/USDT' } },
  { name: 'another timeframe', message: { ...update, timeframe: '5m' } },
  { name: 'a forming candle that is closed already', message: { ...update, candle: candle(60_000, 9) } },
])('putCandle leaves the chart alone for $name', ({ message }) => {
  expect(putCandle(loaded, message)).toBe(loaded);
});

test('putCandle drops a closed candle that comes late', () => {
  expect(putCandle(loaded, { ...update, closed: true, candle: candle(0, 9) }).candles).toEqual(loaded.candles);
});

test('putCandle keeps the number of candles bounded', () => {
  let ohlcv = { ...loaded, candles: [candle(0)] };
  for (let i = 1; i <= 2_000; i++) {
    ohlcv = putCandle(ohlcv, { ...update, closed: true, candle: candle(i * 60_000) }) as typeof ohlcv;
  }
  expect(ohlcv.candles.length).toBeLessThanOrEqual(900);
  expect(ohlcv.candles.at(-1)?.[0]).toBe(2_000 * 60_000);
});
