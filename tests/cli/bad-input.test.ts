import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { expectRefused, ROOT, runCli, sharedFile } from './run-cli.ts';

const BOT = 'examples/sma-cross.json';
const CANDLES = 'examples/simulated-5m.csv.gz';
const HEADER = 'ts,open,high,low,close,volume';
const FIRST = Date.UTC(2025, 0, 1);

const folder = mkdtempSync(join(tmpdir(), 'autotrader-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A candle file with sound 5m rows, but for the one on `line` (the header stands on line 1). */
function rows(count: number, line = 0, row = ''): string {
  const sound = Array.from({ length: count }, (_, i) => `${FIRST + i * 300_000},100,101,99,100.5,3`);
  if (line > 0) sound[line - 2] = row;
  return [HEADER, ...sound, ''].join('\n');
}

describe('a candle file that cannot be used is refused in one sentence with file, line and fix', {
  concurrent: true,
}, () => {
  test.each([
    {
      name: 'NaN',
      content: rows(5, 4, `${FIRST + 600_000},100,NaN,99,100,3`),
      says: ['line 4', 'the high must be a number: it is "NaN"', 'correct or remove the row'],
    },
    {
      name: 'a negative price',
      content: rows(5, 3, `${FIRST + 300_000},100,101,-99,100,3`),
      says: ['line 3', 'the low must be above 0: it is -99', 'correct or remove the row'],
    },
    {
      name: 'a high below the low',
      content: rows(5, 2, `${FIRST},100,98,99,100,3`),
      says: ['line 2', 'the high must not be below the low: high 98, low 99'],
    },
    {
      name: 'unsorted times',
      content: rows(5, 5, `${FIRST},100,101,99,100,3`),
      says: ['line 5', 'the times must ascend', 'sort the rows by time'],
    },
    {
      name: 'a time twice',
      content: rows(5, 3, `${FIRST},100,101,99,100,3`),
      says: ['line 3', 'each time may stand once', 'remove one of the two rows'],
    },
    {
      name: 'a wrong header',
      content: 'date,o,h,l,c,v\n1,2,3,4,5,6\n',
      says: ['line 1', `the header must be "${HEADER}": it is "date,o,h,l,c,v"`],
    },
    { name: 'nothing', content: '', says: ['line 1', 'it is empty', 'a row per candle'] },
    { name: 'only a header', content: `${HEADER}\n`, says: ['it has only a header'] },
    { name: 'other bytes, named .gz', file: 'lie.csv.gz', content: rows(5), says: ['must be gzip', 'rename it'] },
    {
      name: 'half a gzip file',
      file: 'half.csv.gz',
      content: gzipSync(rows(2000)).subarray(0, 300),
      says: ['a gzip file must be whole', 'copy or download it again'],
    },
    {
      name: 'a zip file',
      file: 'candles.zip',
      content: Uint8Array.of(80, 75, 3, 4, 20, 0, 10),
      says: ['line 1', 'unpacked'],
    },
  ])('$name', async ({ name, file = 'candles.csv', content, says }) => {
    const path = fileWith(`${name.replace(/\W/g, '-')}-${file}`, content);
    const ran = await runCli(['backtest', BOT, '--candles', path, '--json']);
    expectRefused(ran, `Cannot read candles from "${path}"`, ...says);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    { name: 'no such file', path: 'nowhere.csv', says: 'there must be such a file' },
    { name: 'a directory', path: 'examples', says: 'it is a directory' },
  ])('$name', async ({ path, says }) => {
    expectRefused(await runCli(['backtest', BOT, '--candles', path]), `Cannot read candles from "${path}"`, says);
  });
});

test('a gap is refused, and listed where it is allowed', async () => {
  const lines = rows(400).split('\n');
  const path = fileWith('gap.csv', [...lines.slice(0, 200), ...lines.slice(203)].join('\n'));
  const args = ['backtest', BOT, '--candles', path];
  expectRefused(await runCli(args), 'line 201', '3 candles missing after 2025-01-01T16:30:00Z', '--allow-gaps');
  const allowed = await runCli([...args, '--allow-gaps', '--json']);
  expect(allowed.stderr).toBe('');
  expect(JSON.parse(allowed.stdout).gaps).toEqual([
    { symbol: 'BTC/USDT', afterOpenTime: FIRST + 198 * 300_000, missing: 3 },
  ]);
  expect((await runCli([...args, '--allow-gaps'])).stdout).toContain('3 after the candle of 2025-01-01 16:30');
});

test('a wick is a warning', async () => {
  const path = fileWith('wick.csv', rows(200, 50, `${FIRST + 48 * 300_000},100,101,0.06,100,3`));
  const { code, stdout } = await runCli(['backtest', BOT, '--candles', path]);
  expect(stdout).toContain('The low 0.06 of the candle of 2025-01-01 04:00 is 99.94 % below its open and close');
  expect(code).toBe(0);
});

const gappy = sharedFile('data/candles/bybit_spot_BTCUSDT_15m_gappy.csv.gz');
test.skipIf(gappy.missing)('real candles with holes are refused, and run where holes are allowed', async () => {
  const args = ['backtest', BOT, '--candles', gappy.path, '--timeframe', '15m', '--json'];
  expectRefused(await runCli(args), '14 gaps in all');
  expect(JSON.parse((await runCli([...args, '--allow-gaps'])).stdout).gaps).toHaveLength(14);
});

describe('a bot that cannot be used is refused', { concurrent: true }, () => {
  test('with every problem of its file at once', async () => {
    const bot = JSON.parse(readFileSync(join(ROOT, BOT), 'utf8'));
    const broken = { ...bot, timeframe: '7m', stopp: 1, sizing: { quantity: -1 } };
    const path = fileWith('broken.json', JSON.stringify(broken));
    const ran = await runCli(['backtest', path, '--candles', CANDLES, '--json']);
    expectRefused(ran, `Cannot use the bot file "${path}":`, 'timeframe: must be one of', 'stopp:', 'sizing.quantity');
  });

  test.each([
    { name: 'no JSON', bot: fileWith('no.json', '{"name": }'), args: [], says: 'line 1, column 10' },
    { name: 'no such file', bot: 'nowhere.json', args: [], says: 'Cannot read the bot file "nowhere.json"' },
    { name: 'a symbol that is none', bot: BOT, args: ['--symbol', 'btc'], says: 'symbols[0]: must be base and quote' },
    {
      name: 'another timeframe than its file',
      bot: 'examples/trend-three.json',
      args: ['--symbol', 'BTC/USDT'],
      says: 'they are 5m; add --timeframe 5m',
    },
    {
      name: 'more symbols than files',
      bot: 'examples/trend-three.json',
      args: ['--timeframe', '5m'],
      says: 'each of its 3 symbols must have a file: there is none of ETH/USDT, SOL/USDT; add --candles for each',
    },
    {
      name: 'two files of one symbol',
      bot: BOT,
      args: ['--candles', CANDLES],
      says: 'as each symbol may have one file: BTC/USDT has another one; leave one out, or name its symbol: SYMBOL=FILE',
    },
    {
      name: 'a file of a symbol that it does not trade',
      bot: BOT,
      args: ['--candles', `XRP/USDT=${CANDLES}`],
      says: 'as its symbol must be one that "SMA cross" trades (BTC/USDT): current value is XRP/USDT',
    },
    {
      name: 'another timeframe than the candles',
      bot: BOT,
      args: ['--timeframe', '1h'],
      says: 'the candles must be 1h candles: they are 5m',
    },
    {
      name: 'a quantity off the lot',
      bot: fileWith('lot.json', readFileSync(join(ROOT, BOT), 'utf8').replace('"quantity": 1 ', '"quantity": 0.0001 ')),
      args: [],
      says: 'must be a multiple of the lot 0.001: current value is 0.0001; change "sizing.quantity"',
    },
  ])('$name', async ({ bot, args, says }) => {
    expectRefused(await runCli(['backtest', bot, '--candles', CANDLES, ...args]), says);
  });
});

describe('a command line that cannot be used is refused', { concurrent: true }, () => {
  test.each([
    { name: 'an unknown option', args: ['backtest', BOT, '--candles', CANDLES, '--jsn'], says: 'Did you mean --json?' },
    { name: 'no candles', args: ['backtest', BOT], says: 'add --candles and a file, or --venue and an exchange' },
    {
      name: 'two kinds of candles',
      args: ['backtest', BOT, '--candles', CANDLES, '--venue', 'kraken'],
      says: "'--venue <EXCHANGE>' cannot be used with option '--candles <FILE>'",
    },
    {
      name: 'part of a file',
      args: ['backtest', BOT, '--candles', CANDLES, '--from', '2025-01-01'],
      says: '--from and --to are for --venue',
    },
    {
      name: 'a missing option',
      args: ['download', '--symbol', 'BTC/USDT', '--timeframe', '1h'],
      says: "required option '--from <TIME>' not specified",
    },
    ...['2025-02-30', '2025-1-1', 'yesterday', '1735689600000', '2025-01-01T24:30'].map((from) => ({
      name: `the time ${from}`,
      args: ['download', '--symbol', 'BTC/USDT', '--timeframe', '1h', '--from', from],
      says: 'It must be a day or a minute in UTC',
    })),
    {
      name: 'a speed of real time',
      args: ['start', '--market', 'kraken', '--speed', '60'],
      says: 'Cannot run an exchange at speed 60',
    },
    {
      name: 'a missing argument',
      args: ['backtest', '--candles', CANDLES],
      says: "missing required argument 'BOT.json'",
    },
    { name: 'an unknown command', args: ['bactest'], says: 'Did you mean backtest?' },
    {
      name: 'an unknown timeframe',
      args: ['backtest', BOT, '--candles', CANDLES, '--timeframe', '7m'],
      says: '1m, 3m',
    },
    { name: 'a fee below 0', args: ['backtest', BOT, '--candles', CANDLES, '--fee-bps=-1'], says: 'from 0 to 1000' },
    { name: 'an unknown market', args: ['start', '--market', 'nasdaq'], says: '"simulated", "replay:" and a file' },
    { name: 'a speed of 0', args: ['start', '--speed', '0'], says: 'It must be a number above 0' },
  ])('$name', async ({ args, says }) => {
    const ran = await runCli(args);
    expectRefused(ran, says);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});
