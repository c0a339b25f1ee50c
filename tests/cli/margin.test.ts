import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectRefused, runCli } from './run-cli.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const folder = mkdtempSync(join(tmpdir(), 'autotrader-margin-'));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const BOT = {
  name: 'On margin',
  kind: 'indicator-rules',
  capital: 1000,
  symbols: ['BTC/USDT'],
  timeframe: '1m',
  warmupCandles: 1,
  entry: { long: ['close', '>', 0] },
  maxTradeCandles: 1000,
  coolDownCandles: 1000,
  sizing: { quantity: 10 },
  leverage: 10,
};
const TIERS = {
  bybit_linear: { BTCUSDT: { tiers: [{ risk_limit: 5000, mmr: 0.005, mm_deduction: 0, max_leverage: 20 }] } },
};
/** Entered at the open of minute 2, 100; the low of minute 5 is 90.4. */
const ROWS = [
  '100,100,100,100',
  '100,100,100,100',
  '100,101,99.5,100',
  '100,100,99,99',
  '98,99,95,96',
  '96,96,90.4,92',
];

function write(name: string, document: object): string {
  writeFileSync(file(name), JSON.stringify(document));
  return file(name);
}

beforeAll(() => {
  write('bot.json', BOT);
  write('tiers.json', TIERS);
  const candles = ROWS.map((row, k) => `${START + k * MINUTE},${row},5`);
  writeFileSync(file('candles.csv'), `ts,open,high,low,close,volume\n${candles.join('\n')}\n`);
  const rates = `ts,funding_rate\n${START},0.5\n${START + 3 * MINUTE},0.0001\n${START + 4 * MINUTE + 1},-1e-4\n`;
  writeFileSync(file('funding.csv.gz'), gzipSync(rates));
});

const MARKET = () => ['--candles', file('candles.csv'), '--fee-bps', '10'];
const MARGIN = () => ['--margin', 'bybit', '--tiers', file('tiers.json')];
const FUNDED = () => [...MARGIN(), '--funding', file('funding.csv.gz')];

async function run(...args: readonly string[]) {
  const { stdout, code } = await runCli(['backtest', ...args]);
  expect(code).toBe(0);
  return stdout;
}

test('funding is paid and received while it is held, and the venue takes the position over with its margin', async () => {
  const text = await run(file('bot.json'), ...MARKET(), ...FUNDED(), '--json');
  // 10 at 100: fee 1, margin 100, 0.9 locked for closing. Level 900 / 9.95 = 90.45..., so 90.5; bankrupt at 90.
  // Funding: -10 x 100 x 0.0001 + 10 x 98 x 0.0001 = -0.002. 1,000 - 1 - 0.002 - 100.9.
  expect(text).toContain('"finalEquity": 898.098,');
  const { trades, fills, margin, metrics } = JSON.parse(text);
  expect(margin).toEqual({ model: 'bybit', mode: 'isolated', leverage: 10 });
  expect(trades).toMatchObject([
    {
      entryPrice: 100,
      exitPrice: 90,
      exitTime: START + 5 * MINUTE,
      exitReason: 'liquidation',
      fees: 1.9,
      funding: -0.002,
      covered: 0,
      pnl: -101.902,
    },
  ]);
  expect(fills).toMatchObject([
    { leg: 'entry', side: 'buy', price: 100 },
    { leg: 'liquidation', side: 'sell', price: 90, fee: 0.9, liquidity: 'taker' },
  ]);
  expect(metrics).toMatchObject({ funding: -0.002, covered: 0, trades: 1 });
});

test('a percent of the capital is the margin that is locked', async () => {
  const quarter = write('quarter.json', { ...BOT, sizing: { percentOfCapital: 25 } });
  const { fills } = JSON.parse(await run(quarter, ...MARKET(), ...MARGIN(), '--json'));
  // Fees of 10 times 0.1 % and up to 11 times 0.1 % for closing: 1,000 / 1.021 x 25 % x 10 / 100 = 24.48..., in lots of 1.
  expect(fills[0]).toMatchObject({ leg: 'entry', quantity: 24 });
});

