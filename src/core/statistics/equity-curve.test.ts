import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { type EquityCurve, readEquity } from './equity-curve.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A curve that starts at 0:00 with 100 and has a point every `step` hours. */
const curve = (equity: readonly number[], step = 1, startHour = 0): EquityCurve => ({
  length: equity.length,
  startTime: (startHour * HOUR) as EpochMs,
  startEquity: 100,
  openTime: Float64Array.from(equity, (_, i) => (startHour + i * step) * HOUR),
  durationMs: step * HOUR,
  equity: Float64Array.from(equity),
});

test.each([
  { name: 'never fell', equity: [100, 110, 120], fraction: 0, peak: 0, trough: 0, hours: 0, isRecovered: true },
  { name: 'below the start', equity: [90, 95, 100], fraction: 0.1, peak: 0, trough: 1, hours: 3, isRecovered: true },
  { name: 'not recovered', equity: [120, 90, 100], fraction: 0.25, peak: 1, trough: 2, hours: 2, isRecovered: false },
  {
    name: 'the deepest of two',
    equity: [110, 99, 120, 60, 130, 125],
    fraction: 0.5,
    peak: 3,
    trough: 4,
    hours: 2,
    isRecovered: true,
  },
  {
    name: 'the first of two equal',
    equity: [200, 100, 200, 100],
    fraction: 0.5,
    peak: 1,
    trough: 2,
    hours: 2,
    isRecovered: true,
  },
  {
    name: 'deeper after a bounce',
    equity: [100, 80, 90, 70, 95],
    fraction: 0.3,
    peak: 1,
    trough: 4,
    hours: 4,
    isRecovered: false,
  },
  { name: 'below zero', equity: [100, -50], fraction: 1.5, peak: 1, trough: 2, hours: 1, isRecovered: false },
  { name: 'no candle', equity: [], fraction: 0, peak: 0, trough: 0, hours: 0, isRecovered: true },
])('drawdown: $name', ({ equity, fraction, peak, trough, hours, isRecovered }) => {
  expect(readEquity(curve(equity)).drawdown).toEqual({
    fraction: expect.closeTo(fraction, 12),
    peakTime: peak * HOUR,
    troughTime: trough * HOUR,
    durationMs: hours * HOUR,
    isRecovered,
  });
});

test.each([
  {
    name: 'each day by its last candle, midnight included',
    equity: [101, 110, 105, 121],
    step: 12,
    startHour: 0,
    expected: [0.1, 0.1],
  },
  { name: 'days of one candle', equity: [110, 99], step: 24, startHour: 0, expected: [0.1, -0.1] },
  { name: 'parts of days at both ends', equity: [110, 121, 121], step: 12, startHour: 12, expected: [0.1, 0.1] },
  { name: 'no return for days without candles', equity: [110, 99], step: 72, startHour: 0, expected: [0.1, -0.1] },
  { name: 'none after ruin', equity: [0, 10], step: 24, startHour: 0, expected: [-1, Number.NaN] },
  { name: 'nothing', equity: [], step: 24, startHour: 0, expected: [] },
])('daily returns: $name', ({ equity, step, startHour, expected }) => {
  const { dailyReturns } = readEquity(curve(equity, step, startHour));
  expect(dailyReturns).toEqual(expected.map((value) => (Number.isNaN(value) ? value : expect.closeTo(value, 12))));
});

test('one pass finds what a search of all pairs and a map by day find', () => {
  const point = fc.record({ equity: fc.integer({ min: 1, max: 500 }), hours: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (points) => {
      const times: number[] = [];
      for (const { hours } of points) times.push((times.at(-1) ?? 0) + hours * HOUR);
      const equity = [100, ...points.map((at) => at.equity)];
      const read = readEquity({
        ...curve(equity.slice(1)),
        openTime: Float64Array.from(times, (time) => time - HOUR),
      });
      const falls = equity.flatMap((peak, i) => equity.slice(i).map((value) => (peak - value) / peak));
      expect(read.drawdown.fraction).toBeCloseTo(Math.max(...falls), 12);
      const lastOfDay = new Map(times.map((time, k) => [Math.ceil(time / DAY), equity[k + 1]]));
      const days = [100, ...lastOfDay.values()];
      expect(read.dailyReturns).toEqual(days.slice(1).map((value, k) => value / days[k] - 1));
    }),
  );
});
