import fc from 'fast-check';
import { Candles } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';

/** A candle's prices as they are read off a chart, with its volume where that matters. */
export type Ohlc = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** 1970-01-05 00:00 UTC, a Monday: candles of every timeframe open then. */
export const MONDAY = 345_600_000 as EpochMs;

/** Closed candles one after the other from Monday midnight on; `undefined` is a candle that is missing. */
export function candlesOf(
  rows: readonly (Ohlc | undefined)[],
  timeframe: Timeframe = '1m',
  start: EpochMs = MONDAY,
): Candles {
  const candles = new Candles(timeframe);
  for (const [k, row] of rows.entries()) {
    if (row === undefined) continue;
    const [open, high, low, close, volume = 1] = row;
    const openTime = (start + k * TIMEFRAME_MS[timeframe]) as EpochMs;
    candles.append({ openTime, open, high, low, close, volume });
  }
  return candles;
}

/** A candle in which nothing moves. */
export function flat(price: number): Ohlc {
  return [price, price, price, price];
}

/** The first `count` of closed candles, as if no others had ever come. */
export function firstOf(candles: Candles, count: number): Candles {
  const first = new Candles(candles.timeframe, undefined, 0, candles.calendar);
  for (let i = 0; i < count; i++) first.append(candles.at(i));
  return first;
}

const price = fc.integer({ min: 90, max: 110 });

/** Candles whose prices are whole and few, so that levels are often touched to the tick and opens often gap. */
export const anyOhlc: fc.Arbitrary<Ohlc> = fc
  .tuple(price, price, price, price)
  .map((prices) => [prices[0], Math.max(...prices), Math.min(...prices), prices[1]]);
