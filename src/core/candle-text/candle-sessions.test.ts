import { describe, expect, test } from 'vitest';
import { US_STOCKS } from '../sessions/us-stocks.ts';
import type { Timeframe } from '../time.ts';
import { CANDLE_HEADER, CandleTextReader } from './candle-text.ts';

/** Reads rows that all look the same, at these times. */
function read(times: readonly string[], timeframe: Timeframe, allowGaps = false) {
  const rows = times.map((time) => `${Date.parse(time)},10,11,9,10,1`);
  const reader = new CandleTextReader({ timeframe, allowGaps, calendar: US_STOCKS });
  reader.push(new TextEncoder().encode([CANDLE_HEADER, ...rows, ''].join('\n')));
  return reader.end();
}

function timesOf({ candles }: ReturnType<typeof read>): readonly string[] {
  return Array.from({ length: candles.length }, (_, i) =>
    new Date(candles.openTimeAt(i)).toISOString().replace(':00.000Z', 'Z'),
  );
}

describe('candles of stocks', () => {
  test('before and after hours are left out', () => {
    const inside = ['2025-07-02T13:30Z', '2025-07-02T13:45Z'];
    const got = read(['2025-07-02T13:00Z', '2025-07-02T13:15Z', ...inside, '2025-07-02T20:00Z'], '15m', true);
    expect(timesOf(got)).toEqual(inside);
    expect([got.outside, got.gaps]).toEqual([{ 'pre-market': 2, 'post-market': 1, closed: 0 }, []]);
    expect(got.candles.calendar).toBe(US_STOCKS);
  });

  test('leave no gap between sessions, over an early close, a holiday and a weekend', () => {
    const got = read(['2025-07-03T16:00Z', '2025-07-03T16:30Z', '2025-07-07T13:30Z', '2025-07-07T14:00Z'], '30m');
    expect(got.gaps).toEqual([]);
  });

  test('leave one where a session misses some, or a whole session is missing', () => {
    const times = ['2025-07-03T15:30Z', '2025-07-07T14:00Z', '2025-07-07T14:30Z', '2025-07-09T13:30Z'];
    // 12:00 and 12:30 of the 3rd and 09:30 of the 7th; ten of the 7th and thirteen of the 8th.
    expect(read(times, '30m', true).gaps).toEqual([
      { afterOpenTime: Date.parse('2025-07-03T15:30Z'), missing: 3 },
      { afterOpenTime: Date.parse('2025-07-07T14:30Z'), missing: 23 },
    ]);
    expect(() => read(times, '30m')).toThrow('line 3: no candle may be missing: 3 candles missing after');
  });

  test('longer than half an hour are counted from the open', () => {
    expect(timesOf(read(['2025-07-02T18:30Z', '2025-07-02T19:30Z', '2025-07-03T13:30Z'], '1h'))).toHaveLength(3);
    expect(() => read(['2025-07-02T14:00Z', '2025-07-02T15:00Z'], '1h')).toThrow(
      "line 2: a 1h candle must open on a 1h boundary counted from the session's open: it opens at 2025-07-02T14:00:00Z",
    );
  });

  test.each([
    { name: "the exchange's midnight", times: ['2025-07-02T04:00Z', '2025-07-03T04:00Z', '2025-07-07T04:00Z'] },
    { name: 'midnight in UTC', times: ['2025-07-02T00:00Z', '2025-07-03T00:00Z', '2025-07-07T00:00Z'] },
    { name: 'the open', times: ['2025-07-02T13:30Z', '2025-07-03T13:30Z', '2025-07-07T13:30Z'] },
  ])('of a day may be dated by $name', ({ times }) => {
    const got = read(times, '1d');
    expect(timesOf(got)).toEqual(['2025-07-02T13:30Z', '2025-07-03T13:30Z', '2025-07-07T13:30Z']);
    expect(got.candles.closeTimeAt(1)).toBe(Date.parse('2025-07-03T17:00Z'));
    expect(got.gaps).toEqual([]);
  });

  test.each([
    { name: 'a day without a session', times: ['2025-07-03T04:00Z', '2025-07-04T04:00Z'], line: 6 },
    { name: 'a day that stands twice', times: ['2025-07-03T00:00Z', '2025-07-03T04:00Z'], line: 6 },
    { name: 'a time that is no date', times: ['2025-07-03T05:00Z', '2025-07-07T04:00Z'], line: 5 },
  ])('refuses $name', ({ times, line }) => {
    const rule = 'a 1d candle of us-stocks must open with its session, or at midnight of its date: it opens at';
    expect(() =>
      read(['2025-06-30', '2025-07-01', '2025-07-02'].map((date) => `${date}T04:00Z`).concat(times), '1d'),
    ).toThrow(`line ${line}: ${rule}`);
  });

  test('refuses candles of which none lies in a session', () => {
    expect(() => read(['2025-07-05T14:00Z', '2025-07-05T14:01Z'], '1m')).toThrow(
      'line 2: candles must lie in the sessions of us-stocks: none of the 2 does',
    );
  });
});
