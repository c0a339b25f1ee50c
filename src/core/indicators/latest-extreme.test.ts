import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatestExtreme } from './latest-extreme.ts';

const few = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 });

test.each([1, -1] as const)('the extreme with sign %d is the one that a look at the whole window finds', (sign) => {
  fc.assert(
    fc.property(few, fc.integer({ min: 1, max: 9 }), (values, period) => {
      const extreme = new LatestExtreme(period, sign);
      values.forEach((value, i) => {
        const window = values.slice(Math.max(0, i - period + 1), i + 1).map((one) => one * sign);
        const age = window.length - 1 - window.lastIndexOf(Math.max(...window));
        expect(extreme.push(value, i)).toBe(i - age);
      });
    }),
  );
});