test('the report says that nothing was paid where no funding is given', async () => {
  const text = await run(file('bot.json'), ...MARKET(), ...MARGIN());
  expect(text).toContain('No funding was paid or received, as no --funding was given.');
  expect(text).toContain('1 by liquidation');
});

test('an entry whose notional the tiers do not allow is refused', async () => {
  const large = write('large.json', { ...BOT, capital: 100_000, sizing: { quantity: 60 } });
  const text = await run(large, ...MARKET(), ...MARGIN());
  expect(text).toContain("as the margin tier of its notional does not allow the bot's leverage");
});

describe('--explain', () => {
  test('tells how an ordinary trade came out, without margin', async () => {
    const { leverage: _, ...outright } = BOT;
    const bot = write('outright.json', { ...outright, capital: 2000, maxTradeCandles: 2 });
    const lines = (await run(bot, ...MARKET(), '--explain', '1')).split('\n').map((line) => line.replace(/\s+/g, ' '));
    expect(lines.map((line) => line.trim()).filter((line) => line !== '')).toEqual([
      'Trade 1 of 1: long BTC/USDT, ended by rule',
      'Balance before 2000',
      '2026-01-05 00:02 Entry bought 10 at 100',
      'Notional 100 x 10 = 1000',
      'Fee 1 (taker)',
      '2026-01-05 00:04 Exit sold 10 at 98',
      'Candle open 98, high 99, low 95, close 96',
      'Notional 98 x 10 = 980',
      'Fee 0.98 (taker)',
      'P&L of the prices -20',
      'Fees -1.98',
      'Loss -21.98',
      'Balance after 1978.02',
    ]);
  });

  test('refuses a trade that is not there', async () => {
    const ran = await runCli(['backtest', file('bot.json'), ...MARKET(), ...MARGIN(), '--explain', '2', '--json']);
    expectRefused(ran, 'Cannot explain a trade as it must be one of the 1 of the backtest: current value is 2');
  });
});

describe('what cannot be run on margin', () => {
  const refused = async (words: string, ...args: readonly string[]) =>
    expectRefused(await runCli(['backtest', ...args, ...MARKET(), '--json']), words);

  test('leverage without the terms of its venue', async () => {
    await refused('add --margin and --tiers, or leave "leverage" out', file('bot.json'));
  });
  test('a model without tiers', async () => {
    await refused('the tiers of "bybit" must be given; add --tiers and a file', file('bot.json'), '--margin', 'bybit');
  });
  test('tiers of another venue', async () => {
    const args = ['--margin', 'binance', '--tiers', file('tiers.json')];
    await refused('it must have a table of "binance" for the symbol', file('bot.json'), ...args);
  });
  test('tiers that are no tiers', async () => {
    const row = TIERS.bybit_linear.BTCUSDT.tiers[0];
    const bad = write('bad.json', { bybit_linear: { BTCUSDT: { tiers: [{ ...row, mmr: 2 }] } } });
    await refused(
      'Margin tier 1 cannot be used as its maintenance rate must be',
      file('bot.json'),
      '--margin',
      'bybit',
      '--tiers',
      bad,
    );
  });
  test('more leverage than the first tier allows', async () => {
    const bot = write('high.json', { ...BOT, leverage: 25 });
    await refused(
      'its leverage must be at most 20, what the first margin tier of BTC/USDT allows: current value is 25',
      bot,
      ...MARGIN(),
    );
  });
  test('funding out of order', async () => {
    writeFileSync(file('bad.csv'), `ts,funding_rate\n${START},0.1\n${START},0.1\n`);
    await refused(
      'line 3 must be later than the line before',
      file('bot.json'),
      ...MARGIN(),
      '--funding',
      file('bad.csv'),
    );
  });
  test('a rate that is none', async () => {
    writeFileSync(file('bad.csv'), `ts,funding_rate\n${START},high\n`);
    await refused(
      'line 2 must be a time in UTC ms and a rate',
      file('bot.json'),
      ...MARGIN(),
      '--funding',
      file('bad.csv'),
    );
  });
  test('terms without margin', async () => {
    const outright = write('cash.json', { ...BOT, leverage: undefined });
    await refused('as they are of trades on margin; add --margin', outright, '--borrow-rate', '5');
  });
});

