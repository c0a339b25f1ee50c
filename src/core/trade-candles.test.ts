import { describe, expect, test } from 'vitest';
import type { Candle } from './candles.ts';
import { type EpochMs, TIMEFRAME_MS } from './time.ts';
import { TradeCandles } from './trade-candles.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const START = Date.UTC(2026, 0, 5);

/** Trades as [seconds after the start, price, amount]. */
type TradeText = readonly [seconds: number, price: number, amount: number];

function candlesOf(trades: readonly TradeText[], minutes: number): Candle[] {
  const made = new TradeCandles('1m');
  const ended = trades.flatMap(([seconds, price, amount]) =>
    made.take((START + seconds * 1000) as EpochMs, price, amount),
  );
  return [...ended, ...made.end((START + minutes * MINUTE) as EpochMs)];
}

/** A candle of the minute that is so many after the start. */
const minute = (k: number, open: number, high: number, low: number, close: number, volume: number) => ({
  openTime: START + k * MINUTE,
  open,
  high,
  low,
  close,
  volume,
});

describe('candles from trades', () => {
  test.each<{ name: string; trades: TradeText[]; minutes: number; expected: object[] }>([
    { name: 'no trade, no candle', trades: [], minutes: 3, expected: [] },
    {
      name: 'first, highest, lowest and last price, and all that was traded, exactly',
      trades: [
        [0, 100, 0.1],
        [10, 103, 0.2],
        [20, 98, 0.00000001],
        [59.999, 101, 1],
      ],
      minutes: 1,
      expected: [minute(0, 100, 103, 98, 101, 1.30000001)],
    },
    {
      name: 'a trade on the boundary belongs to the candle that opens there',
      trades: [
        [59, 100, 1],
        [60, 105, 2],
      ],
      minutes: 2,
      expected: [minute(0, 100, 100, 100, 100, 1), minute(1, 105, 105, 105, 105, 2)],
    },
    {
      name: 'minutes without a trade are flat at the last price',
      trades: [
        [61, 100, 1],
        [62, 99, 1],
        [240, 90, 1],
      ],
      minutes: 6,
      expected: [
        minute(1, 100, 100, 99, 99, 2),
        minute(2, 99, 99, 99, 99, 0),
        minute(3, 99, 99, 99, 99, 0),
        minute(4, 90, 90, 90, 90, 1),
        minute(5, 90, 90, 90, 90, 0),
      ],
    },
  ])('$name', ({ trades, minutes, expected }) => {
    expect(candlesOf(trades, minutes)).toEqual(expected);
  });

  test('a trade of a candle that has ended is refused', () => {
    expect(() =>
      candlesOf(
        [
          [60, 100, 1],
          [59, 100, 1],
        ],
        2,
      ),
    ).toThrow('Trades must ascend in time');
  });
});
