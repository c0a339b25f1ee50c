import { expect, test } from 'vitest';
import type { EpochMs } from '#core/time.ts';
import { candlesOf } from '#tests/builders/candles.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { Tape, TapeSource } from './tape.ts';

const MINUTE = 60_000;

test('a look sees nothing of a candle that opened after it, where the one before had no trade', () => {
  const candles = candlesOf([
    [100, 101, 99, 100],
    [100, 101, 99, 100],
  ]);
  const end = candles.closeTimeAt(1);
  const at = (end + 55_000) as EpochMs;
  const told = (minutes: number) => (end + minutes * MINUTE) as EpochMs;
  const tape = new Tape(instrumentOf({}), candles, end);
  const source = new TapeSource(tape, end, () => told(1));
  // Asked at the 55th second, and answered after the minute.
  tape.take(
    [{ openTime: told(1), open: 120, high: 120, low: 120, close: 120, volume: 9 }],
    (told(1) + 800) as EpochMs,
    0,
  );
  expect(source.peek(at)).toBeUndefined();
  expect(source.look(at)).toBeUndefined();
  expect(source.quotation(at)).toBeUndefined();
  expect(source.peek((told(1) + 500) as EpochMs)).toMatchObject({ openTime: told(1), close: 120 });
});
