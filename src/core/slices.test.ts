import { expect, test } from 'vitest';
import type { Candle } from './candles.ts';
import { SliceTape } from './slices.ts';
import type { EpochMs } from './time.ts';

const at = (ms: number) => ms as EpochMs;

function candle(openTime: number, open: number, high: number, low: number, close: number, volume: number): Candle {
  return { openTime: at(openTime), open, high, low, close, volume };
}

function rowsOf({ openTime, length, ask: { open, high, low, close, volume } }: SliceTape) {
  const columns = [openTime, open, high, low, close, volume];
  return Array.from({ length }, (_, row) => columns.map(({ values }) => values[row]));
}

test('a candle that nobody looked into is one row, itself', () => {
  const tape = new SliceTape();
  tape.close(candle(0, 10, 12, 9, 11, 5));
  tape.close(candle(60, 11, 11, 8, 8, 7));
  expect(rowsOf(tape)).toEqual([
    [0, 10, 12, 9, 11, 5],
    [60, 11, 11, 8, 8, 7],
  ]);
});

test('a row goes from look to look: what an extreme was before tells nothing of what came after', () => {
  const tape = new SliceTape();
  tape.look(candle(0, 10, 12, 9, 11, 5), at(20));
  tape.look(candle(0, 10, 12, 9, 10, 6), at(40));
  tape.close(candle(0, 10, 13, 7, 12, 9));
  tape.close(candle(60, 12, 12, 12, 12, 0));
  expect(rowsOf(tape)).toEqual([
    [0, 10, 12, 9, 11, 5],
    [20, 11, 11, 10, 10, 1],
    [40, 10, 13, 7, 12, 3],
    [60, 12, 12, 12, 12, 0],
  ]);
});

test('after a restart only what came after the last look is there', () => {
  const tape = new SliceTape();
  tape.resume(candle(0, 10, 12, 9, 11, 5), at(20));
  tape.close(candle(0, 10, 12, 8, 11, 6));
  expect(rowsOf(tape)).toEqual([[20, 11, 11, 8, 11, 1]]);
});

test('a look into a candle that is over by then is forgotten', () => {
  const tape = new SliceTape();
  tape.resume(candle(0, 10, 12, 9, 11, 5), at(20));
  tape.close(candle(60, 11, 14, 11, 12, 4));
  expect(rowsOf(tape)).toEqual([[60, 11, 14, 11, 12, 4]]);
});
