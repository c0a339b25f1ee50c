import { expect, test } from 'vitest';
import { stopSentence } from './stop-sentence.ts';

const live = { mode: 'live', stopConfirmed: true } as const;
const paper = { mode: 'paper', stopConfirmed: true } as const;

test.each([
  { name: 'nothing open, nothing to say', positions: [], expected: '' },
  { name: 'live', positions: [live], expected: 'Stops are held by the exchange and stay active.' },
  {
    name: 'paper',
    positions: [paper],
    expected: 'Paper stops are worked by the engine itself: they wait until it is back.',
  },
  {
    name: 'one not confirmed',
    positions: [live, { ...live, stopConfirmed: false }],
    expected: '1 position has no exchange stop.',
  },
  {
    name: 'two not confirmed',
    positions: [
      { ...paper, stopConfirmed: false },
      { ...live, stopConfirmed: false },
    ],
    expected: '2 positions have no exchange stop.',
  },
])('$name', ({ positions, expected }) => {
  expect(stopSentence(positions)).toBe(expected);
});
