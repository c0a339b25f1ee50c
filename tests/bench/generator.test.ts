import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Candles } from '#core/candles.ts';
import { generateCandles } from './generator.ts';

/** Of the columns one after the other, as little-endian float64. */
function sha256(candles: Candles): string {
  const hash = createHash('sha256');
  for (const column of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
    const { buffer, byteOffset } = candles[column].values;
    hash.update(new Uint8Array(buffer, byteOffset, candles.length * 8));
  }
  return hash.digest('hex');
}

test.each([
  { count: 500, seed: 777, expected: '32974874effe929e8c27da49d361179c731f4f6c9f0b31317a0fabe4b080a3b8' },
  { count: 100_000, seed: 20260101, expected: '2c9f2b4ca3f63695ba738baca7d849d6fea76485f5fc34ba50a0b5e9837e7f4d' },
])(
  'generateCandles($count, $seed) gives the bits every published figure was made with',
  ({ count, seed, expected }) => {
    expect(sha256(generateCandles(count, seed))).toBe(expected);
  },
);

test('the first candles do not depend on how many follow', () => {
  const [few, many] = [generateCandles(3, 777), generateCandles(50, 777)];
  expect([few.at(0), few.at(1), few.at(2)]).toEqual([many.at(0), many.at(1), many.at(2)]);
  expect(few.at(0)).toEqual({
    openTime: 1640995200000,
    open: 30000.75,
    high: 30011.5,
    low: 30000.75,
    close: 30010.25,
    volume: 2.494,
  });
});
