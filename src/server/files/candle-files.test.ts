import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal } from '#core/money.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { InputError } from '../errors.ts';
import { instrumentOf, readCandleFile } from './candle-files.ts';

const CANDLES = 12_000; // More than one chunk, packed or not.
const text = formatCandles(generateCandles(CANDLES, 1));

const folder = mkdtempSync(join(tmpdir(), 'autotrader-candles-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('reads the same candles', () => {
  const half = Math.floor(text.length / 2);
  test.each([
    { name: 'plain', path: fileWith('a.csv', text) },
    { name: 'gzip', path: fileWith('a.csv.gz', gzipSync(text)) },
    { name: 'gzip by another name', path: fileWith('b.csv', gzipSync(text)) },
    {
      name: 'gzip in two parts',
      path: fileWith('c.csv.gz', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])),
    },
  ])('$name', async ({ path }) => {
    const { candles } = await readCandleFile(path);
    expect(formatCandles(candles)).toBe(text);
  });

  test('from a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    createWriteStream(path).end(gzipSync(text));
    expect((await readCandleFile(path)).candles.length).toBe(CANDLES);
  });
});

test('tells how far it is', async () => {
  const fractions: number[] = [];
  await readCandleFile(fileWith('d.csv', text), { onProgress: (fraction) => fractions.push(fraction) });
  expect(fractions.length).toBeGreaterThan(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
});

test('stops at the first row that cannot be used', async () => {
  const path = fileWith('e.csv', text.replace('\n', '\nno row\n'));
  await expect(readCandleFile(path)).rejects.toThrow(InputError);
  await expect(readCandleFile(path)).rejects.toThrow(`Cannot read candles from "${path}": line 2: `);
});

test.each([
  { name: 'a cent, whatever averages the file holds', price: '617.6851', tick: '0.01' },
  { name: 'a hundredth of a cent below a dollar', price: '0.5', tick: '0.0001' },
])('stocks trade in whole shares and in ticks of $name', async ({ price, tick: expected }) => {
  const rows = [0, 60_000].map((after) => `${Date.parse('2025-07-01T13:30Z') + after},${`${price},`.repeat(4)}12.5`);
  const path = fileWith('g.csv', ['ts,open,high,low,close,volume', ...rows].join('\n'));
  const read = await readCandleFile(path, { calendar: US_STOCKS });
  const { tick, lot, minQuantity, calendar } = instrumentOf('SPY/USD' as MarketSymbol, read);
  expect([tick, lot, minQuantity].map(formatDecimal)).toEqual([expected, '1', '1']);
  expect(calendar).toBe('us-stocks');
});

test('the instrument has the steps that the file has', async () => {
  const read = await readCandleFile(fileWith('f.csv', text));
  const { tick, lot, minQuantity, minNotional, ...named } = instrumentOf('BTC/USDT' as MarketSymbol, read);
  expect(named).toEqual({ symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', calendar: 'always' });
  expect([tick, lot, minQuantity, minNotional].map(formatDecimal)).toEqual(['0.25', '0.001', '0.001', '0']);
});
