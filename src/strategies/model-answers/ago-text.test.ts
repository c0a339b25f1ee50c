import { expect, test } from 'vitest';
import { agoText } from './ago-text.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  { ms: 0, text: 'just now' },
  { ms: MINUTE - 1, text: 'just now' },
  { ms: 35 * MINUTE, text: '35 min ago' },
  { ms: HOUR, text: '1 h ago' },
  { ms: 5 * HOUR + 20 * MINUTE + 999, text: '5 h 20 min ago' },
  { ms: 47 * HOUR, text: '47 h ago' },
  { ms: 48 * HOUR, text: '2 days ago' },
  { ms: 76 * HOUR + MINUTE, text: '3 days 4 h ago' },
])('$ms ms is $text', ({ ms, text }) => {
  expect(agoText(ms)).toBe(text);
});
