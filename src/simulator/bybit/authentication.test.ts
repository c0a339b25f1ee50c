import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bybitStreamStringToSign, bybitStringToSign } from '#protocols/bybit-signing.ts';
import { checkTime } from './authentication.ts';
import { Refusal } from './refusal.ts';

const NOW = 1_700_000_000_000;

/** By Bybit's rule, with the key "testkey" and the secret "testsecret", at that moment. */
test.each([
  {
    name: 'a query',
    payload: 'category=linear&symbol=BTCUSDT',
    signature: 'f2f79889fd1201752936b389c890e9d393e01e0311a6d8785fb80753aa26c69b',
  },
  {
    name: 'an empty query',
    payload: '',
    signature: '2fc9e776b3f07b2ee447067e0f627438055b198bb14dba79e1a3d50e40a5bd8d',
  },
])('$name is signed as documented', ({ payload, signature }) => {
  const text = bybitStringToSign(String(NOW), 'testkey', '5000', payload);
  expect(createHmac('sha256', 'testsecret').update(text).digest('hex')).toBe(signature);
});

test('a log-in to a stream is signed as documented', () => {
  const text = bybitStreamStringToSign('1700000005000');
  const signature = '2330de2041c701a1bf5a61887575a7a784add8c50269478c248edf1b43312515';
  expect(createHmac('sha256', 'testsecret').update(text).digest('hex')).toBe(signature);
});

describe('a timestamp', () => {
  test.each([
    { name: 'of now', at: NOW, isTaken: true },
    { name: 'as old as the window', at: NOW - 5000, isTaken: true },
    { name: 'older than the window', at: NOW - 5001, isTaken: false },
    { name: 'a second ahead', at: NOW + 1000, isTaken: false },
    { name: 'less than a second ahead', at: NOW + 999, isTaken: true },
  ])('$name', ({ at, isTaken }) => {
    const check = () => checkTime(String(at), '5000', NOW);
    if (isTaken) expect(check).not.toThrow();
    else expect(check).toThrow(Refusal);
  });

  test('that is missing, or no number, is refused', () => {
    expect(() => checkTime('', '', NOW)).toThrow('req_timestamp[]');
    expect(() => checkTime('soon', '5000', NOW)).toThrow(Refusal);
  });
});
