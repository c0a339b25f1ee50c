import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { expectRefused, runCli } from './run-cli.ts';

const CANDLES = 'examples/simulated-5m.csv.gz';
const FIRST = Date.UTC(2025, 0, 1);

const folder = mkdtempSync(join(tmpdir(), 'autotrader-intervals-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** In a folder of its own: the tests run beside each other, and one would cut the file that another one's process reads. */
function fileWith(name: string, content: string): string {
  files += 1;
  const own = join(folder, String(files));
  mkdirSync(own);
  const path = join(own, name);
  writeFileSync(path, content);
  return path;
}

function botEvery(seconds: number): string {
  const bot = JSON.parse(readFileSync('examples/sma-cross.json', 'utf8'));
  return fileWith(`every-${seconds}.json`, JSON.stringify({ ...bot, tradingFrequency: seconds }));
}

function botOn(event: string): string {
  const bot = JSON.parse(readFileSync('examples/sma-cross.json', 'utf8'));
  return fileWith(`on-${event}.json`, JSON.stringify({ ...bot, tradingEvents: [event] }));
}

/** Sound candles of some minutes each, from `start` on. */
function candles(minutes: number, count: number, start = FIRST): string {
  const rows = Array.from({ length: count }, (_, i) => `${start + i * minutes * 60_000},100,101,99,100.5,3`);
  return fileWith(`${minutes}-${count}-${start}.csv`, ['ts,open,high,low,close,volume', ...rows, ''].join('\n'));
}

/** Quotes that begin half a minute after the full one. */
function quotesOffGrid(): string {
  const side = '100,101,99,100.5,3';
  const rows = Array.from({ length: 20 }, (_, i) => `${FIRST - 30_000 + i * 60_000},${side},${side}`);
  const head = 'ts,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size';
  return fileWith('quotes.csv', [head, ...rows, ''].join('\n'));
}

describe('an interval whose prices nobody tells is refused in a sentence', { concurrent: true }, () => {
  test.each([
    {
      name: 'a backtest without anything inside the candles',
      args: () => ['backtest', botEvery(60), '--candles', CANDLES],
      says: ['every 60 s', 'a candle lasts 300 s', 'add --inside', 'a multiple of 300'],
    },
    {
      name: 'rows that are longer than it',
      args: () => ['backtest', botEvery(30), '--candles', candles(5, 3), '--inside', candles(1, 15)],
      says: ['every 30 s', 'a multiple of what is replayed inside', 'a row there lasts 60 s'],
    },
    {
      name: 'rows that begin at other moments',
      args: () => ['backtest', botEvery(60), '--candles', candles(5, 3), '--inside', quotesOffGrid()],
      says: ['every 60 s', 'must begin at multiples of 60 s', '30000 ms'],
    },
    {
      name: 'a replay without anything inside the candles',
      args: () => ['start', '--market', `replay:${CANDLES}`, '--bot', botEvery(60), '--no-web'],
      says: ['every 60 s', 'add --inside'],
    },
    {
      name: 'market events in a backtest without anything inside the candles',
      args: () => ['backtest', botOn('flash-move'), '--candles', CANDLES],
      says: ['at market events', 'what happens between two closes must be known', 'add --inside', '"tradingEvents"'],
    },
    {
      name: 'market events among rows that begin at other moments',
      args: () => ['backtest', botOn('flash-move'), '--candles', candles(5, 3), '--inside', quotesOffGrid()],
      says: ['at market events', 'must begin at multiples of 60 s', 'leave "tradingEvents" out'],
    },
    {
      name: 'a replay with fewer files inside than of candles',
      args: () => {
        const market = `replay:BTC/USDT=${candles(5, 3)},ETH/USDT=${candles(5, 3, FIRST + 900_000)}`;
        return ['start', '--market', market, '--inside', candles(1, 15), '--bot', botEvery(60), '--no-web'];
      },
      says: ['one such file for each file of candles', 'there are 2 of candles and 1 inside'],
    },
    {
      name: 'something inside of what is no replay',
      args: () => ['start', '--market', 'simulated', '--inside', candles(1, 15), '--no-web'],
      says: ['--inside is of a replay', 'leave it out'],
    },
  ])('$name', async ({ args, says }) => {
    expectRefused(await runCli(args(), [], { DATA_DIR: join(folder, 'data') }), ...says);
  });
});
