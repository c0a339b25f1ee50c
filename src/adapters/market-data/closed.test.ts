import { expect, test } from 'vitest';
import type { Candle } from '#core/candles.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { closedCount, settledMs } from './closed.ts';

const START = Date.UTC(2026, 0, 5);
const MINUTE = TIMEFRAME_MS['1m'];

/** Candles of these minutes after the start. */
function candlesAt(...minutes: readonly number[]): Candle[] {
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 0 };
  return minutes.map((minute) => ({ openTime: (START + minute * MINUTE) as EpochMs, ...prices }));
}

const MINUTES = { timeframe: '1m', calendar: ALWAYS } as const;

test.each([
  { name: 'no candle', minutes: [], seconds: 0, expected: 0 },
  { name: 'the last one runs', minutes: [0, 1, 2], seconds: 130, expected: 2 },
  { name: 'the last one has just ended, and none follows yet', minutes: [0, 1, 2], seconds: 189, expected: 2 },
  { name: 'the last one ended a while ago', minutes: [0, 1, 2], seconds: 190, expected: 3 },
  { name: 'one has just ended, and the next one follows', minutes: [0, 1, 2, 3], seconds: 180, expected: 3 },
  { name: 'one follows though our time says that none can', minutes: [0, 1, 2, 3], seconds: 170, expected: 3 },
])('closedCount: $name', ({ minutes, seconds, expected }) => {
  expect(closedCount(candlesAt(...minutes), MINUTES, (START + seconds * 1000) as EpochMs, settledMs({}))).toBe(
    expected,
  );
});

test('the last candle of a session is over when the session is', () => {
  // July 3rd, 2025: the market closes at 13:00 in New York, and the fourth hour lasts half of one.
  const last = Date.UTC(2025, 6, 3, 16, 30) as EpochMs;
  const candles = [{ openTime: last, open: 1, high: 1, low: 1, close: 1, volume: 1 }];
  const hours = { timeframe: '1h', calendar: US_STOCKS } as const;
  const at = (seconds: number) => (Date.UTC(2025, 6, 3, 17) + seconds * 1000) as EpochMs;
  expect(closedCount(candles, hours, at(9), settledMs({}))).toBe(0);
  expect(closedCount(candles, hours, at(10), settledMs({}))).toBe(1);
  // Where time goes on as candles are asked for.
  expect(closedCount(candles, hours, at(0), settledMs({ toldTime: () => at(0) }))).toBe(1);
});
