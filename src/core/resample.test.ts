import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOhlc, candlesOf, firstOf, flat, MONDAY, type Ohlc } from '#tests/builders/candles.ts';
import { createWithAllOutputs } from '#tests/builders/indicators.ts';
import { sessionsOf, stockCandles } from '#tests/builders/stock-candles.ts';
import { type Candle, Candles } from './candles.ts';
import { HigherTimeframeIndicator, Resampled } from './resample.ts';
import { US_STOCKS } from './sessions/us-stocks.ts';
import { candleOpenTime, epochMs, TIMEFRAME_MS, type Timeframe } from './time.ts';

const MINUTE = TIMEFRAME_MS['1m'];

/** The higher candles that are closed after each lower one. */
function resample(lower: Candles, timeframe: Timeframe): readonly (readonly Candle[])[] {
  const resampled = new Resampled(lower, timeframe);
  return Array.from({ length: lower.length }, (_, i) => {
    resampled.take(i);
    const { candles } = resampled;
    return Array.from({ length: candles.length }, (_, k) => candles.at(k));
  });
}

function resampledOf(lower: Candles, timeframe: Timeframe): Resampled {
  const resampled = new Resampled(lower, timeframe);
  for (let i = 0; i < lower.length; i++) resampled.take(i);
  return resampled;
}

const flatAt = (k: number) => flat(k + 1);
const closed = (lower: Candles, timeframe: Timeframe) => resample(lower, timeframe).map((candles) => candles.length);

test('a higher candle is made of all its lower ones', () => {
  const lower = candlesOf([
    [10, 12, 9, 11, 1],
    [11, 15, 11, 14, 2],
    [14, 14, 8, 9, 4],
  ]);
  expect(resample(lower, '3m').at(-1)).toEqual([{ openTime: MONDAY, open: 10, high: 15, low: 8, close: 9, volume: 7 }]);
});

test.each([
  { name: 'with its last lower candle', minutes: [0, 1, 2, 3, 4, 5, 6], expected: [0, 0, 1, 1, 1, 2, 2] },
  { name: 'never for the part of one that comes first', minutes: [1, 2, 3, 4, 5], expected: [0, 0, 0, 0, 1] },
  { name: 'after a gap at its end, with the next lower candle', minutes: [0, 1, 3, 4, 5], expected: [0, 0, 1, 1, 2] },
  { name: 'after a gap at its start', minutes: [0, 1, 2, 4, 5], expected: [0, 0, 1, 1, 2] },
  { name: 'not at all when all of it is missing', minutes: [0, 1, 2, 9, 10, 11], expected: [0, 0, 1, 1, 1, 2] },
  { name: 'two at once after a gap', minutes: [0, 1, 5], expected: [0, 0, 2] },
])('closes $name', ({ minutes, expected }) => {
  const rows = Array.from({ length: minutes.at(-1)! + 1 }, (_, minute) =>
    minutes.includes(minute) ? flat(1) : undefined,
  );
  expect(closed(candlesOf(rows), '3m')).toEqual(expected);
});

test('a week of days closes with Sunday', () => {
  const days = Array.from({ length: 15 }, (_, day) => flat(day + 1));
  const last = resample(candlesOf(days, '1d'), '1w').at(-1)!;
  expect(last.map(({ openTime, open, close }) => [new Date(openTime).getUTCDay(), open, close])).toEqual([
    [1, 1, 7],
    [1, 8, 14],
  ]);
  expect(closed(candlesOf(days, '1d'), '1w')).toEqual([...Array(6).fill(0), ...Array(7).fill(1), 2, 2]);
});

