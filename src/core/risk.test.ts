import { expect, test } from 'vitest';
import { gridOf } from '#tests/builders/instruments.ts';
import { orderOf, requestOf } from '#tests/builders/orders.ts';
import type { Sizing } from './bots.ts';
import type { GridPrice } from './grid.ts';
import { money, quantity } from './money.ts';
import { approveEntry, approveExit, boundedQuantity, riskAtStop, sizedQuantity } from './risk.ts';
import { REASONS } from './signals.ts';

const GRID = gridOf({ tick: '0.05', lot: '0.001', minQuantity: '0.002', minNotional: '5' });
const { intent } = orderOf();

const fixed = (text: string): Sizing => ({ kind: 'quantity', quantity: quantity(text) });
const ofCapital = (percent: number): Sizing => ({ kind: 'percent-of-capital', percent });
const atRisk = (percent: number): Sizing => ({ kind: 'risk-per-trade', percent });

test.each([
  { name: 'a fixed quantity', sizing: fixed('1.5'), expected: 1.5 },
  { name: 'a fifth of the capital', sizing: ofCapital(20), expected: 20 },
  { name: 'all of it', sizing: ofCapital(100), expected: 100 },
  { name: 'down to the lot', sizing: ofCapital(20), price: 30_000, expected: 0.066 },
  { name: 'less than a lot is nothing', sizing: ofCapital(1), price: 200_000, expected: 0 },
  { name: 'one percent lost at the stop', sizing: atRisk(1), stop: 5, expected: 20 },
  { name: 'down to the lot, so that no more is lost', sizing: atRisk(1), stop: 7, expected: 14.285 },
  { name: 'a closer stop buys more', sizing: atRisk(1), stop: 0.5, expected: 200 },
])('sizes $name', ({ sizing, price = 100, stop, expected }) => {
  expect(GRID.quantityNumber(sizedQuantity(GRID, sizing, 10_000, price, stop))).toBe(expected);
});

test.each([
  { name: 'risk without a stop', sizing: atRisk(1), says: 'Cannot size by risk per trade as the entry has no stop' },
  {
    name: 'a quantity between lots',
    sizing: fixed('0.0015'),
    says: "The quantity must be a multiple of BTC/USDT's lot 0.001: current value is 0.0015",
  },
])('cannot size $name', ({ sizing, says }) => {
  expect(() => sizedQuantity(GRID, sizing, 10_000, 100, undefined)).toThrow(new RangeError(says));
});

test.each([
  { name: 'nothing is asked', bounds: {}, expected: 1.5 },
  { name: 'the most quantity', bounds: { maxQuantity: quantity('1.2345') }, expected: 1.234 },
  { name: 'the most notional', bounds: { maxNotional: money('99.99') }, expected: 0.999 },
  { name: 'the smaller of two', bounds: { maxQuantity: quantity('1'), maxNotional: money('50') }, expected: 0.5 },
  { name: 'just the least', bounds: { minQuantity: quantity('1.5'), minNotional: money('150') }, expected: 1.5 },
  { name: 'under the least quantity', bounds: { minQuantity: quantity('1.501') }, expected: 0 },
  { name: 'under the least notional', bounds: { minNotional: money('150.01') }, expected: 0 },
  { name: 'cut under the least', bounds: { maxQuantity: quantity('1'), minNotional: money('120') }, expected: 0 },
])('bounds 1.5 at 100 by $name', ({ bounds, expected }) => {
  const sized = GRID.quantityOf(quantity('1.5'));
  expect(GRID.quantityNumber(boundedQuantity(GRID, bounds, sized, 100))).toBe(expected);
});

test('what is lost at the stop has the fee of both sides in it; without a stop all may be lost', () => {
  const sized = GRID.quantityOf(quantity('2'));
  const fees = 2 * 100 * 2 * GRID.takerFraction;
  expect(riskAtStop(GRID, sized, 100, 3)).toBeCloseTo(6 + fees, 10);
  expect(riskAtStop(GRID, sized, 100, undefined)).toBeCloseTo(200 + fees, 10);
});

/** 1 at 100.00: a notional of 100 in grid units of 10^-5. */
const AT = 10_000 as GridPrice;
const NOTIONAL = 10_000 * 1_000;
const ROOM = { ofCapital: NOTIONAL, ofEquity: NOTIONAL, ofDailyLoss: 50 };

test('lets an entry through that takes all the room there is', () => {
  const verdict = approveEntry(GRID, intent, requestOf({ quantity: 1_000 }), AT, ROOM, 50);
  expect(verdict).toMatchObject({ kind: 'approved', order: { intent, quantity: 1_000, state: { kind: 'intended' } } });
});

test.each([
  { name: 'nothing', quantity: 0, reason: REASONS.underMinimum, why: REASONS.underMinimum.why },
  { name: 'less than the least quantity', quantity: 1, reason: REASONS.underMinimum, why: REASONS.underMinimum.why },
  {
    name: 'less than the least notional',
    quantity: 49,
    reason: REASONS.underMinimum,
    why: 'Cannot place order on "BTC/USDT" as its notional must be >= 5 USDT: current value is 4.9 USDT',
  },
  {
    name: 'a price off the tick',
    quantity: 1_000,
    price: 10_001,
    reason: REASONS.underMinimum,
    why: 'Cannot place order on "BTC/USDT" as its price must be a multiple of 0.05: current value is 100.01',
  },
  {
    name: "more than the bot's capital leaves",
    quantity: 1_000,
    room: { ...ROOM, ofCapital: NOTIONAL - 1 },
    reason: REASONS.overCapital,
    why: REASONS.overCapital.why,
  },
  {
    name: "more than the account's equity leaves",
    quantity: 1_000,
    room: { ...ROOM, ofEquity: NOTIONAL - 1 },
    reason: REASONS.overCapital,
    why: REASONS.overCapital.why,
  },
  {
    name: 'anything when there is no room',
    quantity: 1_000,
    room: { ...ROOM, ofCapital: -1, ofEquity: -1 },
    reason: REASONS.overCapital,
    why: REASONS.overCapital.why,
  },
  {
    name: 'more risk than the daily loss limit leaves',
    quantity: 1_000,
    risk: 50.01,
    reason: REASONS.dailyLoss,
    why: "the account's daily loss limit leaves no room for the risk: 50.00 is left, and it risks 50.01",
  },
  {
    name: 'any risk once the limit is lost',
    quantity: 1_000,
    risk: 1,
    room: { ...ROOM, ofDailyLoss: -3 },
    reason: REASONS.dailyLoss,
    why: "the account's daily loss limit leaves no room for the risk: 0.00 is left, and it risks 1.00",
  },
])('refuses $name', ({ room = ROOM, risk = 0, reason, why, ...request }) => {
  const verdict = approveEntry(GRID, intent, requestOf(request), AT, room, risk);
  expect(verdict).toEqual({ kind: 'refused', reason, why });
});

test('an exit is never refused: a limit must not hold a position open', () => {
  const request = { ...requestOf({ leg: 'exit', side: 'sell', quantity: 1 }), effect: 'reduce-only' as const };
  expect(approveExit(intent, request)).toMatchObject({ quantity: 1, effect: 'reduce-only', leg: 'exit' });
});
