import { expect, test } from 'vitest';
import { Bucket } from './bucket.ts';

test('so many fit at once, and then one for each step of time', () => {
  const bucket = new Bucket(2, 3);
  const take = (now: number) => {
    const seconds = bucket.wait(now);
    if (seconds === 0) bucket.fill();
    return seconds;
  };
  expect([0, 0, 0, 0].map(take)).toEqual([0, 0, 0, 0.5]);
  expect([400, 500, 500].map(take)).toEqual([expect.closeTo(0.1, 9), 0, 0.5]);
  expect([60_000, 60_000, 60_000, 60_000].map(take)).toEqual([0, 0, 0, 0.5]);
});
