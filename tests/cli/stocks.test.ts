import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { formatCandles } from '#core/candle-text/candle-text.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { expectRefused, runCli, sharedFile } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-stocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Turns over all the time: long above the average of five minutes, short below it. */
const TURNING = {
  name: 'Morning',
  kind: 'indicator-rules',
  capital: 1_000_000,
  symbols: ['SPY/USD'],
  timeframe: '1m',
  entry: { long: ['close', '>', 'sma(5)'], short: ['close', '<', 'sma(5)'] },
  exit: { long: ['close', '<', 'sma(5)'], short: ['close', '>', 'sma(5)'] },
  sizing: { quantity: 100 },
};
const MORNING = { start: '09:30', end: '12:00', zone: 'America/New_York', flattenAtEnd: true };

interface Fill {
  readonly time: number;
  readonly price: number;
  readonly quantity: number;
  readonly side: 'buy' | 'sell';
}

const clocks = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
});
const dateOf = ({ time }: Fill) => clocks.format(time).slice(0, 10);
const timeOf = ({ time }: Fill) => clocks.format(time).slice(11);

function botFile(name: string, changes: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...TURNING, ...changes }));
  return path;
}

async function backtest(bot: string, candles: string) {
  const args = ['backtest', bot, '--candles', candles, '--calendar', 'us-stocks', '--json'];
  const { stdout, stderr, code } = await runCli(args);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const document = JSON.parse(stdout);
  return { document, fills: document.fills as readonly Fill[] };
}

/** What is held at the end of each day that has a fill; 0 is flat. */
function heldAtEnd(fills: readonly Fill[]): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  let position = 0;
  for (const fill of fills) {
    position += fill.side === 'buy' ? fill.quantity : -fill.quantity;
    held.set(dateOf(fill), position);
  }
  return held;
}

const spy = sharedFile('data/stocks/us_SPY_1m_2025-07_extended-hours.csv.gz');

describe.skipIf(spy.missing)('minutes of SPY in July 2025', () => {
  test('are those of the sessions: 20 whole ones and the short one of the 3rd', async () => {
    const { document } = await backtest(botFile('plain.json', {}), spy.path);
    expect(document.candles).toBe(20 * 390 + 210);
    expect(document.gaps).toEqual([]);
    // The 21 are the exchange's closing prints at 20:00, and at 17:00 of the 3rd.
    expect(document.warnings[0]).toBe(
      'Candles left out, as they lie outside of the sessions of us-stocks: 6,883 before, 5,039 after, 21 at other times.',
    );
  });

  test('without a window it trades in sessions only, and not on the 4th', async () => {
    const { fills } = await backtest(botFile('sessions.json', {}), spy.path);
    expect(fills.length).toBeGreaterThan(1_000);
    const outside = fills.filter((fill) => timeOf(fill) < '09:30' || timeOf(fill) >= '16:00');
    const late = fills.filter((fill) => dateOf(fill) === '2025-07-03' && timeOf(fill) >= '13:00');
    expect([outside, late, fills.filter((fill) => dateOf(fill) === '2025-07-04')]).toEqual([[], [], []]);
  });

  test('with a window in the morning no order is outside of it, and it is flat at the end', async () => {
    const { fills } = await backtest(botFile('morning.json', { tradingWindow: MORNING }), spy.path);
    expect(fills.length).toBeGreaterThan(500);
    expect(fills.filter((fill) => timeOf(fill) < '09:30' || timeOf(fill) >= '12:00')).toEqual([]);
    const held = heldAtEnd(fills);
    expect(held.size).toBe(21);
    expect([...held.values()].filter((position) => position !== 0)).toEqual([]);
    // Prices are in cents, quantities in shares.
    expect(fills.every(({ price }) => Number.isInteger(Math.round(price * 1e6) / 1e4))).toBe(true);
  });

  test('with a window to the close it is flat at the early close of the 3rd', async () => {
    const afternoon = { ...MORNING, start: '12:00', end: '16:00' };
    const { fills } = await backtest(botFile('afternoon.json', { tradingWindow: afternoon }), spy.path);
    const third = fills.filter((fill) => dateOf(fill) === '2025-07-03');
    expect(third.length).toBeGreaterThan(4);
    expect(third.filter((fill) => timeOf(fill) < '12:00' || timeOf(fill) > '12:59')).toEqual([]);
    expect([...heldAtEnd(fills).values()].filter((position) => position !== 0)).toEqual([]);
  });
});

const spyDays = sharedFile('data/stocks/us_SPY_1d.csv.gz');

test.skipIf(spyDays.missing)(
  'days of SPY from 1998 to 2021 are each in their session, and none is missing',
  async () => {
    const bot = botFile('days.json', { timeframe: '1d' });
    const { document, fills } = await backtest(bot, spyDays.path);
    expect([document.candles, document.gaps]).toEqual([5_849, []]);
    expect(new Set(fills.map(timeOf))).toEqual(new Set(['09:30']));
  },
);

describe('a file of stocks', () => {
  const path = join(folder, 'stocks.csv');
  const candles = stockCandles('2025-07-02', '2025-07-07', '5m', (k) => {
    const price = 100 + Math.round(100 * Math.sin(k / 3)) / 100;
    return [price, price, price, price, 10];
  });
  writeFileSync(path, formatCandles(candles));
  const bot = botFile('generated.json', { timeframe: '5m', tradingWindow: MORNING });

  test('has no gaps between sessions, and trades in the window', async () => {
    const { document, fills } = await backtest(bot, path);
    expect([document.candles, document.gaps, document.warnings]).toEqual([78 + 42 + 78, [], []]);
    expect(new Set(fills.map(dateOf))).toEqual(new Set(['2025-07-02', '2025-07-03', '2025-07-07']));
    expect(fills.filter((fill) => timeOf(fill) < '09:30' || timeOf(fill) > '11:55')).toEqual([]);
    expect([...heldAtEnd(fills).values()]).toEqual([0, 0, 0]);
  });

  test('has gaps when it is said to trade always', async () => {
    expectRefused(await runCli(['backtest', bot, '--candles', path]), 'no candle may be missing');
  });

  test('is refused by a calendar that there is not', async () => {
    const args = ['backtest', bot, '--candles', path, '--calendar', 'nyse'];
    expectRefused(await runCli(args), "option '--calendar <C>' argument 'nyse' is invalid", 'always, us-stocks');
  });
});