/** New York: July 2nd is a whole day, the 3rd ends at 13:00, the 4th is a holiday, the 7th a Monday. */
test.each<{ readonly timeframe: Timeframe; readonly expected: readonly string[] }>([
  {
    timeframe: '1h',
    expected: [
      ...['13:30 to 14:30 is 60', '14:30 to 15:30 is 60', '15:30 to 16:30 is 60', '16:30 to 17:30 is 60'],
      ...['17:30 to 18:30 is 60', '18:30 to 19:30 is 60', '19:30 to 20:00 is 30'],
      ...['13:30 to 14:30 is 60', '14:30 to 15:30 is 60', '15:30 to 16:30 is 60', '16:30 to 17:00 is 30'],
    ],
  },
  { timeframe: '4h', expected: ['13:30 to 17:30 is 240', '17:30 to 20:00 is 150', '13:30 to 17:00 is 210'] },
  { timeframe: '1d', expected: ['13:30 to 20:00 is 390', '13:30 to 17:00 is 210'] },
])('candles of $timeframe end with the session, an early one too', ({ timeframe, expected }) => {
  const lower = stockCandles('2025-07-02', '2025-07-03', '5m', (k) => [k, k, k, k, 5]);
  const closedAfter = resample(lower, timeframe);
  const { candles } = resampledOf(lower, timeframe);
  const clock = (time: number) => new Date(time).toISOString().slice(11, 16);
  const spans = Array.from(
    { length: candles.length },
    (_, k) => `${clock(candles.openTimeAt(k))} to ${clock(candles.closeTimeAt(k))} is ${candles.volume.values[k]}`,
  );
  expect(spans).toEqual(expected);
  // Each is there at the close of the lower candle that ends it, and not before.
  for (let k = 0; k < candles.length; k++) {
    const first = closedAfter.findIndex((list) => list.length > k);
    expect(lower.closeTimeAt(first)).toBe(candles.closeTimeAt(k));
  }
});

test.each([
  { name: 'with Friday', from: '2025-06-30', to: '2025-07-14', ends: ['2025-07-03T17:00Z', '2025-07-11T20:00Z'] },
  { name: 'with Thursday before Good Friday', from: '2025-04-14', to: '2025-04-21', ends: ['2025-04-17T20:00Z'] },
])('a week of stocks ends $name', ({ from, to, ends }) => {
  const { candles } = resampledOf(stockCandles(from, to, '1h', flatAt), '1w');
  const closes = Array.from({ length: candles.length }, (_, k) => candles.closeTimeAt(k));
  expect(closes).toEqual(ends.map((text) => Date.parse(text)));
});

test('stock candles lie in sessions', () => {
  const candles = new Candles('1h', undefined, 0, US_STOCKS);
  const row = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
  for (const text of ['2025-07-02T13:00Z', '2025-07-02T20:30Z', '2025-07-03T17:30Z', '2025-07-04T13:30Z']) {
    expect(() => candles.append({ openTime: epochMs(Date.parse(text)), ...row })).toThrow(RangeError);
  }
  candles.append({ openTime: epochMs(Date.parse('2025-07-02T19:30Z')), ...row });
  expect(candles.closeTimeAt(0)).toBe(Date.parse('2025-07-02T20:00Z'));
  const last = Date.parse('2025-07-02T20:00Z');
  expect([candles.indexClosedAt(last - 1), candles.indexClosedAt(last)]).toEqual([-1, 0]);
});

/** Lower candles with gaps that begin anywhere. */
const anyLower = fc
  .tuple(fc.nat(200), fc.array(fc.option(anyOhlc, { freq: 6, nil: undefined }), { maxLength: 60 }))
  .map(([start, rows]: readonly [number, readonly (Ohlc | undefined)[]]) =>
    candlesOf(rows, '1m', epochMs(MONDAY + start * MINUTE)),
  );

test('each higher candle is the sum of the lower ones in its time, and closed once that is over', () => {
  fc.assert(
    fc.property(anyLower, fc.constantFrom<Timeframe>('3m', '5m', '15m', '1h'), (lower, timeframe) => {
      const all = Array.from({ length: lower.length }, (_, i) => lower.at(i));
      const duration = TIMEFRAME_MS[timeframe];
      for (const [i, candles] of resample(lower, timeframe).entries()) {
        const now = lower.closeTimeAt(i);
        const whole = Map.groupBy(all, ({ openTime }) => candleOpenTime(openTime, timeframe));
        const first = all[0]!.openTime;
        const ended = [...whole].filter(([open]) => open + duration <= now && open >= first);
        const expected = ended.map(([openTime, parts]) => ({
          openTime,
          open: parts[0]!.open,
          high: Math.max(...parts.map(({ high }) => high)),
          low: Math.min(...parts.map(({ low }) => low)),
          close: parts.at(-1)!.close,
          volume: parts.length,
        }));
        expect(candles).toEqual(expected);
      }
    }),
  );
});

