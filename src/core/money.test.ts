import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalOf, decimalPlaces, formatDecimal, type Money, money, price, quantity, toNumber } from './money.ts';

const Exact = Decimal.clone({ precision: 60 });
const exact = (value: bigint) => new Exact(value.toString()).div(1e12);
const anyValue = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
);

test.each([
  { text: '0', value: 0n },
  { text: '-0', value: 0n },
  { text: '1', value: 1_000_000_000_000n },
  { text: '-12.5', value: -12_500_000_000_000n },
  { text: '0.000000000001', value: 1n },
  { text: '-0.000000000001', value: -1n },
  { text: '007.100', value: 7_100_000_000_000n },
  { text: '123456789012345678901234567890', value: 123456789012345678901234567890n * 10n ** 12n },
])('reads "$text"', ({ text, value }) => {
  expect([money(text), price(text), quantity(text)]).toEqual([value, value, value]);
});

test.each(['', ' ', '1.', '.5', '+1', '1e3', '1,000', '1 ', '1\n', '--1', '0x10', 'NaN', 'Infinity', '１'])(
  'refuses %j',
  (text) => {
    expect(() => money(text)).toThrow(
      new RangeError(`A decimal must look like "-12.5": current value is ${JSON.stringify(text)}`),
    );
  },
);

test('refuses a thirteenth decimal rather than round it', () => {
  expect(() => money('0.0000000000010')).toThrow(
    new RangeError('A decimal may have up to 12 decimal places: current value is "0.0000000000010"'),
  );
});

test('writes the decimal that decimal.js writes, and reads it back', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const text = formatDecimal(value);
      expect(text).toBe(exact(value).toFixed());
      expect(money(text)).toBe(value);
    }),
  );
});

test('toNumber is the float64 nearest to the exact value', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(toNumber(value as Money)).toBe(exact(value).toNumber());
    }),
  );
});

test.each([
  { value: 0, text: '0' },
  { value: 100, text: '100' },
  { value: -0.1, text: '-0.1' },
  { value: 1e-7, text: '0.0000001' },
  { value: 1.5e-11, text: '0.000000000015' },
  { value: -1e-12, text: '-0.000000000001' },
  { value: 2 ** 53, text: '9007199254740992' },
  { value: 1e21, text: '1000000000000000000000' },
])('decimalOf($value) is "$text"', ({ value, text }) => {
  expect(decimalOf(value)).toBe(text);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('decimalOf refuses %d', (value) => {
  expect(() => decimalOf(value)).toThrow(new RangeError(`A decimal must be finite: current value is ${value}`));
});

test.each([1e-13, 0.1 + 0.2, 1.23456789e-6 / 1000])('decimalOf refuses %d, which needs more decimals', (value) => {
  expect(() => decimalOf(value)).toThrow(
    new RangeError(`A decimal may have up to 12 decimal places: current value is ${value}`),
  );
});

test('decimalOf writes the shortest decimal of any float that has up to 12 decimals', () => {
  const hundredMillionths = fc.integer().map((units) => units / 1e8);
  const whole = fc.double({ min: -1e60, max: 1e60, noNaN: true }).map(Math.round);
  fc.assert(
    fc.property(fc.oneof(hundredMillionths, whole), (value) => {
      const text = decimalOf(value);
      expect(text).toBe(new Decimal(value === 0 ? 0 : value).toFixed());
      expect(toNumber(money(text))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test.each([
  { text: '25', places: 0 },
  { text: '0.001', places: 3 },
  { text: '-1.50', places: 2 },
])('decimalPlaces("$text") is $places', ({ text, places }) => {
  expect(decimalPlaces(text)).toBe(places);
});
