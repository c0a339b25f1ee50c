import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  candleCloseTime,
  candleOpenTime,
  type EpochMs,
  epochMs,
  isTimeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
  type Timeframe,
  timeframeOf,
} from './time.ts';

const MINUTE = 60_000;
const anyTime = fc.integer({ min: -4e12, max: 8e12 }).map(epochMs);
const at = (text: string) => epochMs(Temporal.Instant.from(text).epochMilliseconds);
const text = (time: EpochMs) => Temporal.Instant.fromEpochMilliseconds(time).toString();

/** The same boundary as the calendar has it. */
function calendarOpen(time: EpochMs, timeframe: Timeframe): number {
  const instant = Temporal.Instant.fromEpochMilliseconds(time);
  if (timeframe === '1w') {
    const { dayOfWeek } = instant.toZonedDateTimeISO('UTC');
    return instant
      .toZonedDateTimeISO('UTC')
      .startOfDay()
      .subtract({ days: dayOfWeek - 1 }).epochMilliseconds;
  }
  const minutes = TIMEFRAME_MS[timeframe] / MINUTE;
  return instant.round({ smallestUnit: 'minute', roundingIncrement: minutes, roundingMode: 'floor' }).epochMilliseconds;
}

test.each([
  { timeframe: '1m', open: '2024-02-29T13:47:00Z', close: '2024-02-29T13:48:00Z' },
  { timeframe: '3m', open: '2024-02-29T13:45:00Z', close: '2024-02-29T13:48:00Z' },
  { timeframe: '5m', open: '2024-02-29T13:45:00Z', close: '2024-02-29T13:50:00Z' },
  { timeframe: '15m', open: '2024-02-29T13:45:00Z', close: '2024-02-29T14:00:00Z' },
  { timeframe: '30m', open: '2024-02-29T13:30:00Z', close: '2024-02-29T14:00:00Z' },
  { timeframe: '1h', open: '2024-02-29T13:00:00Z', close: '2024-02-29T14:00:00Z' },
  { timeframe: '2h', open: '2024-02-29T12:00:00Z', close: '2024-02-29T14:00:00Z' },
  { timeframe: '4h', open: '2024-02-29T12:00:00Z', close: '2024-02-29T16:00:00Z' },
  { timeframe: '6h', open: '2024-02-29T12:00:00Z', close: '2024-02-29T18:00:00Z' },
  { timeframe: '12h', open: '2024-02-29T12:00:00Z', close: '2024-03-01T00:00:00Z' },
  { timeframe: '1d', open: '2024-02-29T00:00:00Z', close: '2024-03-01T00:00:00Z' },
  { timeframe: '1w', open: '2024-02-26T00:00:00Z', close: '2024-03-04T00:00:00Z' },
] as const)('the $timeframe candle of Thursday 2024-02-29 13:47:12.345', ({ timeframe, open, close }) => {
  const moment = at('2024-02-29T13:47:12.345Z');
  expect(text(candleOpenTime(moment, timeframe))).toBe(open);
  expect(text(candleCloseTime(moment, timeframe))).toBe(close);
});

test.each([
  { name: 'the last millisecond of Sunday', moment: '2024-03-03T23:59:59.999Z', open: '2024-02-26T00:00:00Z' },
  { name: 'Monday midnight', moment: '2024-03-04T00:00:00Z', open: '2024-03-04T00:00:00Z' },
  { name: 'the epoch, a Thursday', moment: '1970-01-01T00:00:00Z', open: '1969-12-29T00:00:00Z' },
  { name: 'before 1970', moment: '1969-12-28T23:59:59.999Z', open: '1969-12-22T00:00:00Z' },
])('the week opens on Monday: $name', ({ moment, open }) => {
  expect(text(candleOpenTime(at(moment), '1w'))).toBe(open);
});

test.each(TIMEFRAMES)('%s candles are half-open and follow the calendar, before 1970 too', (timeframe) => {
  fc.assert(
    fc.property(anyTime, (time) => {
      const open = candleOpenTime(time, timeframe);
      const close = candleCloseTime(time, timeframe);
      expect(open).toBe(calendarOpen(time, timeframe));
      expect(close - open).toBe(TIMEFRAME_MS[timeframe]);
      expect(candleOpenTime(open, timeframe)).toBe(open);
      expect(candleOpenTime(epochMs(close - 1), timeframe)).toBe(open);
      expect(candleOpenTime(close, timeframe)).toBe(close);
    }),
  );
});

test('a duration names its timeframe', () => {
  expect(TIMEFRAMES.map((timeframe) => timeframeOf(TIMEFRAME_MS[timeframe]))).toEqual(TIMEFRAMES);
  expect(timeframeOf(2 * MINUTE)).toBeUndefined();
});

test.each([
  { word: '4h', expected: true },
  { word: '2m', expected: false },
  { word: 'toString', expected: false },
])('isTimeframe("$word") is $expected', ({ word, expected }) => {
  expect(isTimeframe(word)).toBe(expected);
});

test.each([0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('epochMs refuses %d', (value) => {
  expect(() => epochMs(value)).toThrow(
    new RangeError(`A time must be whole UTC milliseconds: current value is ${value}`),
  );
});
