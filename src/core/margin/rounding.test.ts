import { expect, test } from 'vitest';
import { formatDecimal, money, price } from '../money.ts';
import { divide, pricePer, product, quotient } from './rounding.ts';

test.each([
  { value: 7n, up: 4n, down: 3n },
  { value: 6n, up: 3n, down: 3n },
  { value: 0n, up: 0n, down: 0n },
  { value: -6n, up: -3n, down: -3n },
  { value: -7n, up: -3n, down: -4n },
])('half of $value is $up rounded up and $down rounded down', ({ value, up, down }) => {
  expect(divide(value, 2n, 'up')).toBe(up);
  expect(divide(value, 2n, 'down')).toBe(down);
});

test('products and quotients keep 12 decimals', () => {
  expect(formatDecimal(product(money('0.000001'), money('0.0000015'), 'up'))).toBe('0.000000000002');
  expect(formatDecimal(product(money('0.000001'), money('0.0000015'), 'down'))).toBe('0.000000000001');
  expect(formatDecimal(quotient(money('2'), money('3'), 'up'))).toBe('0.666666666667');
  expect(formatDecimal(quotient(money('2'), money('3'), 'down'))).toBe('0.666666666666');
});

test.each([
  { value: '100', quantity: '3', step: '0.5', up: '33.5', down: '33' },
  { value: '99', quantity: '3', step: '0.5', up: '33', down: '33' },
])('$value for $quantity is $down to $up on steps of $step', ({ value, quantity, step, up, down }) => {
  expect(formatDecimal(pricePer(money(value), money(quantity), price(step), 'up'))).toBe(up);
  expect(formatDecimal(pricePer(money(value), money(quantity), price(step), 'down'))).toBe(down);
});
