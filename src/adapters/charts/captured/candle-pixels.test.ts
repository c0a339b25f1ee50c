import { expect, test } from 'vitest';
import { CandlePixels } from './candle-pixels.ts';

test.each([
  { name: 'the first one', before: [], pixels: 'x', other: undefined },
  { name: 'another picture', before: [['eth', 'y']], pixels: 'x', other: undefined },
  { name: 'the same picture of the same chart', before: [['btc', 'x']], pixels: 'x', other: undefined },
  { name: 'the picture of another chart', before: [['eth', 'x']], pixels: 'x', other: 'eth' },
  {
    name: 'that of one before the last',
    before: [
      ['eth', 'x'],
      ['sol', 'z'],
    ],
    pixels: 'x',
    other: 'eth',
  },
  {
    name: 'one that the other has no more',
    before: [
      ['eth', 'x'],
      ['eth', 'y'],
    ],
    pixels: 'x',
    other: undefined,
  },
])('$name', ({ before, pixels, other }) => {
  const known = new CandlePixels();
  for (const [chart, drawn] of before) known.ownerOf(chart!, drawn!);
  expect(known.ownerOf('btc', pixels)).toBe(other);
});

test('what was refused is not remembered', () => {
  const known = new CandlePixels();
  known.ownerOf('eth', 'x');
  known.ownerOf('btc', 'x');
  expect(known.ownerOf('eth', 'x')).toBeUndefined();
});
