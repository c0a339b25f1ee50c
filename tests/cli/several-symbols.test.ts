import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const folder = mkdtempSync(join(tmpdir(), 'autotrader-symbols-'));
const file = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const BOT = {
  name: 'Two symbols',
  kind: 'indicator-rules',
  capital: 10_000,
  symbols: ['BTC/USDT', 'ETH/USDT'],
  timeframe: '1m',
  warmupCandles: 2,
  entry: { long: ['close', '>', 'sma(2)'] },
  exit: { long: ['close', '<', 'sma(2)'] },
  sizing: { quantity: 10 },
};
/** From minute 0 on, and from minute 1 on without minute 4: the second is bought and sold while the first is held. */
const BTC = [100, 101, 102, 103, 104, 105, 104, 103];
const ETH = [undefined, 50, 51, 52, undefined, 53, 52, 51];

function candles(closes: readonly (number | undefined)[]): string {
  const rows = closes.flatMap((close, k) =>
    close === undefined ? [] : [`${START + k * MINUTE},${close},${close + 1},${close - 1},${close},1`],
  );
  return ['ts,open,high,low,close,volume', ...rows, ''].join('\n');
}

beforeAll(() => {
  writeFileSync(file('bot.json'), JSON.stringify(BOT));
  writeFileSync(file('my_btcusdt_1m.csv'), candles(BTC));
  writeFileSync(file('other.csv'), candles(ETH));
});

async function run(...args: readonly string[]) {
  const files = ['--candles', `ETH/USDT=${file('other.csv')}`, '--candles', file('my_btcusdt_1m.csv'), '--allow-gaps'];
  const { stdout, stderr, code } = await runCli(['backtest', file('bot.json'), ...files, '--fee-bps', '10', ...args]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

test('a file is of the symbol that stands before it, or of the one in its name', async () => {
  const document = JSON.parse(await run('--json'));
  expect(document).toMatchObject({
    symbols: [
      { symbol: 'BTC/USDT', from: START, to: START + 8 * MINUTE, candles: 8 },
      { symbol: 'ETH/USDT', from: START + MINUTE, to: START + 8 * MINUTE, candles: 6 },
    ],
    from: START,
    to: START + 8 * MINUTE,
    candles: 14,
    gaps: [{ symbol: 'ETH/USDT', afterOpenTime: START + 3 * MINUTE, missing: 1 }],
    metrics: {
      trades: 2,
      // From minute 3 to minute 7 of 8.
      exposure: 0.5,
      breakdowns: {
        symbol: [
          { group: 'BTC/USDT', n: 1 },
          { group: 'ETH/USDT', n: 1 },
        ],
      },
    },
  });
  expect(document.warnings).toEqual([expect.stringMatching(/^ETH\/USDT: Missing candles: 1/)]);
  // Each fills at the next open of its own: ETH's minute 4 is not there.
  expect(
    document.fills.map(({ symbol, time, side, price }: Record<string, number>) => [
      symbol,
      side,
      (time! - START) / MINUTE,
      price,
    ]),
  ).toEqual([
    ['BTC/USDT', 'buy', 3, 103],
    ['ETH/USDT', 'buy', 5, 53],
    ['BTC/USDT', 'sell', 7, 103],
    ['ETH/USDT', 'sell', 7, 51],
  ]);
  // -1.03 - 1.03; 10 x -2 - 0.53 - 0.51.
  expect(document.trades).toMatchObject([
    { symbol: 'BTC/USDT', pnl: -2.06 },
    { symbol: 'ETH/USDT', pnl: -21.04 },
  ]);
  expect(document.finalEquity).toBe(9_976.9);
});

test('the report says what is of which symbol', async () => {
  const report = await run();
  expect(report).toContain('Two symbols on BTC/USDT, ETH/USDT, 1m');
  expect(report).toMatch(/ETH\/USDT +6 +2026-01-05 00:01 to 2026-01-05 00:08/);
  expect(report).toContain('1 after the candle of ETH/USDT of 2026-01-05 00:03');
});

test('a balance tells what other trades moved meanwhile', async () => {
  const [btc, eth] = [await run('--explain', '1'), await run('--explain', '2')];
  expect(btc).toContain('Trade 1 of 2: long BTC/USDT, ended by rule');
  const words = (text: string) => text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  expect(words(btc)).toContain('Balance before 10000');
  // The entry fee of the other one.
  expect(words(btc).slice(-4, -1)).toEqual(['Loss -2.06', 'Other trades then -0.53', 'Balance after 9997.41']);
  expect(words(eth)).toContain('Balance before 9998.97');
  expect(words(eth).slice(-4, -1)).toEqual(['Loss -21.04', 'Other trades then -1.03', 'Balance after 9976.9']);
});
