import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePlaces, compareText } from './order.ts';

test('compareText sorts as the UTF-8 bytes do', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(text, text, (left, right) => {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
      expect(Math.sign(compareText(left, right))).toBe(bytes);
    }),
    {
      examples: [
        ['｡', '🤖'],
        ['\ud7ff', '🤖'],
        ['a', 'ab'],
      ],
    },
  );
});

test.each([
  { name: 'the first column decides', left: [1, 'b'], right: [2, 'a'], expected: -1 },
  { name: 'then the second', left: [1, 'b'], right: [1, 'a'], expected: 1 },
  { name: 'numbers are not compared as text', left: [10], right: [9], expected: 1 },
  { name: 'a shorter place comes before those that begin with it', left: [1], right: [1, ''], expected: -1 },
  { name: 'equal places are equal', left: [1, 'a'], right: [1, 'a'], expected: 0 },
])('comparePlaces: $name', ({ left, right, expected }) => {
  expect(Math.sign(comparePlaces(left, right))).toBe(expected);
});
