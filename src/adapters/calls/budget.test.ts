import { expect, test } from 'vitest';
import { CallBudget, type CallLimit } from './budget.ts';

const LIMIT: CallLimit = { calls: 20, windowMs: 1000 };

/** How many of so many calls are let through at a moment. */
function taken(budget: CallBudget, kind: 'usual' | 'protective', count: number, now: number, group?: string): number {
  return Array.from({ length: count }, () => budget.take(kind, group, now)).filter((wait) => wait === 0).length;
}

test.each([
  { name: 'usual calls stay under half', limits: [LIMIT], usual: 9, protective: 11 },
  { name: 'an odd limit too', limits: [{ calls: 21, windowMs: 1000 }], usual: 10, protective: 11 },
  { name: 'the narrowest limit counts', limits: [LIMIT, { calls: 10, windowMs: 5000 }], usual: 4, protective: 6 },
  { name: 'a group is counted for its own calls', limits: [{ ...LIMIT, group: 'x' }], usual: 30, protective: 30 },
  { name: 'without a limit there is none', limits: [], usual: 30, protective: 30 },
])('$name', ({ limits, usual, protective }) => {
  const budget = new CallBudget(limits);
  expect(taken(budget, 'usual', 30, 0, 'y')).toBe(usual);
  expect(taken(budget, 'protective', 30, 0, 'y')).toBe(protective);
});

test('what protective calls have used leaves a fifth to them all the same', () => {
  const budget = new CallBudget([LIMIT]);
  expect(taken(budget, 'protective', 12, 0)).toBe(12);
  expect(taken(budget, 'usual', 30, 0)).toBe(4);
  expect(taken(budget, 'protective', 30, 0)).toBe(4);
});

test('the wait it tells is long enough, and none longer', () => {
  const budget = new CallBudget([LIMIT]);
  for (let k = 0; k < 9; k++) expect(budget.take('usual', undefined, k * 10)).toBe(0);
  expect(budget.take('usual', undefined, 100)).toBe(900);
  expect(budget.take('usual', undefined, 999)).toBe(1);
  expect(budget.take('usual', undefined, 1000)).toBe(0);
});

test('no stretch has more calls than half of the limit, however they come', () => {
  const budget = new CallBudget([LIMIT]);
  const made: number[] = [];
  for (let now = 0; made.length < 200; now += 7) if (budget.take('usual', undefined, now) === 0) made.push(now);
  for (const from of made) expect(made.filter((at) => at >= from && at < from + 1000).length).toBeLessThan(10);
});
