import { expect, test } from 'vitest';
import { backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';

/** Whole prices. Signalled at the close of candle 2 (101, or 99 for a short), entered at the open of candle 3. */
const INSTRUMENT = { tick: '1', lot: '1' };
const LONG: readonly Ohlc[] = [flat(100), flat(100), [100, 101, 100, 101], flat(101)];
const SHORT: readonly Ohlc[] = [flat(100), flat(100), [100, 100, 99, 99], flat(99)];

test.each([
  {
    name: 'fills where the table begins',
    rows: [...LONG, [101, 106, 101, 101] as const],
    roi: { 0: 4 },
    // 4 % above 101 is 105.04.
    exit: [105, 4, 'target'],
  },
  {
    name: 'stays until the minutes have passed',
    // One minute is over at the close of the entry's own candle, two at the next one's: 102 is asked for from candle 5 on.
    rows: [...LONG, [101, 103, 101, 101] as const, [101, 103, 101, 101] as const],
    roi: { 0: 4, 2: 1 },
    exit: [102, 5, 'target'],
  },
  {
    name: 'at 0 leaves where it entered',
    rows: [...LONG, flat(100), flat(100), [100, 103, 100, 100] as const],
    roi: { 0: 4, 3: 0 },
    exit: [101, 6, 'target'],
  },
  {
    name: 'that comes to lie behind the price is met at the next open',
    rows: [...LONG, [101, 103, 101, 103] as const, flat(103)],
    roi: { 0: 4, 2: 1 },
    exit: [103, 5, 'target'],
  },
  {
    name: 'gives way to a nearer target',
    rows: [...LONG, [101, 106, 101, 101] as const],
    roi: { 0: 4 },
    target: { percent: 2 },
    exit: [103, 4, 'target'],
  },
  {
    name: 'comes nearer than the target, and not back to it',
    rows: [...LONG, flat(101), [101, 102, 101, 101] as const],
    roi: { 0: 50, 1: 3, 2: 0.99 },
    target: { percent: 2 },
    exit: [101, 5, 'target'],
  },
  {
    name: 'of a short is mirrored',
    // 2 % below 99 is 97.02, and never farther away than asked: 98.
    rows: [...SHORT, [99, 99, 97, 99] as const, [99, 99, 97, 99] as const],
    roi: { 0: 5, 2: 2 },
    exit: [98, 5, 'target'],
  },
])('a target by minutes $name', async ({ rows, roi, target, exit }) => {
  const entry = { long: ['close', '>', 100], short: ['close', '<', 100] };
  const brackets = { stop: { percent: 50 }, roi, ...(target && { target }) };
  const bot = botOf({ entry, brackets, onOpposite: 'ignore' });
  const { trades } = await backtestOf(bot, candlesOf(rows), INSTRUMENT);
  const [{ exitPrice, exitIndex, exitReason }] = trades as [(typeof trades)[0]];
  expect([exitPrice, exitIndex, exitReason]).toEqual(exit);
});

test('each entry into a trade has a table of its own', async () => {
  // Entered at 101 in candle 3 and at 102 in candle 4; after two minutes each asks for its own entry's price.
  const rows: Ohlc[] = [
    ...LONG,
    [102, 102, 100, 100],
    flat(100),
    [101, 101, 100, 100],
    flat(100),
    [102, 102, 100, 100],
  ];
  const brackets = { stop: { percent: 50 }, roi: { 0: 50, 2: 0 } };
  const bot = botOf({ entry: { long: ['close', '>', 100] }, brackets, onSame: 'stack' });
  const { fills } = await backtestOf(bot, candlesOf(rows), INSTRUMENT);
  const legs = fills.map(([at, , leg, , price]) => [(Number(at) - Number(fills[0]![0])) / 60_000, leg, price]);
  const scale = Number(legs[0]![2]) / 101;
  expect(legs.map(([minute, leg, price]) => [minute, leg, Number(price) / scale])).toEqual([
    [0, 'entry', 101],
    [1, 'entry', 102],
    [3, 'target', 101],
    [5, 'target', 102],
  ]);
});
