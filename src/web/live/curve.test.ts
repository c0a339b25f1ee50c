import { describe, expect, test } from 'vitest';
import { type Curve, endOf, sparkPoints, sumOfCurves, withNow } from './curve.ts';

describe('sumOfCurves', () => {
  test.each<{ name: string; curves: Curve[]; expected: Curve }>([
    { name: 'one curve is itself', curves: [[[1, 10]]], expected: [[1, 10]] },
    { name: 'no curves', curves: [], expected: [] },
    { name: 'one of them empty', curves: [[[1, 10]], []], expected: [] },
    {
      name: 'each keeps its last value, from when both have begun',
      curves: [
        [
          [1, 10],
          [3, 20],
          [5, 30],
        ],
        [
          [2, 1],
          [4, 2],
        ],
      ],
      expected: [
        [2, 11],
        [3, 21],
        [4, 22],
        [5, 32],
      ],
    },
  ])('$name', ({ curves, expected }) => {
    expect(sumOfCurves(curves)).toEqual(expected);
  });
});

test('endOf keeps the range before the newest point', () => {
  const curve: Curve = [
    [0, 1],
    [50, 2],
    [100, 3],
  ];
  expect(endOf(curve, 50)).toEqual([
    [50, 2],
    [100, 3],
  ]);
  expect(endOf([], 50)).toEqual([]);
});

test('withNow replaces points that are not older than now', () => {
  const curve: Curve = [
    [0, 1],
    [50, 2],
  ];
  expect(withNow(curve, 50, 9)).toEqual([
    [0, 1],
    [50, 9],
  ]);
});

test('sparkPoints spans the box', () => {
  const curve: Curve = [
    [0, 1],
    [10, 3],
  ];
  expect(sparkPoints(curve, 60, 22)).toBe('0.0,20.0 60.0,2.0');
});
