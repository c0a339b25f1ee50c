import { afterEach, expect, test, vi } from 'vitest';
import { SimulatedVenue } from '#adapters/venues/simulated.ts';
import { DEFAULT_EXECUTION } from '#core/matching/execution-model.ts';
import { Exchange } from '#core/matching/matching.ts';
import { REASONS } from '#core/signals.ts';
import type { Venue } from '#ports/venue.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';

/** Whole prices. Signalled at the close of candle 2: 101 for a long, 99 for a short. */
const INSTRUMENT = { tick: '1', lot: '1' };
const LONG: readonly Ohlc[] = [flat(100), flat(100), [100, 101, 100, 101]];
const SHORT: readonly Ohlc[] = [flat(100), flat(100), [100, 100, 99, 99]];
const WAITS = flat(101);
const DIPS: Ohlc = [101, 101, 97, 101];
/** 2 % under 101 is 98.98: 98 on the tick. */
const LIMIT = { offsetPercent: 2, timeoutCandles: 3 };
const ENTRY = { long: ['close', '>', 100], short: ['close', '<', 100] };
const RULES = { entry: ENTRY, brackets: { stop: { percent: 10 } }, onOpposite: 'ignore' };

afterEach(() => vi.restoreAllMocks());

function run(rows: readonly Ohlc[], file: object): Promise<BacktestFigures> {
  return backtestOf(botOf({ ...RULES, ...file }), candlesOf(rows), INSTRUMENT);
}

/** Each fill as [candle, leg, signed quantity, price, liquidity]. */
function fillsOf({ fills }: BacktestFigures) {
  const start = candlesOf([flat(1)]).openTimeAt(0);
  return fills.map(([at, , leg, ...rest]) => [(Number(at) - start) / 60_000, leg, ...rest]);
}

test.each([
  { name: 'fills at its limit, as a maker', rows: [...LONG, DIPS], fills: [[3, 'entry', 1, 98, 'maker']] },
  {
    name: 'of a short lies above the close',
    // 2 % above 99 is 100.98: 101 on the tick.
    rows: [...SHORT, [99, 102, 99, 99] as const],
    fills: [[3, 'entry', -1, 101, 'maker']],
  },
  { name: 'may trade in its last candle', rows: [...LONG, WAITS, WAITS, DIPS], fills: [[5, 'entry', 1, 98, 'maker']] },
  { name: 'is taken back after it', rows: [...LONG, WAITS, WAITS, WAITS, DIPS], fills: [] },
  {
    name: 'stays where it is',
    rows: [...LONG, [101, 110, 101, 110] as const, [110, 110, 99, 110] as const],
    fills: [],
  },
  {
    name: 'follows the close',
    // 2 % under 110 is 107.8.
    rows: [...LONG, [101, 110, 101, 110] as const, [110, 110, 99, 110] as const],
    limit: { reprice: 'follow' },
    brackets: { stop: { percent: 10 }, anchor: 'fill' },
    fills: [[4, 'entry', 1, 107, 'maker']],
  },
  {
    name: 'follows no farther than the capital goes',
    // 107 is more than the bot may commit: it stays at 98.
    rows: [...LONG, [101, 110, 101, 110] as const, [110, 110, 99, 110] as const, [110, 110, 97, 110] as const],
    limit: { reprice: 'follow' },
    brackets: { stop: { percent: 10 }, anchor: 'fill' },
    capital: 105,
    fills: [[5, 'entry', 1, 98, 'maker']],
  },
  {
    name: 'at the close itself takes at the next open',
    rows: [...LONG, [100, 101, 100, 101] as const],
    limit: { offsetPercent: 0 },
    fills: [[3, 'entry', 1, 100, 'taker']],
  },
  {
    name: 'has its stop counted from the limit',
    // 10 % of the close are 10.1: 87.9 under a limit of 98, and 88 on the tick.
    rows: [...LONG, DIPS, [101, 101, 80, 80] as const],
    fills: [
      [3, 'entry', 1, 98, 'maker'],
      [4, 'stop', -1, 88, 'taker'],
    ],
  },
  {
    name: 'does not wait outside the trading window',
    rows: [...LONG, WAITS, DIPS],
    tradingWindow: { start: '00:00', end: '00:04', zone: 'UTC' },
    fills: [],
  },
])('an entry that waits $name', async ({ rows, limit, fills, name, ...file }) => {
  const figures = await run(rows, { ...file, entryOrder: { limit: { ...LIMIT, ...limit } } });
  expect(fillsOf(figures)).toEqual(fills);
});

