import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BYBIT_MEANINGS, bybitCode, bybitStatus } from './bybit-return-codes.ts';

test.each([
  [10000, 'unknown'],
  [10002, 'clock'],
  [10003, 'fatal'],
  [10006, 'limited'],
  [10016, 'unknown'],
  [110001, 'gone'],
  [110007, 'refused'],
  [110043, 'not-modified'],
  [110072, 'already-there'],
  [110079, 'busy'],
  // A code that nobody looked at proves nothing.
  [987654, 'unknown'],
])('%i is %s', (code, meaning) => {
  expect(bybitCode(code).meaning).toBe(meaning);
});

test.each([
  [403, 'limited'],
  [429, 'limited'],
  [401, 'fatal'],
  [502, 'unknown'],
  [200, 'unknown'],
])('HTTP %i is %s', (status, meaning) => {
  expect(bybitStatus(status).meaning).toBe(meaning);
});

const LIST = '../shared/data/wire/bybit/error_codes.json';

describe.skipIf(!existsSync(LIST))('beside the documented list (skipped where ../shared is absent)', () => {
  test('every code of the table is documented', () => {
    const { sections } = JSON.parse(readFileSync(LIST, 'utf8')) as { sections: Record<string, Record<string, string>> };
    const documented = new Set(Object.values(sections).flatMap((codes) => Object.keys(codes)));
    expect([...BYBIT_MEANINGS.keys()].filter((code) => !documented.has(String(code)))).toEqual([]);
  });
});
