import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactSum } from './exact-sum.ts';

const LAST_BIT = 2 ** -51;

const EDGE = 2 ** 52;
const near = (edge: number) => fc.integer({ min: -3, max: 3 }).map((off) => edge + off);
/** Whole numbers, most of them where a double is about to lose its last unit. */
const anyTerm = fc.oneof(
  near(0),
  near(EDGE),
  near(-EDGE),
  near(EDGE / 2),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
);

type Step = readonly ['add', number] | readonly ['addProduct', number, number] | readonly ['addBig', bigint];
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('add' as const), anyTerm),
  fc.tuple(fc.constant('addProduct' as const), anyTerm, anyTerm),
  fc.tuple(fc.constant('addProduct' as const), fc.integer(), fc.integer()),
  fc.tuple(fc.constant('addBig' as const), fc.bigInt()),
);

test('equals the sum of bigints, whatever is added in whatever order', () => {
  fc.assert(
    fc.property(fc.array(anyStep), (steps) => {
      const sum = new ExactSum();
      let expected = 0n;
      for (const step of steps) {
        if (step[0] === 'add') sum.add(step[1]);
        else if (step[0] === 'addProduct') sum.addProduct(step[1], step[2]);
        else sum.addBig(step[1]);
        expected += step[0] === 'addProduct' ? BigInt(step[1]) * BigInt(step[2]) : BigInt(step[1]);
        expect(sum.total()).toBe(expected);
        expect(Math.abs(sum.toNumber() - Number(expected))).toBeLessThanOrEqual(Math.abs(Number(expected)) * LAST_BIT);
      }
    }),
  );
});

test.each([
  { name: 'two just below 2^52', terms: [EDGE - 1, EDGE - 1], total: 9_007_199_254_740_990n },
  { name: 'past 2^53, where doubles have only even numbers', terms: [EDGE, EDGE, 1], total: 9_007_199_254_740_993n },
  { name: 'back from there', terms: [EDGE, EDGE, 1, -EDGE, -EDGE], total: 1n },
  { name: 'the same below zero', terms: [-EDGE, -EDGE, -1], total: -9_007_199_254_740_993n },
])('never rounds: $name', ({ terms, total }) => {
  const sum = new ExactSum();
  for (const term of terms) sum.add(term);
  expect(sum.total()).toBe(total);
});
