import { expect, test } from 'vitest';
import { formatDecimal, money, price, quantity, ratio } from '../money.ts';
import { closeValue, openValue, returnOnMargin, tradeProfit } from './trade-value.ts';

test.each([
  // 1,000 + 1 paid; 1,100 - 1.1 received, less 0.5 of funding: 1,098.4 - 1,001 = 97.4, of 200.2 of margin.
  { direction: 'long', from: '100', to: '110', carry: '-0.5', opened: '1001', closed: '1098.4', profit: '97.4' },
  // 1,000 - 1 received; 1,100 + 1.1 paid, less 0.5 of funding received: 999 - 1,100.6.
  { direction: 'short', from: '100', to: '110', carry: '0.5', opened: '999', closed: '1100.6', profit: '-101.6' },
] as const)('ten $direction from $from to $to', ({ direction, from, to, carry, ...expected }) => {
  const deal = { direction, quantity: quantity('10'), feeRate: ratio('0.001') };
  const opened = openValue({ ...deal, price: price(from) });
  const closed = closeValue({ ...deal, price: price(to) }, money(carry));
  const profit = tradeProfit(direction, opened, closed);
  expect({ opened, closed, profit }).toEqual({
    opened: money(expected.opened),
    closed: money(expected.closed),
    profit: money(expected.profit),
  });
  expect(returnOnMargin(profit, opened, ratio('5'))).toBeCloseTo(
    (Number(expected.profit) * 5) / Number(expected.opened),
    12,
  );
});

test.each([
  { direction: 'long', value: '0.000000000002' },
  { direction: 'short', value: '0' },
] as const)('values are rounded against a $direction', ({ direction, value }) => {
  const dust = { quantity: quantity('0.000001'), price: price('0.000001'), feeRate: ratio('0.001') };
  expect(formatDecimal(openValue({ ...dust, direction }))).toBe(value);
});
