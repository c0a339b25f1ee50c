import { describe, expect, test } from 'vitest';
import type { EpochMs } from '#core/time.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { candlesFrom, krakenTradesFrom } from './answers.ts';

const HOUR = 3_600_000;
const NOW = (2.5 * HOUR) as EpochMs;

describe('candles', () => {
  const sound = [0, 100, 102, 99, 101, 5];

  test.each([
    { name: 'no list', answer: { error: 'busy' }, says: 'candles must be rows' },
    { name: 'text in a row', answer: [[0, '100', 102, 99, 101, 5]], says: 'must be six numbers' },
    { name: 'NaN', answer: [[0, 100, 102, Number.NaN, 101, 5]], says: 'must be six numbers' },
    { name: 'a short row', answer: [[0, 100, 102, 99, 101]], says: 'must be six numbers' },
    { name: 'a high below the close', answer: [[0, 100, 100, 99, 101, 5]], says: 'must have sound prices' },
    { name: 'a price of 0', answer: [[0, 100, 102, 0, 101, 5]], says: 'must have sound prices' },
    { name: 'a volume below 0', answer: [[0, 100, 102, 99, 101, -5]], says: 'must have sound prices' },
    {
      name: 'a time off the grid',
      answer: [[60_000, 100, 102, 99, 101, 5]],
      says: 'must open on a 1h boundary in UTC',
    },
    {
      name: 'a time beyond all dates',
      answer: [[9e15 + 1, 100, 102, 99, 101, 5]],
      says: 'one opens at 9000000000000001 ms',
    },
    { name: 'one of the future', answer: [sound, [5 * HOUR, 100, 102, 99, 101, 5]], says: 'a candle must have opened' },
    { name: 'a time twice', answer: [sound, sound], says: 'must ascend in time' },
  ])('are refused: $name', ({ answer, says }) => {
    expect(() => candlesFrom(answer, '1h', 0 as EpochMs, NOW)).toThrow(AnswerRefused);
    expect(() => candlesFrom(answer, '1h', 0 as EpochMs, NOW)).toThrow(says);
  });

  test('before the time that was asked for are left out', () => {
    const [time, ...rest] = sound;
    const answer = [sound, [time! + HOUR, ...rest], [time! + 2 * HOUR, ...rest]];
    expect(candlesFrom(answer, '1h', HOUR as EpochMs, NOW).map(({ openTime }) => openTime)).toEqual([HOUR, 2 * HOUR]);
  });
});

describe('trades', () => {
  const trade = (timestamp: number, info: unknown = ['1', '1']) => ({ timestamp, price: 100, amount: 1, info });

  test('come with the place after the last of them', () => {
    const page = krakenTradesFrom([trade(1), trade(2, ['1', '1', 2, 'b', 'l', '', 7, '2000001'])], '5');
    expect(page).toEqual({
      trades: [
        { at: 1, price: 100, amount: 1 },
        { at: 2, price: 100, amount: 1 },
      ],
      next: '2000001',
    });
    expect(krakenTradesFrom([], '5')).toEqual({ trades: [], next: '5' });
  });

  test.each([
    { name: 'no price', answer: [{ ...trade(1), price: undefined }], says: 'must have time, price and amount' },
    { name: 'unsorted', answer: [trade(2), trade(1, ['3'])], says: 'must ascend in time' },
    { name: 'no place', answer: [trade(1, ['1', 'x'])], says: 'the place after the last' },
    { name: 'another form', answer: [trade(1, { last: 5 })], says: 'the place after the last' },
  ])('are refused: $name', ({ answer, says }) => {
    expect(() => krakenTradesFrom(answer, '5')).toThrow(AnswerRefused);
    expect(() => krakenTradesFrom(answer, '5')).toThrow(says);
  });
});
