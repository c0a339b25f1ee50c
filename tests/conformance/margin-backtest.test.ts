import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '#tests/cli/run-cli.ts';
import { areThere, casesPath } from './cases.ts';
import { TIERS_FILE } from './venue-tiers.ts';

/**
 * The crash of 10 October 2025 as a user backtests it, with Bybit's tiers and real funding. margin-crash.test.ts works
 * the same positions out by hand; here the whole program must come to the same figures.
 */
const CANDLES = casesPath('..', 'candles', 'binance_usdm_BTCUSDT_5m.csv.gz');
const FUNDING = casesPath('..', 'instruments', 'funding_bybit_linear_BTCUSDT.csv.gz');
const isThere = areThere('backtests through the crash of 2025-10-10', CANDLES, FUNDING, TIERS_FILE);

const folder = mkdtempSync(join(tmpdir(), 'autotrader-margin-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (text: string) => Date.parse(`${text}Z`);

interface Setup {
  readonly side: 'long' | 'short';
  readonly capital: number;
  readonly marginMode?: 'isolated' | 'cross';
  /** The first candle; the bot decides at the close of the second one and enters at the open of the third. */
  readonly from: string;
  readonly brackets?: object;
}

/** Enters once, and holds. */
async function crash({ side, capital, marginMode = 'isolated', from, brackets }: Setup, ...more: readonly string[]) {
  const bot = join(folder, 'bot.json');
  const file = {
    name: 'Through the crash',
    kind: 'indicator-rules',
    capital,
    symbols: ['BTC/USDT'],
    timeframe: '5m',
    warmupCandles: 1,
    entry: { [side]: ['close', '>', 0] },
    maxTradeCandles: 100_000,
    coolDownCandles: 100_000,
    sizing: { quantity: 1 },
    leverage: 20,
    marginMode,
    ...(brackets && { brackets }),
  };
  writeFileSync(bot, JSON.stringify(file));
  const candles = join(folder, 'candles.csv');
  const [header, ...rows] = gunzipSync(readFileSync(CANDLES)).toString().trim().split('\n');
  const end = at('2025-10-11T00:05');
  const part = rows.filter((row) => Number.parseInt(row, 10) >= at(from) && Number.parseInt(row, 10) < end);
  writeFileSync(candles, [header, ...part].join('\n'));
  const market = ['--candles', candles, '--fee-bps', '5.5'];
  const margin = ['--margin', 'bybit', '--tiers', TIERS_FILE, '--funding', FUNDING];
  const { stdout, stderr, code } = await runCli(['backtest', bot, ...market, ...margin, ...more]);
  expect({ stderr: stderr.replace(/Reading candles.*/s, '').trim(), code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

const LONG = { side: 'long', capital: 10_000, from: '2025-10-10T15:45' } as const;

describe.runIf(isThere)('a backtest through the crash of 2025-10-10', () => {
  test('an isolated long of 20x from 119,118.8 is taken over in the candle of 20:55', async () => {
    const text = await crash(LONG, '--json');
    // 10,000 - 65.51534 - 5.446226856 - 6,018.179573
    expect(text).toContain('"finalEquity": 3910.858860144,');
    const { trades, fills, metrics } = JSON.parse(text);
    expect(trades).toMatchObject([
      {
        entryTime: at('2025-10-10T15:55'),
        entryPrice: 119_118.8,
        exitTime: at('2025-10-10T20:55'),
        // The bankruptcy price 119,118.8 x 0.95 on the tick; the 0.04 beyond it are the venue's.
        exitPrice: 113_162.9,
        exitReason: 'liquidation',
        fees: 127.754913,
        funding: -5.446226856,
        covered: -0.04,
        pnl: -6_089.141139856,
      },
    ]);
    expect(fills.map(({ leg, fee }: { leg: string; fee: number }) => [leg, fee])).toEqual([
      ['entry', 65.51534],
      ['liquidation', 62.239573],
    ]);
    expect(metrics).toMatchObject({ funding: -5.446226856, fees: 127.754913, covered: -0.04 });
  });

  test('and is explained line by line', async () => {
    const lines = (await crash(LONG, '--explain', '1')).split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
    for (const line of [
      'Trade 1 of 1: long BTC/USDT, ended by liquidation',
      'Balance before 10000',
      '2025-10-10 15:55 Entry bought 1 at 119118.8',
      'Fee 65.51534 (taker)',
      'Initial margin 119118.8 / 20 = 5955.94',
      'Locked for closing 62.239573',
      'Maintenance tier 1, notional 0 to 300000: rate 0.0033, amount 0',
      'Liquidation price (119118.8 - 5955.94 - 0) / (1 x (1 - 0.0033)) = 113537.6, on the tick towards the entry (tier 1)',
      '2025-10-10 16:00 Funding -1 x mark 118965.2 x rate 0.00004578 = -5.446226856',
      '2025-10-10 20:55 Liquidation sold 1 at 113162.9',
      'Reached the low is at or below 113537.6',
      'Fee 62.239573 (taker)',
      'Loss of the backing 6018.179573',
      'Loss -6089.141139856',
      'Balance after 3910.858860144',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('a short of 20x, sold at the bottom, is liquidated by the bounce', async () => {
    const text = await crash({ side: 'short', capital: 10_000, from: '2025-10-10T21:10' }, '--json');
    // 10,000 - 56.892715 - 5,231.80235075
    expect(text).toContain('"finalEquity": 4711.30493425,');
    expect(JSON.parse(text).trades).toMatchObject([
      {
        entryTime: at('2025-10-10T21:20'),
        exitTime: at('2025-10-10T21:20'),
        entryPrice: 103_441.3,
        exitPrice: 108_613.3,
        exitReason: 'liquidation',
      },
    ]);
  });

  test('a stop 4 % under the entry comes before the liquidation', async () => {
    const brackets = { stop: { percent: 4 }, anchor: 'fill' };
    const { trades } = JSON.parse(await crash({ ...LONG, brackets }, '--json'));
    // 119,118.8 x 0.96 = 114,354.048, on the tick towards the entry.
    expect(trades).toMatchObject([{ exitReason: 'stop', exitPrice: 114_354.1, exitTime: at('2025-10-10T20:55') }]);
  });

  test('the same long in cross margin lives on 20,000, and receives the funding at midnight', async () => {
    const cross = { ...LONG, marginMode: 'cross', capital: 20_000 } as const;
    const { trades } = JSON.parse(await crash(cross, '--json'));
    // -5.446226856 + 15.92775665
    expect(trades).toMatchObject([{ exitReason: 'end-of-data', funding: 10.481529794 }]);
    expect(await crash(cross, '--explain', '1')).toContain('(119118.8 - 19944.966189794 - 0)');
  });

  test('and on 15,000 it loses all of it', async () => {
    const text = await crash({ ...LONG, marginMode: 'cross', capital: 15_000 }, '--json');
    expect(text).toContain('"finalEquity": 0,');
    expect(JSON.parse(text).trades).toMatchObject([
      { exitReason: 'liquidation', exitTime: at('2025-10-10T21:15'), pnl: -15_000 },
    ]);
  });
});

/**
 * Two 20x longs on one balance, entered at 15:15 at 120,352.1 and 4,255.61 with 30 % of 20,000 each. Binance's tiers of
 * February 2026 (0.4 % for both); Bybit's candles of 15 minutes.
 */
const PAIR = ['BTC', 'ETH'].map((base) => casesPath('..', 'candles', `bybit_linear_${base}USDT_15m.csv.gz`));
const areBothThere = areThere('cross margin through the crash of 2025-10-10', ...PAIR, FUNDING, TIERS_FILE);

describe.runIf(areBothThere)('two positions in cross margin through the crash of 2025-10-10', () => {
  const START = at('2025-10-10T14:45');

  async function explained(trade: number): Promise<string[]> {
    const bot = join(folder, 'pair.json');
    const rules = {
      warmupCandles: 1,
      entry: { long: ['close', '>', 0] },
      maxTradeCandles: 100_000,
      coolDownCandles: 100_000,
    };
    const margin = { leverage: 20, marginMode: 'cross', sizing: { percentOfCapital: 40 } };
    const market = { symbols: ['BTC/USDT', 'ETH/USDT'], timeframe: '15m' };
    writeFileSync(
      bot,
      JSON.stringify({ name: 'Pair', kind: 'indicator-rules', capital: 20_000, ...rules, ...margin, ...market }),
    );
    const files = PAIR.map((path, k) => {
      const [header, ...rows] = gunzipSync(readFileSync(path)).toString().trim().split('\n');
      const part = rows.filter(
        (row) => Number.parseInt(row, 10) >= START && Number.parseInt(row, 10) < at('2025-10-11T00:00'),
      );
      const file = join(folder, `${['BTCUSDT', 'ETHUSDT'][k]}.csv`);
      writeFileSync(file, [header, ...part].join('\n'));
      return ['--candles', file];
    });
    const terms = [
      '--margin',
      'binance',
      '--tiers',
      TIERS_FILE,
      '--funding',
      `BTC/USDT=${FUNDING}`,
      '--fee-bps',
      '5.5',
    ];
    const { stdout } = await runCli(['backtest', bot, ...files.flat(), ...terms, '--explain', String(trade)]);
    return stdout.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  }

  test('Bitcoin goes first, at the price that ether leaves it', async () => {
    const lines = await explained(1);
    // Funding at 16:00: 1.314 x 118,962.9 x 0.00004578. Ether had lost 37.18 x (4,255.61 - 4,014.08) = 8,980.0854 by 20:45
    // and must keep 37.18 x 4,014.08 x 0.004 = 596.9739776.
    // 20,000 - 86.97846267 - 87.02296889 - 7.156203732468 = 19,818.842364707532.
    expect(lines).toContain('2025-10-10 16:00 Funding -1.314 x mark 118962.9 x rate 0.00004578 = -7.156203732468');
    expect(lines).toContain('Beside it 37.18 ETH/USDT at mark 4014.08: gained -8980.0854, must keep 596.9739776');
    // (158,142.6594 - 10,241.782987...) / (1.314 x 0.996) = 113,009.777..., and the low is 112,526.5.
    expect(lines).toContain('Reached the low is at or below 113009.8');
    expect(lines).toContain('Loss of the backing 10241.782987107532');
    expect(lines.at(-2)).toBe('Balance after 9577.0593776');
  });

  test('and ether with it, as what is left is what it must keep: nothing is left, and nothing is owed', async () => {
    const lines = await explained(2);
    // 9,577.0593776 - 8,980.0854 = 596.9739776.
    expect(lines).toContain('Reached the low is at or below 4014.08');
    expect(lines).toContain('Loss of the backing 9577.0593776');
    expect(lines.at(-2)).toBe('Balance after 0');
  });
});
