import { expect, test } from 'vitest';
import { candleTape, QuoteTape, TradeTape } from '#core/matching/tape.ts';
import type { EpochMs } from '#core/time.ts';
import { candlesOf, MONDAY } from '#tests/builders/candles.ts';
import { RunningRows } from './running-rows.ts';

const at = (minute: number) => (MONDAY + minute * 60_000) as EpochMs;

test('a candle grows by the rows that are over, and the next one begins anew', () => {
  const fine = candlesOf([
    [10, 12, 9, 11, 1],
    [11, 15, 11, 14, 2],
    [14, 14, 7, 8, 4],
    [8, 9, 8, 9, 8],
  ]);
  const rows = new RunningRows(candleTape(fine));
  expect(rows.candle(at(0), at(0))).toBeUndefined();
  const first = { openTime: at(0), open: 10, high: 12, low: 9, close: 11, volume: 1 };
  expect(rows.candle(at(0), at(1))).toEqual(first);
  expect(rows.candle(at(0), at(1))).toEqual(first);
  expect(rows.candle(at(0), at(3))).toEqual({ openTime: at(0), open: 10, high: 15, low: 7, close: 8, volume: 7 });
  expect(rows.candle(at(3), at(3))).toBeUndefined();
  expect(rows.candle(at(3), at(4))).toEqual({ openTime: at(3), open: 8, high: 9, low: 8, close: 9, volume: 8 });
});

test('trades are told up to the moment', () => {
  const trades = new TradeTape();
  for (const [k, price] of [5, 7, 6].entries()) trades.append({ at: (at(0) + k * 100) as EpochMs, price, quantity: 2 });
  const rows = new RunningRows(trades);
  const candle = rows.candle(at(0), (at(0) + 200) as EpochMs);
  expect(candle).toEqual({ openTime: at(0), open: 5, high: 7, low: 5, close: 7, volume: 4 });
});

test('quotes tell the middle, and no volume', () => {
  const quotes = new QuoteTape();
  const side = (price: number) => ({ open: price, high: price + 1, low: price - 1, close: price, size: 9 });
  quotes.append({ openTime: at(0), bid: side(10), ask: side(12) });
  const candle = new RunningRows(quotes).candle(at(0), at(1));
  expect(candle).toEqual({ openTime: at(0), open: 11, high: 12, low: 10, close: 11, volume: Number.NaN });
});
