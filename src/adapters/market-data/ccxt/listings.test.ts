import { describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { instrumentFrom, listingFrom, listingsFrom } from './listings.ts';

const BTC = 'BTC/USDT' as MarketSymbol;
const [STEPS, DECIMAL_PLACES, DIGITS] = [4, 2, 3];

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
      name: 'has tens as a step',
      markets: marketWith({ price: 2, amount: -1 }),
      mode: DECIMAL_PLACES,
      expected: ['0.01', '10', '10', '0'],
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
    {
      name: 'too fine a step',
      markets: marketWith({ price: 1e-13, amount: 1 }),
      mode: STEPS,
      says: 'up to 12 decimals',
    },
    { name: 'digits', markets: marketWith({ price: 5, amount: 8 }), mode: DIGITS, says: 'must have a fixed step' },
  ])('is refused: $name', ({ markets, mode, says }) => {
    expect(() => instrumentFrom(markets, BTC, mode)).toThrow(AnswerRefused);
    expect(() => instrumentFrom(markets, BTC, mode)).toThrow(says);
  });
});

describe('a listing', () => {
  const steps = { price: 0.1, amount: 1 };
  const listed = (row: object) => {
    const markets = { 'A/B:C': { base: 'A', quote: 'B', settle: 'C', precision: steps, limits: {}, ...row } };
    return listingFrom(markets, 'A/B:C' as MarketSymbol, STEPS)!;
  };

  test.each([
    { name: 'spot', row: { type: 'spot' }, contract: 'spot', unit: 'A', settle: undefined, lot: '1' },
    {
      name: 'a linear perpetual',
      row: { type: 'swap', contractSize: 0.01, precision: { price: 0.1, amount: 0.1 } },
      contract: 'perpetual',
      unit: 'A',
      settle: 'C',
      lot: '0.001',
    },
    {
      name: 'an inverse perpetual',
      row: { type: 'swap', inverse: true, contractSize: 100 },
      contract: 'perpetual',
      unit: 'contract of 100 B',
      settle: 'C',
      lot: '1',
    },
    { name: 'a dated future', row: { type: 'future' }, contract: 'future', unit: 'A', settle: 'C', lot: '1' },
  ])('tells $name', ({ row, contract, unit, settle, lot }) => {
    const listing = listed(row);
    expect(listing).toMatchObject({ contract, unit, settle, isActive: true });
    expect(formatDecimal(listing.instrument.lot)).toBe(lot);
  });

  test('has fees where they are told, and says when it is not traded', () => {
    expect(listed({ maker: -0.0001, taker: 0.0004, active: false })).toMatchObject({
      makerFeeRate: -0.0001,
      takerFeeRate: 0.0004,
      isActive: false,
    });
    expect(listed({ maker: null })).toMatchObject({ makerFeeRate: undefined, takerFeeRate: undefined });
  });

  test('of what pays otherwise than in its quote is no instrument for a bot', () => {
    for (const row of [{ type: 'swap', inverse: true }, { type: 'option' }]) {
      const markets = { [BTC]: { base: 'BTC', quote: 'USDT', precision: steps, limits: {}, ...row } };
      expect(() => instrumentFrom(markets, BTC, STEPS)).toThrow('must be spot or a linear contract');
    }
  });

  test('that cannot be read does not hide the others', () => {
    const fine = { base: 'C', quote: 'D', precision: { price: 1e-18, amount: 1 }, limits: {} };
    const markets = {
      ...(marketWith(steps) as object),
      'A/B': { base: 'A' },
      'B/C': { type: 'swaption' },
      'C/D': fine,
    };
    expect(listingsFrom(markets, STEPS).map(({ instrument }) => instrument.symbol)).toEqual([BTC]);
    expect(() => listingsFrom([], STEPS)).toThrow(AnswerRefused);
  });
});
