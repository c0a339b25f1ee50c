import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candlesOf, flat, type Ohlc } from '#tests/builders/candles.ts';
import { gridOf } from '#tests/builders/instruments.ts';
import type { Grid, GridPrice, GridQuantity } from '../grid.ts';
import { TradeLog } from '../trades.ts';
import { excursionsOf } from './excursions.ts';

interface Trade {
  readonly side: 'long' | 'short';
  readonly entry: readonly [index: number, price: number];
  /** None while it is open. */
  readonly exit?: readonly [index: number, price: number];
  readonly stop?: number;
}

function logOf(grid: Grid, { side, entry, exit, stop = Number.NaN }: Trade, quantity = 1): TradeLog {
  const log = new TradeLog();
  const signed = (side === 'long' ? quantity : -quantity) * grid.quantityScale;
  log.open(0, entry[0], grid.priceOf(entry[1]), signed as GridQuantity, grid.priceOf(stop), Number.NaN);
  if (exit) log.close(exit[0], grid.priceOf(exit[1]) as GridPrice, 0, 0, 'rule');
  return log;
}

function distances(rows: readonly Ohlc[], trade: Trade) {
  const grid = gridOf();
  const { mae, mfe } = excursionsOf(logOf(grid, trade), candlesOf(rows), grid, trade.exit ? 2 : 1);
  return { adverse: mae.quote[0], favourable: mfe.quote[0] };
}

const QUIET: Ohlc = [100, 101, 99, 100];
test.each<{ name: string; rows: readonly Ohlc[]; trade: Trade; adverse: number; favourable: number }>([
  {
    name: 'from open to open: the candles between count whole, that of the exit not at all',
    rows: [
      [100, 104, 97, 101],
      [101, 107, 100, 103],
      [103, 150, 50, 100],
    ],
    trade: { side: 'long', entry: [0, 100], exit: [2, 103] },
    adverse: 3,
    favourable: 7,
  },
  {
    name: 'a short is the mirror of it',
    rows: [
      [100, 104, 97, 101],
      [101, 107, 100, 103],
      [103, 150, 50, 100],
    ],
    trade: { side: 'short', entry: [0, 100], exit: [2, 103] },
    adverse: 7,
    favourable: 3,
  },
  {
    name: 'an exit beyond everything else counts itself',
    rows: [QUIET, [90, 95, 85, 92]],
    trade: { side: 'long', entry: [0, 100], exit: [1, 90] },
    adverse: 10,
    favourable: 1,
  },
  {
    name: 'stopped inside a candle: no further than the stop, and its high may have come later',
    rows: [QUIET, [102, 110, 80, 85]],
    trade: { side: 'long', entry: [0, 100], exit: [1, 95] },
    adverse: 5,
    favourable: 2,
  },
  {
    name: 'target inside a candle: no further than the target, and its low may have come before',
    rows: [QUIET, [102, 120, 93, 118]],
    trade: { side: 'long', entry: [0, 100], exit: [1, 108] },
    adverse: 7,
    favourable: 8,
  },
  {
    name: 'a short stopped inside a candle',
    rows: [QUIET, [98, 120, 90, 118]],
    trade: { side: 'short', entry: [0, 100], exit: [1, 105] },
    adverse: 5,
    favourable: 2,
  },
  {
    name: 'entered at the open and stopped in the same candle',
    rows: [[100, 130, 70, 90]],
    trade: { side: 'long', entry: [0, 100], exit: [0, 96] },
    adverse: 4,
    favourable: 0,
  },
  {
    name: 'entered at the open and at the target in the same candle',
    rows: [[100, 130, 70, 90]],
    trade: { side: 'long', entry: [0, 100], exit: [0, 106] },
    adverse: 30,
    favourable: 6,
  },
  {
    name: 'bought by a limit below the open: the low comes after it, the high may have come before',
    rows: [[105, 112, 95, 101], QUIET],
    trade: { side: 'long', entry: [0, 100], exit: [1, 100] },
    adverse: 5,
    favourable: 1,
  },
  {
    name: 'bought by a stop above the open: the high comes after it, the low may have',
    rows: [[95, 112, 90, 101], QUIET],
    trade: { side: 'long', entry: [0, 100], exit: [1, 100] },
    adverse: 10,
    favourable: 12,
  },
  {
    name: 'bought by a limit and stopped in the same candle',
    rows: [[105, 112, 90, 95]],
    trade: { side: 'long', entry: [0, 100], exit: [0, 97] },
    adverse: 3,
    favourable: 0,
  },
  {
    name: 'open: until the last candle',
    rows: [QUIET, [100, 103, 98, 99], [99, 101, 94, 95]],
    trade: { side: 'long', entry: [0, 100] },
    adverse: 6,
    favourable: 3,
  },
  {
    name: 'open since the last candle',
    rows: [QUIET],
    trade: { side: 'short', entry: [0, 100] },
    adverse: 1,
    favourable: 1,
  },
])('$name', ({ rows, trade, adverse, favourable }) => {
  expect(distances(rows, trade)).toEqual({ adverse, favourable });
});

