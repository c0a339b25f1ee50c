import { describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/bots.ts';
import { formatDecimal } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import { AnswerRefused, candlesFrom, instrumentFrom, krakenTradesFrom } from './answers.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const [STEPS, DECIMAL_PLACES, DIGITS] = [4, 2, 3];
const HOUR = 3_600_000;

/** A market as CCXT lists it, with some fields replaced. */
function marketWith(precision: object, limits: object = {}): unknown {
  return { [BTC]: { base: 'BTC', quote: 'USDT', precision, limits: { amount: {}, cost: {}, ...limits }, other: 1 } };
}

describe('an instrument', () => {
  test.each([
    {
      name: 'has steps and minimums',
      markets: marketWith({ price: 0.1, amount: 1e-8 }, { amount: { min: 0.0001 }, cost: { min: 5 } }),
      mode: STEPS,
      expected: ['0.1', '0.00000001', '0.0001', '5'],
    },
    {
      name: 'has numbers of decimals',
      markets: marketWith({ price: 2, amount: 3 }),
      mode: DECIMAL_PLACES,
      expected: ['0.01', '0.001', '0.001', '0'],
    },
    {
      name: 'without minimums takes a lot',
      markets: marketWith({ price: 0.5, amount: 0.25 }, { amount: { min: null }, cost: undefined }),
      mode: STEPS,
      expected: ['0.5', '0.25', '0.25', '0'],
    },
    {
      name: 'whose steps are too fine for exact money together has a coarser lot',
      markets: marketWith({ price: 1e-8, amount: 1e-8 }, { amount: { min: 1e-6 } }),
      mode: STEPS,
      expected: ['0.00000001', '0.0001', '0.0001', '0'],
    },
  ])('$name', ({ markets, mode, expected }) => {
    const { tick, lot, minQuantity, minNotional } = instrumentFrom(markets, BTC, mode)!;
    expect([tick, lot, minQuantity, minNotional].map(formatDecimal)).toEqual(expected);
  });

  test.each([
    { name: 'no list', markets: undefined, mode: STEPS, says: 'its markets must be listed' },
    { name: 'no step', markets: marketWith({ price: 0.1, amount: null }), mode: STEPS, says: 'precision.amount' },
    { name: 'a step of 0', markets: marketWith({ price: 0, amount: 1 }), mode: STEPS, says: 'precision.price' },
    { name: 'digits', markets: marketWith({ price: 5, amount: 8 }), mode: DIGITS, says: 'must have a fixed step' },
  ])('is refused: $name', ({ markets, mode, says }) => {
    expect(() => instrumentFrom(markets, BTC, mode)).toThrow(AnswerRefused);
    expect(() => instrumentFrom(markets, BTC, mode)).toThrow(says);
  });
});

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
    { name: 'a time twice', answer: [sound, sound], says: 'must ascend in time' },
  ])('are refused: $name', ({ answer, says }) => {
    expect(() => candlesFrom(answer, '1h', 0 as EpochMs)).toThrow(AnswerRefused);
    expect(() => candlesFrom(answer, '1h', 0 as EpochMs)).toThrow(says);
  });

  test('before the time that was asked for are left out', () => {
    const [time, ...rest] = sound;
    const answer = [sound, [time! + HOUR, ...rest], [time! + 2 * HOUR, ...rest]];
    expect(candlesFrom(answer, '1h', HOUR as EpochMs).map(({ openTime }) => openTime)).toEqual([HOUR, 2 * HOUR]);
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
