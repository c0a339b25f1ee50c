import { expect, test } from 'vitest';
import { tiersOf } from '#tests/builders/margin.ts';
import { formatDecimal, money, ratio } from '../money.ts';
import { MarginTiers, maintenanceMargin } from './tiers.ts';

/** Bybit's BTCUSDT: the deductions 510 and 1710 are those that it publishes. */
const BTC = tiersOf(['300000', '0.0033', '150'], ['2000000', '0.005', '100'], ['2600000', '0.0056', '90']);

test('the amounts of a venue join its tiers', () => {
  expect(BTC.rows.map(({ maintenanceAmount }) => formatDecimal(maintenanceAmount))).toEqual(['0', '510', '1710']);
});

test.each([
  { notional: '0', tier: 0, margin: '0' },
  { notional: '300000', tier: 0, margin: '990' },
  { notional: '300000.01', tier: 1, margin: '990.00005' },
  { notional: '1000000', tier: 1, margin: '4490' },
  { notional: '2000000', tier: 1, margin: '9490' },
  { notional: '2600000', tier: 2, margin: '12850' },
  { name: 'beyond the last cap', notional: '3000000', tier: 2, margin: '15090' },
  { name: 'rounded up', notional: '0.000000000001', tier: 0, margin: '0.000000000001' },
])('$notional is in tier $tier and takes $margin', ({ notional, tier, margin }) => {
  expect(BTC.at(money(notional))).toBe(BTC.rows[tier]);
  expect(formatDecimal(maintenanceMargin(money(notional), BTC.rows))).toBe(margin);
});

test.each([
  { notional: '300000', leverage: '150', refusal: undefined },
  { notional: '300000', leverage: '1', refusal: undefined },
  {
    notional: '300000.01',
    leverage: '100.5',
    refusal:
      'Cannot open the position as its leverage must be 1 to 100 for a notional of 300000.01: current value is 100.5',
  },
  {
    notional: '5',
    leverage: '0.99',
    refusal: 'Cannot open the position as its leverage must be 1 to 150 for a notional of 5: current value is 0.99',
  },
  {
    notional: '2600000.1',
    leverage: '2',
    refusal:
      'Cannot open the position as its notional must be at most 2600000, the end of the last margin tier: ' +
      'current value is 2600000.1',
  },
])('$leverage x on $notional: $refusal', ({ notional, leverage, refusal }) => {
  expect(BTC.leverageRefusal(money(notional), ratio(leverage))).toBe(refusal);
});

const FIRST = { floor: '0', cap: '100', rate: '0.01', amount: '0' };

test.each([
  { name: 'none', rows: [], problem: 'as there are none' },
  { name: 'a first one above 0', rows: [{ ...FIRST, floor: '1' }], problem: 'tier 1 .* must begin at 0' },
  {
    name: 'a gap',
    rows: [FIRST, { floor: '101', cap: '200', rate: '0.02', amount: '1.01' }],
    problem: 'tier 2 .* must begin at 100 and end above it: current values are 101 to 200',
  },
  {
    name: 'a rate that does not rise',
    rows: [FIRST, { floor: '100', cap: '200', rate: '0.01', amount: '0' }],
    problem: 'tier 2 .* must be above 0.01 and below 1: current value is 0.01',
  },
  { name: 'a rate of 1', rows: [{ ...FIRST, rate: '1' }], problem: 'tier 1 .* below 1: current value is 1' },
  {
    name: 'a jump',
    rows: [FIRST, { floor: '100', cap: '200', rate: '0.02', amount: '0.9' }],
    problem: 'tier 2 .* amount must be 1 to join the tier before: current value is 0.9',
  },
])('refuses $name', ({ rows, problem }) => {
  const tiers = rows.map(({ floor, cap, rate, amount }) => ({
    floor: money(floor),
    cap: money(cap),
    maintenanceRate: ratio(rate),
    maintenanceAmount: money(amount),
    maxLeverage: ratio('10'),
  }));
  expect(() => new MarginTiers(tiers)).toThrow(new RegExp(problem));
});
