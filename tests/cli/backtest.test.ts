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

test.each(['simulated-5m', 'chart-vision', 'model-vote'] as const)(
  'the candles of the example %s are those of the seeded market',
  (name) => {
    const file = readFileSync(join(ROOT, `examples/${name}.csv.gz`));
    expect(gunzipSync(file).toString()).toBe(exampleCandles(name));
  },
);

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
      ...[
        'symbol',
        'entryTime',
        'entryPrice',
        'exitTime',
        'exitPrice',
        'side',
        'quantity',
        'fees',
        'exitReason',
        'pnl',
        'r',
      ],
      ...['mae', 'mfe'],
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

  test('parts its trades, and tells how far each went', async () => {
    const { text, document } = await run('examples/rsi-atr-brackets.json', CANDLES);
    const { breakdowns, months, intervals, expectancy, winRate, r, expectancyR } = document.metrics;
    for (const rows of Object.values<readonly Record<string, number>[]>(breakdowns)) {
      expect(rows.reduce((all, { n }) => all + n!, 0)).toBe(document.metrics.trades);
      expect(rows.reduce((all, { pnl }) => all + pnl!, 0)).toBeCloseTo(expectancy.value * expectancy.n, 6);
    }
    expect(months).toEqual([
      { year: 2025, month: 1, from: document.from, to: document.to, isPartial: true, value: expect.any(Number) },
    ]);
    expect(months[0].value).toBeCloseTo(document.metrics.totalReturn, 12);
    expect(intervals).toMatchObject({ method: 'bootstrap-percentile', resamples: 1_000, level: 0.95, seed: 1 });
    expect(intervals.winRate.low).toBeLessThan(winRate.value);
    expect(intervals.winRate.high).toBeGreaterThan(winRate.value);
    expect(r.mean).toBeCloseTo(expectancyR.value, 12);
    const closed = document.trades.slice(0, document.metrics.trades);
    for (const { exitReason, mae, mfe } of closed) {
      // Fills at the stop and at the target: as far as that and no further.
      if (exitReason === 'stop') expect(mae.r).toBeGreaterThanOrEqual(1 - 1e-9);
      else expect(mfe.r).toBeGreaterThanOrEqual(1.5 - 1e-9);
    }
    expect((await run('examples/rsi-atr-brackets.json', CANDLES)).text).toBe(text);
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
    expect(document.metrics).toMatchObject({
      expectancy: { value: null, n: 0 },
      calmar: { value: null, n: 18 },
      intervals: { winRate: null, sharpe: null },
      breakdowns: { hour: [], exitReason: [] },
    });
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
      Deepest drawdown (%)                0.15   2025-01-12 13:45 to 2025-01-16 16:30,
                                                 not back at the peak after 5.8 days
      Longest below a peak            7.7 days
      Ulcer index (%)                     0.06   n 18 days
      Time in position (%)               45.92

    Trades
      Closed                                87   87 by rule
      Open at the end                        1   long 1 BTC since 2025-01-18 08:25,
                                                 at the last close 96415.5: −352.10 USDT

    Rates (95 % intervals from 1,000 samples)
      Win rate (%)                        31.0   n 87 trades, 21.8 to 41.4
      Profit factor                       0.87   n 87 trades, 0.46 to 1.45
      Expectancy (USDT)                 −69.22   n 87 trades, −328.42 to +206.62
      Expectancy (R)                         –   n 0 trades with a stop, under 10
      Sharpe ratio, per year             −2.69   n 18 days, −13.21 to 6.65
      Sortino ratio, per year            −3.50   n 18 days
      Calmar ratio, per year             −8.79   n 18 days
      Martin ratio, per year            −22.95   n 18 days

    Excursions, mean (MAE against the trade, MFE with it, before fees)
      MAE of trades won (%)               0.17   n 27 trades won
      MFE of trades won (%)               2.90   n 27 trades won
      MAE of trades lost (%)              0.74   n 60 trades lost
      MFE of trades lost (%)              0.50   n 60 trades lost

    Return by month (%, UTC)
              Jan    Feb    Mar    Apr    May    Jun    Jul    Aug    Sep    Oct    Nov    Dec     Year
      2025  −0.06                                                                                 −0.06
      Part of a month: Jan 2025, 2025-01-01 00:00 to 2025-01-18 08:40

    Closed trades by side, exit, and UTC weekday and hour of entry
                             n     won  win rate (%)        P&L (USDT)    mean R
      long                  87      27          31.0         −6,021.72         –

      by rule               87      27          31.0         −6,021.72         –

      Mon                   14       3          21.4         −4,913.31         –
      Tue                   10       3          30.0         −2,605.20         –
      Wed                   19       4          21.1         −6,795.04         –
      Thu                   13       5          38.5         +2,424.63         –
      Fri                    8       6             –         +9,587.80         –
      Sat                   12       3          25.0           −666.00         –
      Sun                   11       3          27.3         −3,054.59         –

      00:00                  1       0             –           −513.90         –
      01:00                  7       1             –         −3,973.55         –
      02:00                  4       1             –         −1,603.45         –
      03:00                  1       0             –           −935.73         –
      04:00                  7       1             –         −1,850.21         –
      05:00                  4       0             –         −2,198.18         –
      06:00                  4       1             –         −1,708.05         –
      07:00                  5       3             –         +3,116.06         –
      08:00                  6       2             –         +1,886.54         –
      09:00                  3       2             –         +3,533.75         –
      10:00                  3       1             –           +379.81         –
      11:00                  2       2             –         +6,078.41         –
      12:00                  3       1             –         −1,009.80         –
      13:00                  3       2             –         +1,830.11         –
      14:00                  4       1             –         −1,758.35         –
      15:00                  3       1             –         −1,305.35         –
      16:00                  2       0             –           −878.34         –
      17:00                  4       1             –         −2,527.95         –
      18:00                  4       3             –         +4,627.66         –
      19:00                  7       2             –         −1,237.53         –
      20:00                  2       0             –         −2,150.47         –
      21:00                  3       0             –         −2,828.12         –
      22:00                  2       0             –         −3,538.11         –
      23:00                  3       2             –         +2,543.04         –
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
  expect(loaded).toContain('src/core/matching/matching.ts');
  expect(loaded).not.toMatch(
    /node_modules\/(fastify|@fastify|socket\.io|kysely|next|pino|react|ccxt|bybit-api|axios)|node:sqlite|adapters\/store/,
  );
});
