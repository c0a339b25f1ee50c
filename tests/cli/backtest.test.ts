import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { exampleCandles } from '#tests/builders/example-candles.ts';
import { ROOT, runCli, sharedFile } from './run-cli.ts';

const CANDLES = 'examples/simulated-5m.csv.gz';
const MINUTE_MS = 60_000;
const SEED = 20_260_101;

const folder = mkdtempSync(join(tmpdir(), 'autotrader-cli-'));
const generated = join(folder, 'generated.csv');
beforeAll(() => writeFileSync(generated, formatCandles(generateCandles(100_000, SEED))));
afterAll(() => rmSync(folder, { recursive: true }));

interface Trade {
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly side: 'long' | 'short';
  readonly exitReason: string;
}

async function run(bot: string, candles: string, ...args: readonly string[]) {
  const { stdout, stderr, code } = await runCli(['backtest', bot, '--candles', candles, '--json', ...args]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return { text: stdout, document: JSON.parse(stdout) };
}

test('the example candles are those of the seeded market', () => {
  expect(gunzipSync(readFileSync(join(ROOT, CANDLES))).toString()).toBe(exampleCandles());
});

describe('the two reference bots on the 100,000 candles of the generator', () => {
  /** Rows of an expected trade list: entryBar, entryPrice, exitBar, exitPrice, side. */
  function expectedRows(path: string, count: number): readonly (readonly number[])[] {
    const lines = gunzipSync(readFileSync(path)).toString().split('\n');
    return lines.slice(1, count + 1).map((line) => line.split(',').map(Number));
  }

  function expectSameTrades(trades: readonly Trade[], from: number, rows: readonly (readonly number[])[]): void {
    for (const [k, [entryBar, entryPrice, exitBar, exitPrice, side]] of rows.entries()) {
      const trade = trades[k]!;
      expect([(trade.entryTime - from) / MINUTE_MS, (trade.exitTime - from) / MINUTE_MS]).toEqual([entryBar, exitBar]);
      expect(trade.side).toBe(side === 1 ? 'long' : 'short');
      expect(Math.abs(trade.entryPrice - entryPrice!)).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(trade.exitPrice - exitPrice!)).toBeLessThanOrEqual(1e-9);
    }
  }

  test.each([
    { bot: 'sma-cross', list: 'W1', closed: 1_819, open: 0, finalEquity: '9921805.7975' },
    { bot: 'rsi-atr-brackets', list: 'W2', closed: 2_424, open: 1, finalEquity: '9888933.140689338669' },
  ])('$bot', async ({ bot, list, closed, open, finalEquity }) => {
    const { text, document } = await run(`examples/${bot}.json`, generated, '--timeframe', '1m');
    expect(text).toContain(`"finalEquity": ${finalEquity},`);
    expect(document.trades).toHaveLength(closed + open);
    expect(document.metrics.trades).toBe(closed);
    const expected = sharedFile(`bench/expected/trades_${list}.csv.gz`);
    if (!expected.missing) expectSameTrades(document.trades, document.from, expectedRows(expected.path, closed));
  });

  test('brackets rounded to the tick toward the entry, as venues demand', async () => {
    const bot = join(folder, 'rounded.json');
    const example = readFileSync(join(ROOT, 'examples/rsi-atr-brackets.json'), 'utf8');
    writeFileSync(bot, example.replace('"none"', '"toward-entry"'));
    const { text, document } = await run(bot, generated, '--timeframe', '1m');
    expect(text).toContain('"finalEquity": 9888257.92075,');
    expect(document.trades).toHaveLength(2_434);
  });
});

