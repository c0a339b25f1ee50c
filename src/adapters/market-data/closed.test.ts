import { expect, test } from 'vitest';
import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { closedCount } from './closed.ts';

const START = Date.UTC(2026, 0, 5);
const MINUTE = TIMEFRAME_MS['1m'];

/** Candles of these minutes after the start. */
function candlesAt(...minutes: readonly number[]): Candle[] {
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 0 };
  return minutes.map((minute) => ({ openTime: (START + minute * MINUTE) as EpochMs, ...prices }));
}

test.each([
  { name: 'no candle', minutes: [], seconds: 0, expected: 0 },
  { name: 'the last one runs', minutes: [0, 1, 2], seconds: 130, expected: 2 },
  { name: 'the last one has just ended, and none follows yet', minutes: [0, 1, 2], seconds: 189, expected: 2 },
  { name: 'the last one ended a while ago', minutes: [0, 1, 2], seconds: 190, expected: 3 },
  { name: 'one has just ended, and the next one follows', minutes: [0, 1, 2, 3], seconds: 180, expected: 3 },
  { name: 'one follows though our time says that none can', minutes: [0, 1, 2, 3], seconds: 170, expected: 3 },
])('closedCount: $name', ({ minutes, seconds, expected }) => {
  expect(closedCount(candlesAt(...minutes), '1m', (START + seconds * 1000) as EpochMs)).toBe(expected);
});