test('one that timed out tells so, and the next close decides anew', async () => {
  const { reasons } = await run([...LONG, WAITS, WAITS, WAITS, WAITS, WAITS], { entryOrder: { limit: LIMIT } });
  expect(reasons.slice(2)).toEqual(
    ['longEntry', 'orderPending', 'orderPending', 'entryTimedOut', 'longEntry', 'orderPending'].map(
      (name) => REASONS[name as keyof typeof REASONS].why,
    ),
  );
});

test('an addition that waits keeps nobody in: an exit takes it back', async () => {
  // Entered at 98 in candle 3, whose close adds at 98; candle 4 closes at 99 and leaves.
  const rows: Ohlc[] = [...LONG, DIPS, [101, 101, 99, 99], [99, 99, 90, 99]];
  const figures = await run(rows, {
    ...{ entry: { long: ENTRY.long }, exit: { long: ['close', '<', 100] }, onSame: 'stack' },
    entryOrder: { limit: LIMIT },
  });
  expect(fillsOf(figures)).toEqual([
    [3, 'entry', 1, 98, 'maker'],
    [5, 'exit', -1, 99, 'taker'],
  ]);
});

test('an addition to a trade that is over is taken back', async () => {
  // Entered at 98 in candle 2, whose close adds at 96; candle 3 stops it out at 97, and candle 4 would have filled the rest.
  const rows: Ohlc[] = [flat(100), flat(100), [100, 100, 98, 98], [98, 98, 97, 97], [97, 97, 95, 95]];
  const figures = await run(rows, {
    ...{
      entry: { long: ['close', '>', 97] },
      brackets: { stop: { percent: 1.5 } },
      onSame: 'stack',
      coolDownCandles: 5,
    },
    entryOrder: { limit: LIMIT },
  });
  expect(fillsOf(figures)).toEqual([
    [2, 'entry', 1, 98, 'maker'],
    [3, 'stop', -1, 97, 'taker'],
  ]);
});

test('one that filled in part keeps that part and its stop, and the rest is taken back', async () => {
  const model = { ...DEFAULT_EXECUTION, volumeShare: 0.25 };
  vi.spyOn(SimulatedVenue.prototype, 'open').mockImplementation(function (this: SimulatedVenue, symbol, grid, candles) {
    Reflect.get(this, 'markets').set(symbol, { exchange: new Exchange(grid, candles, { model }), candles });
  });
  // A quarter of a volume of 4 is 1 of the 3 that are wanted; candle 6 comes after its three candles.
  const volume = ([open, high, low, close]: Ohlc): Ohlc => [open, high, low, close, 4];
  const rows = [...LONG, DIPS, WAITS, WAITS, DIPS, [101, 101, 80, 80] as const].map(volume);
  const figures = await run(rows, { sizing: { quantity: 3 }, entryOrder: { limit: LIMIT } });
  expect(fillsOf(figures)).toEqual([
    [3, 'entry', 1, 98, 'maker'],
    [7, 'stop', -1, 88, 'taker'],
  ]);
});

test('a venue whose answers have to be waited for gives the same run', async () => {
  const bot = botOf({
    entry: { long: ['sma(3)', '>', 'sma(8)'], short: ['sma(3)', '<', 'sma(8)'] },
    exit: { long: ['sma(2)', '<', 'sma(5)'] },
    brackets: { stop: { percent: 0.5 }, roi: { 0: 0.5, 4: 0.05 }, anchor: 'fill' },
    entryOrder: { limit: { offsetPercent: 0.02, timeoutCandles: 2, reprice: 'follow' } },
    onSame: 'stack',
  });
  const [candles, instrument] = [generateCandles(500, 4), { tick: '0.25', lot: '0.001' }];
  const atOnce = await backtestOf(bot, candles, instrument);
  const { amend, cancel } = SimulatedVenue.prototype;
  const amended = vi.spyOn(SimulatedVenue.prototype as Venue, 'amend');
  amended.mockImplementation(async function (this: SimulatedVenue, ...asked) {
    return amend.apply(this, asked);
  });
  const canceled = vi.spyOn(SimulatedVenue.prototype as Venue, 'cancel');
  canceled.mockImplementation(async function (this: SimulatedVenue, ...asked) {
    return cancel.apply(this, asked);
  });
  expect(await backtestOf(bot, candles, instrument)).toEqual(atOnce);
  expect(amended.mock.calls.length).toBeGreaterThan(50);
  expect(new Set(canceled.mock.calls.map(([, why]) => why))).toEqual(
    new Set([
      REASONS.entryTimedOut.why,
      'the position is being closed',
      'the trade that it would have added to is over',
    ]),
  );
});
