import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { type BacktestFigures, backtestOf, type TradeFigures } from '#tests/builders/backtests.ts';
import { firstOf } from '#tests/builders/candles.ts';
import { readBotFile } from '../../src/contract/bot-file.ts';
import { generateCandles } from './generator.ts';
import { type ReferenceRun, type ReferenceTrade, rsiTurn, smaCross } from './reference.ts';

const SEED = 20_260_101;
const MANY = 1_000_000;
const FEW = 100_000;
const INSTRUMENT = { tick: '0.25', lot: '1' };

/** An example as it is read by whoever runs it, on the generator's timeframe. */
function exampleBot(name: string, rounding?: 'toward-entry'): Bot {
  const file = JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));
  const brackets = rounding ? { brackets: { ...file.brackets, rounding } } : {};
  return readBotFile(JSON.stringify({ ...file, timeframe: '1m', ...brackets }));
}

interface Workload {
  readonly name: string;
  readonly bot: Bot;
  readonly reference: (candles: Candles, count: number) => ReferenceRun;
  /** How many trades closed on the first 100,000 candles and on all of them, and whether one more is open. */
  readonly few: { readonly closed: number; readonly open: boolean; readonly finalEquity?: string };
  readonly many: { readonly closed: number; readonly open: boolean; readonly finalEquity: string | number };
  /** The trade list that was published, on all candles. */
  readonly published?: string;
}

const WORKLOADS: readonly Workload[] = [
  {
    name: 'W1q, the SMA cross',
    bot: exampleBot('sma-cross'),
    reference: smaCross,
    few: { closed: 1_819, open: false },
    many: { closed: 18_608, open: true, finalEquity: '9597803.691' },
    published: 'trades_W1.csv.gz',
  },
  {
    name: 'W2, the RSI turn with ATR brackets',
    bot: exampleBot('rsi-atr-brackets'),
    reference: (candles, count) => rsiTurn(candles, count, 'as computed'),
    few: { closed: 2_424, open: true },
    many: { closed: 23_980, open: false, finalEquity: 9_376_468.226907987 },
    published: 'trades_W2.csv.gz',
  },
  {
    name: 'W2 with its levels on the tick',
    bot: exampleBot('rsi-atr-brackets', 'toward-entry'),
    reference: (candles, count) => rsiTurn(candles, count, 'on the tick'),
    few: { closed: 2_433, open: true, finalEquity: '9888257.92075' },
    many: { closed: 24_141, open: false, finalEquity: '9373006.92475' },
  },
];

const WITHIN = 1e-9;

/** Compares one by one, so that the first difference is what is shown. */
function expectSameTrades(trades: readonly TradeFigures[], expected: readonly ReferenceTrade[]): void {
  for (const [k, trade] of expected.entries()) {
    const { side, entryIndex, entryPrice, exitIndex, exitPrice } = trades[k] ?? ({} as Partial<TradeFigures>);
    const isSame =
      side === trade.side &&
      entryIndex === trade.entryIndex &&
      exitIndex === trade.exitIndex &&
      Math.abs(entryPrice! - trade.entryPrice) <= WITHIN &&
      Math.abs(exitPrice! - trade.exitPrice) <= WITHIN;
    if (!isSame) expect({ k, side, entryIndex, entryPrice, exitIndex, exitPrice }).toEqual({ k, ...trade });
  }
  expect(trades.length).toBe(expected.length);
}

const closedOf = ({ trades, isOpen }: BacktestFigures) => (isOpen ? trades.slice(0, -1) : trades);

let many: Candles;
let few: Candles;
beforeAll(() => {
  many = generateCandles(MANY, SEED);
  few = firstOf(many, FEW);
});

describe.each(WORKLOADS)('$name', ({ bot, reference, few: expectedFew, many: expectedMany, published }) => {
  test.each(['1', '0.001'])('makes the trades of the reference on 100,000 candles, with a lot of %s', async (lot) => {
    const run = await backtestOf(bot, few, { ...INSTRUMENT, lot });
    const expected = reference(few, FEW);
    expectSameTrades(closedOf(run), expected.trades);
    expect([closedOf(run).length, run.isOpen]).toEqual([expectedFew.closed, expectedFew.open]);
    expect(run.isOpen && run.trades.at(-1)).toEqual(expected.open ? expect.objectContaining(expected.open) : false);
    expect(Number(run.finalEquity)).toBeCloseTo(expected.finalEquity, 5);
    if (expectedFew.finalEquity !== undefined) expect(run.finalEquity).toBe(expectedFew.finalEquity);
  });

  test('makes the published figures on 1,000,000 candles', async () => {
    const run = await backtestOf(bot, many, INSTRUMENT);
    expect([closedOf(run).length, run.isOpen]).toEqual([expectedMany.closed, expectedMany.open]);
    const { finalEquity } = expectedMany;
    if (typeof finalEquity === 'string') expect(run.finalEquity).toBe(finalEquity);
    else expect(Math.abs(Number(run.finalEquity) - finalEquity)).toBeLessThan(1e-6);
  });

  const file = new URL(`../../../shared/bench/expected/${published}`, import.meta.url);
  test.skipIf(!published || !existsSync(file))('makes the published trades on 1,000,000 candles', async () => {
    const run = await backtestOf(bot, many, INSTRUMENT);
    expectSameTrades(closedOf(run), readTrades(gunzipSync(readFileSync(file)).toString()));
  });
});

/** Rows of `entryBar,entryPrice,exitBar,exitPrice,side`. */
function readTrades(text: string): readonly ReferenceTrade[] {
  const [, ...lines] = text.trim().split('\n');
  return lines.map((line) => {
    const [entryIndex, entryPrice, exitIndex, exitPrice, sign] = line.split(',').map(Number);
    const side = sign! > 0 ? 'long' : 'short';
    return { side, entryIndex, entryPrice, exitIndex, exitPrice } as ReferenceTrade;
  });
}
