import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecimalReader } from './decimal-reader.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('reads row after row', () => {
  const reader = new DecimalReader(2);
  const bytes = bytesOf('12.50,3\n.5,7.\r\n');
  expect(reader.read(bytes, 0)).toBe(true);
  expect([[...reader.values], [...reader.digits], [...reader.decimals]]).toEqual([
    [12.5, 3],
    [1250, 3],
    [2, 0],
  ]);
  expect(reader.read(bytes, reader.next)).toBe(true);
  expect([...reader.values]).toEqual([0.5, 7]);
  expect(reader.next).toBe(bytes.length);
});

test.each([
  { name: 'an empty field', row: '1,\n' },
  { name: 'a point alone', row: '.,1\n' },
  { name: 'two points', row: '1.2.3,1\n' },
  { name: 'a sign', row: '-1,1\n' },
  { name: 'an exponent', row: '1e5,1\n' },
  { name: 'a space', row: '1, 2\n' },
  { name: 'a word', row: 'NaN,1\n' },
  { name: 'too few columns', row: '1\n' },
  { name: 'too many columns', row: '1,2,3\n' },
  { name: 'no end', row: '1,2' },
  { name: 'more than 15 digits', row: '1234567890.123456,1\n' },
])('leaves $name for a closer look', ({ row }) => {
  expect(new DecimalReader(2).read(bytesOf(row), 0)).toBe(false);
});

test('equals Number() on every decimal of up to 15 digits', () => {
  const reader = new DecimalReader(1);
  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 1e15 - 1 }), fc.integer({ min: 0, max: 14 }))
    .map(([digits, places]) => {
      const text = String(digits).padStart(places + 1, '0');
      return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    });
  fc.assert(
    fc.property(decimal, (text) => {
      expect(reader.read(bytesOf(`${text}\n`), 0)).toBe(true);
      expect(reader.values[0]).toBe(Number(text));
    }),
    { numRuns: 2000 },
  );
});
