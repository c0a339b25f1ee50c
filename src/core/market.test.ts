import { expect, test } from 'vitest';
import type { Candle } from './candles.ts';
import { SeededMarket, type SeededMarketOptions } from './market.ts';
import type { EpochMs } from './time.ts';

const OPTIONS: SeededMarketOptions = {
  seed: 7,
  startPrice: 60_000,
  tick: '0.1',
  lot: '0.001',
  timeframe: '1m',
  startTime: 1_750_000_020_000 as EpochMs,
};
const run = (options: Partial<SeededMarketOptions>, n: number): readonly Candle[] => {
  const market = new SeededMarket({ ...OPTIONS, ...options });
  return Array.from({ length: n }, () => market.next());
};
const isMultiple = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6;

test('the same seed gives the same candles, another one others', () => {
  expect(run({}, 500)).toEqual(run({}, 500));
  expect(run({}, 500)).not.toEqual(run({ seed: 8 }, 500));
});

test('the first candles never change', () => {
  expect(run({}, 3)).toMatchInlineSnapshot(`
    [
      {
        "close": 59972,
        "high": 60000,
        "low": 59954.4,
        "open": 60000,
        "openTime": 1750000020000,
        "volume": 1.626,
      },
      {
        "close": 60041,
        "high": 60041,
        "low": 59962.8,
        "open": 59972,
        "openTime": 1750000080000,
        "volume": 7.344,
      },
      {
        "close": 60007.9,
        "high": 60047.4,
        "low": 60007.2,
        "open": 60041,
        "openTime": 1750000140000,
        "volume": 3.746,
      },
    ]
  `);
});

test.each([
  { name: 'bitcoin by minutes', options: {} },
  { name: 'a coin of many decimals', options: { startPrice: 0.00002, tick: '0.00000001', lot: '1' } },
  { name: 'a tick of a quarter', options: { startPrice: 5_000, tick: '0.25', lot: '0.5' } },
  { name: 'days', options: { timeframe: '1d' } },
  { name: 'weeks near the last tick', options: { timeframe: '1w', startPrice: 0.02, tick: '0.01', lot: '1' } },
] satisfies { name: string; options: Partial<SeededMarketOptions> }[])(
  'candles are sound and on the grid: $name',
  ({ options }) => {
    const { tick, lot } = { ...OPTIONS, ...options };
    const market = new SeededMarket({ ...OPTIONS, ...options });
    let previous: Candle | undefined;
    for (let k = 0; k < 2_000; k++) {
      const candle = market.next();
      const { open, high, low, close, volume } = candle;
      expect(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true);
      expect([open, high, low, close].every((price) => isMultiple(price, Number(tick)))).toBe(true);
      expect(volume >= Number(lot) && isMultiple(volume, Number(lot))).toBe(true);
      if (previous) expect(open).toBe(previous.close);
      const { path } = market;
      expect([path[0], path.at(-1), Math.max(...path), Math.min(...path)]).toEqual([open, close, high, low]);
      previous = candle;
    }
  },
);

test('candles follow each other on the timeframe, from the one that holds the start', () => {
  const times = run({ timeframe: '5m' }, 3).map(({ openTime }) => openTime);
  expect(times).toEqual([1_749_999_900_000, 1_750_000_200_000, 1_750_000_500_000]);
});

test('it moves like a market: a few per cent a day, far in a week, near its start for ever', () => {
  const candles = run({}, 7 * 1_440);
  const returns = candles.map(({ open, close }) => close / open - 1);
  const deviation = Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / returns.length);
  expect(deviation * Math.sqrt(1_440)).toBeGreaterThan(0.02);
  expect(deviation * Math.sqrt(1_440)).toBeLessThan(0.08);
  for (const { close } of run({}, 100_000)) expect(close > 12_000 && close < 300_000).toBe(true);
});

test.each([
  { name: 'start price', options: { startPrice: 0 } },
  { name: 'tick', options: { tick: '0' } },
  { name: 'lot', options: { lot: '-1' } },
])('refuses a $name that is not above 0', ({ options }) => {
  expect(() => new SeededMarket({ ...OPTIONS, ...options })).toThrow(RangeError);
});
