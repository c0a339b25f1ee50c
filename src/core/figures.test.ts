import { expect, test } from 'vitest';
import { figure, signedFigure } from './figures.ts';

test.each([
  { value: 1234.5, decimals: 2, plain: '1,234.50', signed: '+1,234.50' },
  { value: -3, decimals: 1, plain: '−3.0', signed: '−3.0' },
  { value: 0, decimals: 2, plain: '0.00', signed: '0.00' },
  { value: -0.004, decimals: 2, plain: '0.00', signed: '0.00' },
  { value: 999_999.5, decimals: 0, plain: '1,000,000', signed: '+1,000,000' },
])('$value with $decimals decimals', ({ value, decimals, plain, signed }) => {
  expect(figure(value, decimals)).toBe(plain);
  expect(signedFigure(value, decimals)).toBe(signed);
});
