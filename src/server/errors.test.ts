import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EngineLockHeld } from '#adapters/store/sqlite/lock.ts';
import { BotFileError } from '#contract/bot-file.ts';
import { CandleTextError } from '#core/candle-text/candle-text.ts';
import { epochMs } from '#core/time.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { EnvironmentError, EXITS, endingOf, InputError, Stopped } from './errors.ts';

function systemError(code: string, fields: object = {}): Error {
  return Object.assign(new Error(`${code}: it failed`), { code, syscall: 'open', ...fields });
}

describe('an error has one ending', () => {
  const holder = { pid: 7, host: 'here', since: epochMs(0) };
  test.each([
    { error: new InputError('a sentence'), code: 2, says: /^a sentence$/ },
    {
      error: new BotFileError([
        { path: '', message: 'one' },
        { path: 'two', message: 'must be 2' },
      ]),
      code: 2,
      says: /^one\ntwo: must be 2$/,
    },
    { error: new CandleTextError(3, 'a problem', 'a fix'), code: 2, says: /^line 3: a problem; a fix$/ },
    { error: new EngineLockHeld('data', holder), code: 3, says: /process 7 on here/ },
    { error: new StoreUnavailable('no room'), code: 2, says: /^no room$/ },
    { error: new EnvironmentError('no browser'), code: 2, says: /^no browser$/ },
    { error: new Stopped('SIGINT'), code: 130, says: /^$/ },
    { error: new Stopped('SIGTERM'), code: 143, says: /^$/ },
    {
      error: systemError('EADDRINUSE', { address: '::1', port: 80 }),
      code: 2,
      says: /^Cannot listen on ::1:80 as .*set PORT$/,
    },
    { error: systemError('EADDRNOTAVAIL', { address: '1.2.3.4' }), code: 2, says: /"1\.2\.3\.4".*HOST/ },
    { error: systemError('EACCES', { port: 80 }), code: 2, says: /set PORT to 1024 or above/ },
    { error: systemError('EACCES', { path: 'data' }), code: 2, says: /Cannot use "data"/ },
    { error: systemError('ENOSPC'), code: 2, says: /Cannot write the output .* it is full/ },
    { error: systemError('EPIPE'), code: 0, says: /^$/ },
    { error: systemError('EBADF'), code: 1, says: /^This is a fault in Autotrader/ },
    {
      error: new RangeError('index 3'),
      code: 1,
      says: /^This is a fault in Autotrader[\s\S]*RangeError: index 3\n {4}at /,
    },
    { error: 'thrown', code: 1, says: /^This is a fault in Autotrader[\s\S]*thrown$/ },
  ])('$error: $code', ({ error, code, says }) => {
    const ending = endingOf(error);
    expect(ending.code).toBe(code);
    expect(ending.message).toMatch(says);
  });
});

test('docs/reference/exit-codes.md has every code with its meaning, and no other', () => {
  const text = readFileSync(new URL('../../docs/reference/exit-codes.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => ({
    code: Number(code),
    meaning,
  }));
  expect(rows).toEqual(Object.values(EXITS));
});