test('in quote, of the entry price, and of the distance to the first stop', () => {
  const grid = gridOf({ tick: '0.1', lot: '0.01' });
  const candles = candlesOf([
    [50, 53, 49.5, 52],
    [52, 52, 52, 52],
  ]);
  const trade: Trade = { side: 'long', entry: [0, 50], exit: [1, 52], stop: 48 };
  const { mae, mfe } = excursionsOf(logOf(grid, trade, 0.25), candles, grid, 2);
  expect([mae.quote[0], mae.fraction[0], mae.r[0]]).toEqual([0.125, 0.01, 0.25]);
  expect([mfe.quote[0], mfe.fraction[0], mfe.r[0]]).toEqual([0.75, 0.06, 1.5]);
  const withoutStop = excursionsOf(logOf(grid, { ...trade, stop: Number.NaN }), candles, grid, 2);
  expect([withoutStop.mae.r[0], withoutStop.mfe.r[0]]).toEqual([Number.NaN, Number.NaN]);
});

const TICKS = 6;
/** A price that moves by one tick at a time, six ticks a candle: what a candle's four prices hide. */
const path = fc
  .array(fc.constantFrom(-1, 1), { minLength: 2 * TICKS, maxLength: 8 * TICKS })
  .map((steps) => {
    const prices = [100];
    for (const step of steps) prices.push(prices.at(-1)! + step);
    return prices;
  })
  .map((prices) => prices.slice(0, prices.length - (prices.length % TICKS)));

function rowsOf(prices: readonly number[]): Ohlc[] {
  return Array.from({ length: prices.length / TICKS }, (_, k): Ohlc => {
    const ticks = prices.slice(k * TICKS, (k + 1) * TICKS);
    return [ticks[0], Math.max(...ticks), Math.min(...ticks), ticks[TICKS - 1]];
  });
}

/** The first tick of its candle, from `from` on, that is at the price of `at`: where an order at that level fills. */
function firstTouch(prices: readonly number[], at: number, from: number): number {
  const start = Math.max(from, at - (at % TICKS));
  return prices.indexOf(prices[at], start);
}

test('never better than what the path inside the candles was, and exact between opens', () => {
  const at = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(path, at, at, fc.constantFrom('long' as const, 'short' as const), (prices, a, b, side) => {
      const [i, j] = [a % prices.length, b % prices.length].sort((one, other) => one - other);
      const entryAt = firstTouch(prices, i, 0);
      const exitAt = firstTouch(prices, j, entryAt);
      const entry = prices[entryAt];
      const { adverse, favourable } = distances(rowsOf(prices), {
        side,
        entry: [Math.floor(entryAt / TICKS), entry],
        exit: [Math.floor(exitAt / TICKS), prices[exitAt]],
      });
      const sign = side === 'long' ? 1 : -1;
      const moves = prices.slice(entryAt, exitAt + 1).map((price) => (price - entry) * sign);
      const truth = { adverse: Math.max(0, -Math.min(...moves)), favourable: Math.max(0, ...moves) };
      expect(adverse).toBeGreaterThanOrEqual(truth.adverse);
      expect(favourable).toBeLessThanOrEqual(truth.favourable);
      const isBetweenOpens = entryAt % TICKS === 0 && exitAt % TICKS === 0 && exitAt > entryAt;
      if (isBetweenOpens) expect({ adverse, favourable }).toEqual(truth);
    }),
    { numRuns: 2_000 },
  );
});

test('never better where it was entered and left at any moment', () => {
  const at = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(path, at, at, fc.constantFrom('long' as const, 'short' as const), (prices, a, b, side) => {
      const [entryAt, exitAt] = [a % prices.length, b % prices.length].sort((one, other) => one - other);
      const grid = gridOf();
      const entry: [number, number] = [Math.floor(entryAt / TICKS), prices[entryAt]];
      const exit: [number, number] = [Math.floor(exitAt / TICKS), prices[exitAt]];
      const log = logOf(grid, { side, entry, exit });
      const { mae, mfe } = excursionsOf(log, candlesOf(rowsOf(prices)), grid, 2, () => true);
      const moves = prices.slice(entryAt, exitAt + 1).map((price) => (price - entry[1]) * (side === 'long' ? 1 : -1));
      expect(mae.quote[0]).toBeGreaterThanOrEqual(-Math.min(...moves));
      expect(mfe.quote[0]).toBeLessThanOrEqual(Math.max(...moves));
    }),
    { numRuns: 2_000 },
  );
});

test('a trade that was entered or left in parts has none', () => {
  const grid = gridOf();
  const log = new TradeLog();
  log.open(0, 0, 100 as GridPrice, 1 as GridQuantity, 90, Number.NaN);
  log.add(110 as GridPrice, 1 as GridQuantity, 99);
  log.close(2, 120, 30, 1.5, 'rule');
  const { mae, mfe } = excursionsOf(log, candlesOf([flat(100), flat(110), flat(120)]), grid, 3);
  expect([mae, mfe].flatMap(({ quote, fraction, r }) => [quote[0], fraction[0], r[0]])).toEqual(
    Array(6).fill(Number.NaN),
  );
});
