import { expect, test } from 'vitest';
import { axisLabel } from './equity-plot.ts';

test.each([
  { value: 950, span: 300, label: '950' },
  { value: 950.5, span: 3, label: '950.5' },
  { value: 43_100, span: 4_000, label: '43.1k' },
  { value: 99_870, span: 400, label: '99.87k' },
  { value: 9_998_300, span: 2_000, label: '9.9983M' },
  { value: 20_000_000, span: 50_000, label: '20.000M' },
])('$value over $span is $label', ({ value, span, label }) => {
  expect(axisLabel(value, span)).toBe(label);
});
