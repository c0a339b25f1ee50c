import { expect, test } from 'vitest';
import { DecimalStep, decimalsOf } from './decimal-step.ts';

test.each([
  { name: 'quarters', values: [30000, 30000.25, 29999.5], step: '0.25', decimals: 2 },
  { name: 'tenths', values: [63309, 63491.1], step: '0.1', decimals: 1 },
  { name: 'halves', values: [17194, 17199.5], step: '0.5', decimals: 1 },
  { name: 'thirty-seconds', values: [110.03125, 110], step: '0.03125', decimals: 5 },
  { name: 'no coarser than 1', values: [100, 200], step: '1', decimals: 0 },
  { name: 'a divisor of 1', values: [0.3, 0.6], step: '0.1', decimals: 1 },
  { name: 'small prices', values: [1e-7, 0.0000125], step: '0.0000001', decimals: 7 },
  { name: 'finer, then coarser', values: [1.234, 5], step: '0.002', decimals: 3 },
  { name: 'coarser, then finer', values: [5, 1.5, 1.25], step: '0.25', decimals: 2 },
  { name: 'beyond what floats tell', values: [1e-30], step: '0.000000000000001', decimals: 15 },
  { name: 'nothing', values: [], step: '1', decimals: 0 },
])('the step of $name', ({ values, step, decimals }) => {
  const found = new DecimalStep();
  for (const value of values) found.addNumber(value);
  expect(found.toString()).toBe(step);
  expect(found.decimals).toBe(decimals);
});

test('zeros at the end add no decimals', () => {
  const found = new DecimalStep();
  found.add(12_500, 3);
  expect([found.toString(), found.decimals]).toEqual(['0.5', 1]);
});

test.each([
  [12.5, 1],
  [1e-7, 7],
  [1.25e-7, 9],
  [1e21, 0],
  [0, 0],
  [120, 0],
])('decimalsOf(%d) is %d', (value, decimals) => {
  expect(decimalsOf(value)).toBe(decimals);
});
