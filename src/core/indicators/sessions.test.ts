import { describe, expect, test } from 'vitest';
import type { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import { candlesOf, MONDAY, type Ohlc } from '#tests/builders/candles.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { PivotPoints } from './pivot-points.ts';
import type { SessionEnd } from './session-end.ts';
import { Vwap } from './vwap.ts';

const HOUR_MS = 3_600_000;

/** Hourly candles at one price each, `undefined` where one is missing. */
function hours(rows: readonly (readonly [price: number, volume: number] | undefined)[], start = MONDAY): Candles {
  const ohlc = rows.map((row): Ohlc | undefined => row && [row[0], row[0], row[0], row[0], row[1]]);
  return candlesOf(ohlc, '1h', start);
}

function vwapOf(candles: Candles, sessionEnd?: SessionEnd): number[] {
  const vwap = new Vwap(candles, sessionEnd);
  vwap.advance(0, candles.length);
  return [...vwap.outputs.vwap.values.subarray(0, candles.length)];
}

describe('vwap', () => {
  const late = (MONDAY + 22 * HOUR_MS) as EpochMs;

  test('begins anew with the UTC day', () => {
    const candles = hours(
      [
        [10, 1],
        [20, 3],
        [40, 1],
        [80, 1],
      ],
      late,
    );
    expect(vwapOf(candles)).toEqual([10, 17.5, 40, 60]);
  });

  test('begins anew when the first candles of the day are missing', () => {
    const candles = hours([[10, 1], undefined, undefined, [40, 1], [80, 1]], late);
    expect(vwapOf(candles)).toEqual([10, 40, 60]);
  });

  test('is the price until something is traded', () => {
    expect(
      vwapOf(
        hours([
          [10, 0],
          [20, 0],
          [40, 2],
        ]),
      ),
    ).toEqual([10, 20, 40]);
  });

  test('begins anew with the session of a stock, whatever the UTC day', () => {
    // The last two hours of a session and the first two of the next one.
    const rows: readonly Ohlc[] = [...Array<Ohlc>(5).fill([1, 1, 1, 1, 1]), [10, 10, 10, 10, 1], [20, 20, 20, 20, 3]];
    const next: readonly Ohlc[] = [
      [40, 40, 40, 40, 1],
      [80, 80, 80, 80, 1],
    ];
    const all = [...rows, ...next];
    const candles = stockCandles('2025-07-01', '2025-07-02', '1h', (k) => all[k] ?? [80, 80, 80, 80, 0]);
    // (5 x 1 + 10) / 6 and (5 x 1 + 10 + 60) / 9.
    expect(vwapOf(candles).slice(5, 9)).toEqual([2.5, 75 / 9, 40, 60]);
  });

  test('is anchored to other sessions by where they end', () => {
    const everyTwoHours = (at: EpochMs) => (at - (at % (2 * HOUR_MS)) + 2 * HOUR_MS) as EpochMs;
    const candles = hours([
      [10, 1],
      [20, 1],
      [40, 1],
      [80, 1],
    ]);
    expect(vwapOf(candles, everyTwoHours)).toEqual([10, 15, 40, 60]);
  });
});

describe('pivotPoints', () => {
  const day = (prices: Ohlc): readonly Ohlc[] => Array.from({ length: 24 }, () => prices);
  const pivotOf = (candles: Candles) => {
    const points = new PivotPoints(candles);
    points.advance(0, candles.length);
    return points.outputs.pivot.values;
  };

  test('leave out the day in which the candles begin, as it may be known in part', () => {
    const candles = candlesOf([...day([5, 6, 3, 3]), ...day([3, 9, 3, 6]), ...day([6, 6, 6, 6])], '1h');
    const pivot = pivotOf(candles);
    expect(pivot[47]).toBeNaN();
    expect(pivot[48]).toBe(6);
  });

  test('keep their value through a day, whatever happens in it', () => {
    const candles = candlesOf([...day([1, 1, 1, 1]), ...day([3, 9, 3, 6]), ...day([6, 99, 1, 50])], '1h');
    expect([...pivotOf(candles).subarray(48, 72)]).toEqual(Array.from({ length: 24 }, () => 6));
  });

  test('are of the day that was traded last when a day is missing', () => {
    const rows = [...day([1, 1, 1, 1]), ...day([3, 9, 3, 6]), ...Array.from({ length: 24 }, () => undefined)];
    const candles = candlesOf([...rows, ...day([6, 6, 6, 6])], '1h');
    expect(pivotOf(candles)[48]).toBe(6);
  });

  test('are of the session before, a short one too', () => {
    // July 3rd has four candles, then there is none until the 7th.
    const short: Ohlc = [3, 9, 3, 6];
    const candles = stockCandles('2025-07-02', '2025-07-07', '1h', (k) => (k >= 7 && k < 11 ? short : [5, 5, 5, 5]));
    expect([...pivotOf(candles).subarray(10, 13)]).toEqual([Number.NaN, 6, 6]);
  });

  test('are known after two candles of a day or more', () => {
    for (const timeframe of ['1d', '1w'] as const) {
      const candles = candlesOf(
        [
          [1, 1, 1, 1],
          [3, 9, 3, 6],
          [6, 6, 6, 6],
        ],
        timeframe,
      );
      expect(new PivotPoints(candles).firstIndex).toBe(2);
      expect(pivotOf(candles)[2]).toBe(6);
    }
  });
});
