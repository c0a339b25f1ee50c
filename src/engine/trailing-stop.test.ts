import { expect, test } from 'vitest';
import { backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';

/** Whole prices. Signalled at the close of candle 2, entered at the open of candle 3. */
const INSTRUMENT = { tick: '1', lot: '1' };
const UP: readonly Ohlc[] = [
  ...[flat(100), flat(100), [100, 101, 100, 101] as const, flat(101)],
  ...([
    [101, 110, 101, 110],
    [110, 110, 104, 104],
    [104, 104, 90, 90],
  ] as const),
];
const DOWN: readonly Ohlc[] = [
  ...[flat(100), flat(100), [100, 100, 99, 99] as const, flat(99)],
  ...([
    [99, 99, 90, 90],
    [90, 95, 90, 95],
    [95, 110, 95, 110],
  ] as const),
];

test.each([
  // 5 % below 110 is 104.5, and never farther away than asked: 105.
  { name: 'follows the highest price', rows: UP, trail: { percent: 5 }, exit: [105, 5, 'trailing-stop'] },
  // 8 % of 101 above the fill at 101 is 109.08: 110 on the tick.
  {
    name: 'follows once the profit is reached',
    rows: UP,
    trail: { percent: 5, activateAfterPercent: 8 },
    exit: [105, 5, 'trailing-stop'],
  },
  // 10 % is 111.1, which the price never sees: the fixed stop, 10 % below 101, is 91 on the tick.
  {
    name: 'stays where it began before the profit is reached',
    rows: UP,
    trail: { percent: 5, activateAfterPercent: 10 },
    exit: [91, 6, 'stop'],
  },
  // 20 % below 110 is 88: under the fixed stop, which is never loosened.
  { name: 'is never looser than the fixed stop', rows: UP, trail: { percent: 20 }, exit: [91, 6, 'stop'] },
  // True ranges of 0 and 1 before the signal: their mean over two candles is 0.5, and six of it are 3 below 110.
  {
    name: 'by ATR stays as far away as at the signal',
    rows: UP,
    trail: { atrMultiple: 6, period: 2 },
    exit: [107, 5, 'trailing-stop'],
  },
  // 5 % above 90 is 94.5: 94.
  { name: 'follows the lowest price of a short', rows: DOWN, trail: { percent: 5 }, exit: [94, 5, 'trailing-stop'] },
])('a stop that trails $name', async ({ rows, trail, exit }) => {
  const entry = { long: ['close', '>', 100], short: ['close', '<', 100] };
  const bot = botOf({ entry, brackets: { stop: { percent: 10 }, trail }, warmupCandles: 2 });
  const { trades } = await backtestOf(bot, candlesOf(rows), INSTRUMENT);
  const [{ exitPrice, exitIndex, exitReason }] = trades as [(typeof trades)[0]];
  expect([exitPrice, exitIndex, exitReason]).toEqual(exit);
});
