import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededChance } from '#core/random.ts';
import { stormyCandles } from '#tests/builders/stormy-candles.ts';
import { endOf, ReplayBench } from './replays.ts';

const CANDLES = 25_000;
const KILLS = 10;
const TABLES = [
  'orders',
  'fills',
  'trades',
  'positions',
  'cycles',
  'account_snapshots',
  'ai_decisions',
  'analysis_results',
  'candles',
];
/** Somewhere between starting up and having replayed it all. */
const SOONEST_MS = 250;
const SPREAD_MS = 700;

/** Decides every minute, between the closes of its candles. */
const TICKING = {
  tradingFrequency: 60,
  entry: { long: ['price', 'crosses-above', 'sma(5)'], short: ['price', 'crosses-below', 'sma(5)'] },
  exit: { long: ['price', '<', 'sma(8)'], short: ['price', '>', 'sma(8)'] },
};

/** Decides at closes, and where the market does what is out of the usual. */
const { tradingFrequency: _, ...RULES } = TICKING;
const CALLED = { ...RULES, tradingEvents: ['flash-move', 'volume-spike'] };

describe.each([
  { name: 'sma-cross', example: 'sma-cross', changes: undefined },
  { name: 'rsi-atr-brackets', example: 'rsi-atr-brackets', changes: undefined },
  { name: 'rsi-atr-brackets, every minute', example: 'rsi-atr-brackets', changes: TICKING },
  {
    name: 'rsi-atr-brackets, called by events',
    example: 'rsi-atr-brackets',
    changes: CALLED,
    generate: stormyCandles,
  },
])('$name on 25,000 candles', ({ name, example, changes, generate }) => {
  let bench: ReplayBench;
  let expected: unknown[];

  beforeAll(() => {
    bench = new ReplayBench(example, CANDLES, changes, generate);
    expected = bench.backtestFills();
  });
  afterAll(() => bench.remove());

  test('paper trading fills what a backtest fills: time, side, quantity and price', async () => {
    const dataDir = bench.dataDir('calm');
    expect(await endOf(bench.start(dataDir))).toBe(0);
    expect(expected.length).toBeGreaterThan(500);
    expect(bench.paperFills(dataDir)).toEqual(expected);
  });

  test('killed at random moments and started again: everything stored is as if nothing had happened', async () => {
    const dataDir = bench.dataDir('killed');
    const chance = seededChance(name.length);
    for (let kill = 0; kill < KILLS; kill++) {
      const engine = bench.start(dataDir);
      const ended = endOf(engine);
      await Promise.race([ended, setTimeout(SOONEST_MS + chance.next() * SPREAD_MS)]);
      engine.kill('SIGKILL');
      await ended;
    }
    expect(await endOf(bench.start(dataDir))).toBe(0);
    expect(bench.paperFills(dataDir)).toEqual(expected);
    for (const table of TABLES)
      expect(bench.rows(dataDir, table), table).toEqual(bench.rows(bench.dataDir('calm'), table));
  });
});
