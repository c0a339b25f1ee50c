import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readTapeFile } from './tape-files.ts';

const HEADER = 'ts,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size';
const FIRST = '60000,99,100,98,99.5,7,99.5,101,98.5,100,3';
const SECOND = '120000,99,99,99,99,1,100,100,100,100,2';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-tape-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}

test.each([
  { name: 'plain', pack: (text: string) => text },
  { name: 'gzip', pack: (text: string) => gzipSync(text) },
])('quotes have the prices of both sides: $name', async ({ pack }) => {
  const { tape, from, to, durationMs } = await readTapeFile(fileOf(pack(`${HEADER}\n${FIRST}\n${SECOND}\n`)), {});
  expect([tape.length, from, to, durationMs]).toEqual([2, 60_000, 180_000, 60_000]);
  const side = ({ open, high, low, close, volume }: typeof tape.bid) =>
    [open, high, low, close, volume].map(({ values }) => values[0]);
  expect([side(tape.bid), side(tape.ask)]).toEqual([
    [99, 100, 98, 99.5, 7],
    [99.5, 101, 98.5, 100, 3],
  ]);
});

test('candles are one price for both sides', async () => {
  const text = 'ts,open,high,low,close,volume\n60000,1,3,1,2,5\n120000,2,2,1,1,4\n';
  const { tape, from, to } = await readTapeFile(fileOf(text), {});
  expect(tape.bid).toBe(tape.ask);
  expect([tape.length, from, to]).toEqual([2, 60_000, 180_000]);
});

test.each([
  { name: 'a number too few', row: '60000,1,1,1,1,1,2,2,2,2', says: 'line 2, as it must have 11 numbers of 0 or more' },
  { name: 'no number', row: FIRST.replace('98.5', 'x'), says: 'line 2, as it must have 11 numbers of 0 or more' },
  {
    name: 'a bid above the ask',
    row: FIRST.replace(',99.5,101', ',98.9,101'),
    says: 'its bid must not be above its ask',
  },
  {
    name: 'a high below the open',
    row: FIRST.replace('99,100', '99,98.7'),
    says: 'each high must be its highest price',
  },
  { name: 'a price of 0', row: '60000,0,0,0,0,1,2,2,2,2,1', says: 'each high must be its highest price' },
  {
    name: 'half a millisecond',
    row: FIRST.replace('60000', '60000.5'),
    says: 'its time must be whole UTC milliseconds',
  },
])('refuses $name, with the line', async ({ row, says }) => {
  const path = fileOf(`${HEADER}\n${row}\n${SECOND}\n`);
  await expect(readTapeFile(path, {})).rejects.toThrow(says);
});

test.each([
  {
    name: 'times that do not rise',
    rows: [SECOND, FIRST],
    says: 'line 3, as its time must be after that of the row before',
  },
  { name: 'a time twice', rows: [FIRST, FIRST], says: 'line 3, as its time must be after that of the row before' },
  { name: 'a single row', rows: [FIRST], says: 'as it must have two rows or more' },
])('refuses $name', async ({ rows, says }) => {
  await expect(readTapeFile(fileOf([HEADER, ...rows].join('\n')), {})).rejects.toThrow(says);
});
