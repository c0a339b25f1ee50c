import { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';

const HOUR_MS = 3_600_000;

/** The generator's candles as if each lasted an hour, so that a few hundred of them are many days. */
export function generateHours(count: number, seed: number): Candles {
  const minutes = generateCandles(count, seed);
  const hours = new Candles('1h');
  const first = minutes.openTimeAt(0);
  for (let i = 0; i < count; i++) hours.append({ ...minutes.at(i), openTime: (first + i * HOUR_MS) as EpochMs });
  return hours;
}