/** Five-minute candles of a stock from a Wednesday on, over an early close and a holiday, with some missing. */
const anyStockLower = fc
  .array(fc.option(anyOhlc, { freq: 9, nil: undefined }), { minLength: 1, maxLength: 170 })
  .map((rows): Candles => {
    const all = stockCandles('2025-07-02', '2025-07-07', '5m', (k) => rows[k] ?? flat(100));
    const some = new Candles('5m', undefined, 0, US_STOCKS);
    for (const [k, row] of rows.entries()) if (row !== undefined) some.append(all.at(k));
    return some;
  });

test('of stocks too, counted from the open of each session', () => {
  fc.assert(
    fc.property(anyStockLower, fc.constantFrom<Timeframe>('15m', '1h', '4h', '1d'), (lower, timeframe) => {
      const all = Array.from({ length: lower.length }, (_, i) => lower.at(i));
      const duration = TIMEFRAME_MS[timeframe];
      const spanOf = (openTime: number) => {
        const { open, close } = sessionsOf('2025-07-02', '2025-07-07').findLast((session) => session.open <= openTime)!;
        const from = open + Math.floor((openTime - open) / duration) * duration;
        return { from, to: Math.min(from + duration, close) };
      };
      for (const [i, candles] of resample(lower, timeframe).entries()) {
        const now = lower.closeTimeAt(i);
        const whole = Map.groupBy(all, ({ openTime }) => spanOf(openTime).from);
        const ended = [...whole].filter(([from]) => spanOf(from).to <= now && from >= all[0]!.openTime);
        const expected = ended.map(([openTime, parts]) => ({
          openTime,
          open: parts[0]!.open,
          high: Math.max(...parts.map(({ high }) => high)),
          low: Math.min(...parts.map(({ low }) => low)),
          close: parts.at(-1)!.close,
          volume: parts.length,
        }));
        expect(candles).toEqual(expected);
      }
    }),
  );
});

const TEXTS = ['sma(2)', 'ema(2)', 'macd(2,3,2)', 'atr(2)', 'stochastic(3,1,2)'];

function higher(lower: Candles, text: string): HigherTimeframeIndicator {
  return new HigherTimeframeIndicator(lower, '3m', (candles) => createWithAllOutputs(candles, text));
}

const rows = ({ outputs }: HigherTimeframeIndicator, count: number) =>
  Object.values(outputs).map(({ values }) => [...values.subarray(0, count)]);

test.each(TEXTS)('%s of a higher timeframe: its value at a candle never depends on a later one', (text) => {
  fc.assert(
    fc.property(anyLower, fc.nat(), (lower, where) => {
      const count = lower.length === 0 ? 0 : where % lower.length;
      const [all, some] = [higher(lower, text), higher(firstOf(lower, count), text)];
      all.advance(0, lower.length);
      some.advance(0, count);
      expect(rows(all, count)).toEqual(rows(some, count));
    }),
  );
});

test.each(TEXTS)('%s of a higher timeframe: the same however the candles are cut', (text) => {
  fc.assert(
    fc.property(anyLower, fc.array(fc.nat(60)), (lower, cuts) => {
      const [whole, cut] = [higher(lower, text), higher(lower, text)];
      whole.advance(0, lower.length);
      const bounds = [0, ...cuts.map((at) => Math.min(at, lower.length)), lower.length].sort((a, b) => a - b);
      for (const [k, to] of bounds.entries()) if (k > 0) cut.advance(bounds[k - 1]!, to);
      expect(rows(cut, lower.length)).toEqual(rows(whole, lower.length));
    }),
  );
});

test('holds the value of the last closed higher candle, and none before there is one', () => {
  const lower = candlesOf([1, 2, 3, 4, 5, 6, 7].map(flat));
  const indicator = higher(lower, 'sma(1)');
  indicator.advance(0, 7);
  const { NaN: none } = Number;
  expect([...indicator.outputs.sma!.values.subarray(0, 7)]).toEqual([none, none, 3, 3, 3, 6, 6]);
});