describe('--json', () => {
  test('prints one document, with exact decimals as numbers', async () => {
    const { text, document } = await run('examples/rsi-atr-brackets.json', CANDLES);
    const { trades, fills, metrics, ...head } = document;
    expect(head).toEqual({
      bot: 'RSI turn with ATR brackets',
      symbol: 'BTC/USDT',
      timeframe: '5m',
      from: Date.UTC(2025, 0, 1),
      to: Date.UTC(2025, 0, 1) + 5_000 * 5 * MINUTE_MS,
      candles: 5_000,
      capital: 10_000_000,
      finalEquity: expect.any(Number),
      warnings: [],
      gaps: [],
    });
    expect(Object.keys(trades[0])).toEqual([
      ...['entryTime', 'entryPrice', 'exitTime', 'exitPrice', 'side', 'quantity', 'fees', 'exitReason', 'pnl', 'r'],
    ]);
    expect(Object.keys(fills[0])).toEqual([
      ...['time', 'symbol', 'leg', 'side', 'quantity', 'price', 'fee', 'liquidity'],
    ]);
    expect(metrics.winRate).toEqual({ value: expect.any(Number), n: metrics.trades });
    expect(text).toMatch(/"fees":\d+\.\d{9,}/); // More digits than a float would keep.
  });

  test('adds up: fills to fees, trades to the final equity', async () => {
    const { document } = await run('examples/rsi-atr-brackets.json', CANDLES);
    const sum = (list: readonly Record<string, number>[], key: string) => list.reduce((all, one) => all + one[key]!, 0);
    expect(sum(document.fills, 'fee')).toBeCloseTo(document.metrics.fees, 6);
    expect(document.capital + sum(document.trades, 'pnl')).toBeCloseTo(document.finalEquity, 6);
  });

  test('marks what is still open at the last close, without a fee', async () => {
    const { document } = await run('examples/rsi-atr-brackets.json', generated, '--timeframe', '1m');
    const last = document.trades.at(-1);
    expect(last.exitReason).toBe('end-of-data');
    expect(last.exitTime).toBe(document.to - MINUTE_MS);
    expect(last.fees).toBeCloseTo(last.entryPrice * 0.001, 9);
  });

  test('says null where a sample is too small, with its size', async () => {
    const bot = join(folder, 'never.json');
    const example = JSON.parse(readFileSync(join(ROOT, 'examples/sma-cross.json'), 'utf8'));
    writeFileSync(bot, JSON.stringify({ ...example, entry: { long: ['close', '<', 1] } }));
    const { document } = await run(bot, CANDLES);
    expect(document).toMatchObject({ trades: [], fills: [], finalEquity: 10_000_000 });
    expect(document.metrics).toMatchObject({ winRate: { value: null, n: 0 }, totalReturn: 0, exposure: 0 });
  });

  test('charges the fee that is asked for', async () => {
    const { document } = await run('examples/sma-cross.json', CANDLES, '--fee-bps', '2.5');
    const [{ price, fee }] = document.fills;
    expect(fee).toBeCloseTo(price * 0.00025, 9);
  });
});

test('the report has units in its labels and n beside each rate', async () => {
  const { stdout, stderr } = await runCli(['backtest', 'examples/sma-cross.json', '--candles', CANDLES]);
  expect(stderr).toBe('');
  expect(stdout).toMatchInlineSnapshot(`
    "SMA cross on BTC/USDT, 5m
    2025-01-01 00:00 to 2025-01-18 08:40 UTC, 5,000 candles

    Result
      Capital (USDT)             10,000,000.00
      Final equity (USDT)         9,993,529.41
      Fees (USDT)                    18,713.59
      Return (%)                         −0.06
      Return per year (%)                −1.35
      Deepest drawdown (%)                0.15   2025-01-12 13:45 to 2025-01-16 16:30, not back at the peak after 5.8 days
      Time in position (%)               45.92

    Trades
      Closed                                87   87 by rule
      Open at the end                        1   long 1 BTC since 2025-01-18 08:25, at the last close 96415.5: −352.10 USDT

    Rates
      Win rate (%)                        31.0   n 87 trades
      Profit factor                       0.87   n 87 trades
      Expectancy (R)                         –   n 0 trades with a stop, under 10
      Sharpe ratio, per year             −2.69   n 18 days
      Sortino ratio, per year            −3.50   n 18 days
    "
  `);
});

test('--timing tells speed and memory on stderr', async () => {
  const { stderr } = await runCli(['backtest', 'examples/sma-cross.json', '--candles', CANDLES, '--timing']);
  const labels = stderr.split('\n').map((line) => line.replace(/ +[\d,.]+$/, ''));
  expect(labels).toEqual([
    ...['Candles', 'Load (ms)', 'Run (ms)', 'Report (ms)', 'Speed (candles/s)', 'Memory at most (MB)', ''],
  ]);
});

test('a backtest loads nothing of the server, the store or the pages', async () => {
  const list = join(folder, 'loaded.txt');
  const spy = `import { registerHooks } from 'node:module';
    import { writeFileSync } from 'node:fs';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    process.on('exit', () => writeFileSync(${JSON.stringify(list)}, loaded.join('\\n')));`;
  const args = ['backtest', 'examples/sma-cross.json', '--candles', CANDLES];
  await runCli(args, ['--import', `data:text/javascript,${encodeURIComponent(spy)}`]);
  const loaded = readFileSync(list, 'utf8');
  expect(loaded).toContain('src/core/matching.ts');
  expect(loaded).not.toMatch(
    /node_modules\/(fastify|@fastify|socket\.io|kysely|next|pino|react)|node:sqlite|adapters\/store/,
  );
});
