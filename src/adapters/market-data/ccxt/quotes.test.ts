import { describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { fundingRatesFrom, tickersFrom } from './quotes.ts';

const NOW = Date.UTC(2026, 0, 5) as EpochMs;
const [A, B] = ['A/X', 'B/X'] as MarketSymbol[];
const SOUND = { bid: 99, ask: 101, last: 100, timestamp: NOW - 1000 };

describe('a ticker', () => {
  test.each([
    { name: 'whole', row: SOUND, expected: { bid: 99, ask: 101, last: 100, at: NOW - 1000 } },
    { name: 'without a time', row: { ...SOUND, timestamp: undefined }, expected: { last: 100, at: NOW } },
    { name: 'with a last price only', row: { last: 100 }, expected: { bid: undefined, ask: undefined, last: 100 } },
  ])('$name', ({ row, expected }) => {
    expect(tickersFrom({ [A!]: row }, [A!], NOW).rows.get(A!)).toMatchObject(expected);
  });

  test.each([
    { name: 'NaN', row: { ...SOUND, last: Number.NaN }, says: 'last' },
    { name: 'infinite', row: { ...SOUND, bid: Number.POSITIVE_INFINITY }, says: 'bid' },
    { name: 'below 0', row: { ...SOUND, ask: -1 }, says: 'ask' },
    { name: 'zero', row: { ...SOUND, last: 0 }, says: 'last' },
    { name: 'text', row: { ...SOUND, last: '100' }, says: 'last' },
    { name: 'no price at all', row: { timestamp: NOW }, says: 'it has no price' },
    { name: 'crossed', row: { ...SOUND, bid: 102 }, says: 'its bid must not be above its ask: 102 and 101' },
    { name: 'of tomorrow', row: { ...SOUND, timestamp: NOW + 86_400_000 }, says: 'it is 2026-01-06T00:00:00.000Z' },
    { name: 'no row', row: null, says: 'expected object' },
  ])('that lies is missing, and the others are there: $name', ({ row, says }) => {
    const { rows, missing } = tickersFrom({ [A!]: row, [B!]: SOUND }, [A!, B!], NOW);
    expect([...rows.keys()]).toEqual([B]);
    expect(missing.get(A!)).toContain(says);
  });

  test('that was not answered is missing', () => {
    expect(tickersFrom({ [A!]: SOUND }, [A!, B!], NOW).missing).toEqual(new Map([[B, 'it is not in the answer']]));
  });

  test.each([undefined, null, [], 'busy', 5])('an answer that is no list is refused: %j', (answer) => {
    expect(() => tickersFrom(answer, [A!], NOW)).toThrow(AnswerRefused);
  });
});

describe('a funding rate', () => {
  test.each([
    {
      name: 'whole',
      row: { fundingRate: -0.0003, fundingTimestamp: NOW, interval: '8h' },
      expected: { rate: -0.0003, dueAt: NOW, intervalMs: 28_800_000 },
    },
    { name: 'of zero', row: { fundingRate: 0 }, expected: { rate: 0, dueAt: undefined, intervalMs: undefined } },
  ])('$name', ({ row, expected }) => {
    expect(fundingRatesFrom({ [A!]: row }, [A!]).rows.get(A!)).toEqual(expected);
  });

  test.each([
    { row: { fundingRate: Number.NaN } },
    { row: { fundingRate: 1.5 } },
    { row: { fundingRate: '0.1' } },
    { row: {} },
  ])('that lies is missing: $row', ({ row }) => {
    expect(fundingRatesFrom({ [A!]: row }, [A!])).toMatchObject({
      rows: new Map(),
      missing: new Map([[A, expect.stringContaining('fundingRate')]]),
    });
  });
});