describe('on paper', () => {
  const start = (folder: string, ...args: readonly string[]) => {
    const market = ['--market', `replay:${file('candles.csv')}`, '--speed', 'max', '--exit-at-end', '--no-web'];
    return runCli(['start', ...market, ...args], [], { DATA_DIR: file(folder) });
  };
  const fillsIn = async (folder: string) =>
    JSON.parse((await runCli(['fills', '--json'], [], { DATA_DIR: file(folder) })).stdout).fills;

  test('a replay fills what a backtest does, and takes its terms from the account when it goes on', async () => {
    const terms = [...FUNDED(), '--borrow-rate', '36.5'];
    const { fills } = JSON.parse(await run(file('bot.json'), ...MARKET(), ...terms, '--json'));
    expect(fills.map(({ leg, fee }: { leg: string; fee: number }) => [leg, fee])).toEqual([
      ['entry', 1],
      ['liquidation', 0.9],
    ]);
    expect(await start('venue', '--bot', file('bot.json'), ...terms)).toMatchObject({ code: 0 });
    expect(await fillsIn('venue')).toEqual(fills);
    expect(await start('venue')).toMatchObject({ code: 0 });
    expect(await fillsIn('venue')).toEqual(fills);
    const ran = await start('venue', '--bot', file('bot.json'), '--margin', 'generic');
    expectRefused(ran, 'Cannot go on with "On margin" as the terms of its margin must be those that it began with');
  });

  test('terms are of the bots that are named', async () => {
    const ran = await start('none', '--margin', 'generic');
    expectRefused(ran, 'as they are of the bots of --bot; add --bot and a file');
  });

  test('an account at a venue has the terms of that', async () => {
    const keys = { DATA_DIR: file('elsewhere'), BYBIT_API_KEY: 'k', BYBIT_API_SECRET: 's', BYBIT_ENVIRONMENT: 'demo' };
    for (const option of [
      ['--margin', 'generic'],
      ['--tiers', 't.json'],
      ['--funding', 'f.csv'],
      ['--borrow-rate', '5'],
    ]) {
      const ran = await runCli(['start', '--venue', 'bybit', '--bot', file('bot.json'), ...option], [], keys);
      expectRefused(ran, 'as bybit reckons the margin of its accounts itself; leave them out');
    }
  });

  test('a bot with leverage needs no word: it is reckoned as generic, with the tiers of that', async () => {
    expect(await start('generic', '--bot', file('bot.json'))).toMatchObject({ code: 0 });
    const { fills } = JSON.parse(await run(file('bot.json'), ...MARKET(), '--margin', 'generic', '--json'));
    expect(await fillsIn('generic')).toEqual(fills);
    expect(fills).toHaveLength(2);
  });
});

test('a day of what is borrowed is paid for at its end, by a short and by the lent part of a long', async () => {
  const HOURS = 26;
  const rows = Array.from({ length: HOURS }, (_, k) => `${START + k * 3_600_000},100,100,100,100,5`);
  writeFileSync(file('hours.csv'), `ts,open,high,low,close,volume\n${rows.join('\n')}\n`);
  const bot = { ...BOT, timeframe: '1h', entry: { short: ['close', '>', 0] }, borrowPercentPerYear: 36.5 };
  const args = ['--candles', file('hours.csv'), '--fee-bps', '10', '--margin', 'generic', '--json'];
  const short = JSON.parse(await run(write('short.json', bot), ...args));
  // 1,000 x 0.1 % a day.
  expect(short.trades).toMatchObject([{ side: 'short', interest: -1, funding: 0, pnl: -2 }]);
  expect(short.metrics).toMatchObject({ interest: -1 });
  const long = { ...bot, entry: { long: ['close', '>', 0] } };
  // Nine tenths of 1,000 are lent, and 73 % a year instead.
  const lent = JSON.parse(await run(write('long.json', long), ...args, '--borrow-rate', '73'));
  expect(lent.trades).toMatchObject([{ side: 'long', interest: -1.8 }]);
  const explained = await run(file('long.json'), ...args.slice(0, -1), '--explain', '1');
  expect(explained).toMatch(
    /2026-01-05 23:59 {2}Interest +10 x mark 100 x \(1 - 1 \/ 10\) x rate a day 0.001 = 0.9 paid\n/,
  );
});
