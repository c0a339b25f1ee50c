import { expect, test } from 'vitest';
import { candlesOf, flat, MONDAY } from '#tests/builders/candles.ts';
import { type Candle, Candles } from './candles.ts';
import { epochMs, TIMEFRAME_MS } from './time.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const FIELDS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
const candle = (openTime: number, price = 100): Candle => ({
  openTime: epochMs(openTime),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
});

test('keeps what was appended, gaps and all', () => {
  const candles = new Candles('1m');
  const rows = [0, 1, 4, 5].map((minute) => candle(MONDAY + minute * MINUTE, 100 + minute));
  for (const row of rows) candles.append(row);
  expect(rows.map((_, i) => candles.at(i))).toEqual(rows);
  expect(rows.map((_, i) => candles.closeTimeAt(i))).toEqual(rows.map(({ openTime }) => openTime + MINUTE));
  expect([candles.length, candles.known]).toEqual([4, 4]);
});

test.each([
  { name: 'off the grid', timeframe: '5m', openTime: MONDAY + MINUTE, says: 'it is not on the 5m grid' },
  { name: 'a week that opens on Thursday', timeframe: '1w', openTime: 0, says: 'it is not on the 1w grid' },
  { name: 'the same time twice', timeframe: '5m', openTime: MONDAY, says: `${MONDAY} is not after ${MONDAY}` },
  { name: 'an earlier one', timeframe: '5m', openTime: MONDAY - 5 * MINUTE, says: `is not after ${MONDAY}` },
] as const)('refuses $name, and keeps nothing of it', ({ timeframe, openTime, says }) => {
  const candles = candlesOf([flat(100)], timeframe);
  expect(() => candles.append(candle(openTime))).toThrow(says);
  expect(() => candles.append(candle(openTime))).toThrow(RangeError);
  expect([candles.length, candles.known]).toEqual([1, 1]);
});

test('of columns with a gap, every candle has its own time', () => {
  const recorded = candlesOf([flat(1), undefined, flat(3), flat(4)]);
  const again = new Candles('1m', recorded, recorded.length);
  expect([0, 1, 2].map((i) => again.at(i))).toEqual([0, 1, 2].map((i) => recorded.at(i)));
  expect([0, 1, 2].map((i) => (again.openTimeAt(i) - MONDAY) / MINUTE)).toEqual([0, 2, 3]);
});

test.each([
  { name: 'before the first', moment: -1, index: -1, closed: -1 },
  { name: 'at an open', moment: 0, index: 0, closed: -1 },
  { name: 'inside', moment: 0.5, index: 0, closed: -1 },
  { name: 'at a close', moment: 1, index: 1, closed: 0 },
  { name: 'in a gap', moment: 2.5, index: 1, closed: 1 },
  { name: 'after a gap', moment: 4, index: 2, closed: 1 },
  { name: 'after the last', moment: 99, index: 3, closed: 3 },
])('looks up a time: $name', ({ moment, index, closed }) => {
  const candles = candlesOf([flat(1), flat(2), undefined, undefined, flat(5), flat(6)]);
  const at = MONDAY + moment * MINUTE;
  expect([candles.indexAt(at), candles.indexClosedAt(at)]).toEqual([index, closed]);
});

test.each([-1, 2, 3, Number.NaN])('candle %d of two cannot be read', (i) => {
  const candles = candlesOf([flat(1), flat(2)]);
  for (const read of [() => candles.at(i), () => candles.openTimeAt(i), () => candles.closeTimeAt(i)]) {
    expect(read).toThrow(new RangeError(`Candle ${i} cannot be read: 2 candles are closed`));
  }
});

test('a replay cannot be asked about what it has not closed', () => {
  const recorded = candlesOf([flat(1), flat(2), flat(3)]);
  const replay = Candles.replayOf(recorded);
  for (let closed = 0; closed < 3; closed++) {
    for (let i = closed; i < 3; i++) {
      expect(() => replay.at(i)).toThrow(`Candle ${i} cannot be read: ${closed} candles are closed`);
      expect(() => replay.closeTimeAt(i)).toThrow(RangeError);
    }
    expect(replay.indexAt(Number.POSITIVE_INFINITY)).toBe(closed - 1);
    expect(replay.closeNext()).toBe(closed);
    expect(replay.at(closed)).toEqual(recorded.at(closed));
  }
  expect(() => replay.closeNext()).toThrow(new RangeError('The replay ended: all of its 3 candles are closed'));
  expect(recorded.length).toBe(3);
});

test('a replay may begin with candles closed, and close several at once', () => {
  const replay = Candles.replayOf(candlesOf([flat(1), flat(2), flat(3)]), 1);
  expect([replay.length, replay.known]).toEqual([1, 3]);
  replay.closeUntil(3);
  expect(replay.length).toBe(3);
  replay.closeUntil(1);
  expect(replay.length).toBe(3);
  expect(() => replay.closeUntil(4)).toThrow(new RangeError('Candle 4 cannot be closed: 3 candles are known'));
});

test('its columns hold every known row', () => {
  const candles = candlesOf([[1, 4, 0.5, 2, 7]]);
  expect(FIELDS.map((field) => candles[field].values[0])).toEqual([MONDAY, 1, 4, 0.5, 2, 7]);
});
