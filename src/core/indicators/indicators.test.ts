import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { createWithAllOutputs } from '#tests/builders/indicators.ts';
import { GOLDEN_INDICATORS } from '#tests/fixtures/golden-indicators.ts';
import { GOLDEN_TA_LIB } from '#tests/fixtures/golden-ta-lib.ts';
import { GOLDEN_TRADING_VIEW } from '#tests/fixtures/golden-trading-view.ts';
import { Bollinger } from './bollinger.ts';
import { Column } from './column.ts';
import { createIndicator, INDICATOR_NAMES, parseIndicator } from './registry.ts';
import { Sma } from './sma.ts';

function compute(candles: Candles, text: string) {
  const indicator = createWithAllOutputs(candles, text);
  indicator.advance(0, candles.length);
  return indicator;
}

/** Values of one output for closes alone: the candles have no range and trade 1. */
function onCloses(text: string, closes: readonly number[]): number[] {
  const rows = closes.map((close) => ({ high: close, low: close, close }));
  return onRows(text, rows);
}

function onRows(text: string, rows: readonly { high: number; low: number; close: number }[]): number[] {
  const candles = new Candles('1m');
  rows.forEach((row, i) => {
    candles.append({ ...row, open: row.close, volume: 1, openTime: (i * 60_000) as EpochMs });
  });
  const { output } = parseIndicator(text);
  return [...compute(candles, text).outputs[output].values.subarray(0, rows.length)];
}

describe('golden values of TA-Lib and TradingView', () => {
  const candles = generateHours(500, 777);

  test.each([...GOLDEN_INDICATORS, ...GOLDEN_TA_LIB, ...GOLDEN_TRADING_VIEW])(
    '$text agrees at the first, a middle and the last row',
    ({ text, firstIndex, outputs, rows }) => {
      const indicator = compute(candles, text);
      expect(indicator.firstIndex).toBe(firstIndex);
      for (const [i, ...expected] of rows) {
        outputs.forEach((name, k) => {
          const error = Math.abs(indicator.outputs[name].values[i] - expected[k]);
          expect(error).toBeLessThanOrEqual(1e-9 * Math.abs(expected[k]));
        });
      }
    },
  );

  /** Beside the repository in our own workshop; the table above stands in for it everywhere else. */
  const folder = new URL('../../../../shared/bench/golden/', import.meta.url);

  test.skipIf(!existsSync(folder)).each(GOLDEN_INDICATORS)(
    '$text agrees in all 500 rows',
    ({ file, text, outputs, columns }) => {
      const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
        readonly columns: readonly string[];
        readonly data: readonly (readonly (number | null)[])[];
      };
      const indicator = compute(candles, text);
      outputs.forEach((name, k) => {
        const at = golden.columns.indexOf(columns[k]);
        const expected = golden.data.map((row) => row[at] ?? NaN);
        const floor = 0.001 * Math.max(...expected.filter((value) => !Number.isNaN(value)).map(Math.abs));
        expected.forEach((value, i) => {
          const actual = indicator.outputs[name].values[i];
          if (Number.isNaN(value)) expect(actual).toBeNaN();
          else expect(Math.abs(actual - value) / Math.max(Math.abs(value), floor)).toBeLessThan(1e-9);
        });
      });
    },
  );
});

describe('where nothing moves', () => {
  const flat = Array.from({ length: 12 }, () => 0.1);
  test.each([
    { text: 'sma(4)', expected: 0.1 },
    { text: 'ema(4)', expected: 0.1 },
    { text: 'rsi(4)', expected: 0 },
    { text: 'macd(2,4,3)', expected: 0 },
    { text: 'bollinger(4,2).upper', expected: 0.1 },
    { text: 'bollinger(4,2).lower', expected: 0.1 },
    { text: 'atr(4)', expected: 0 },
    { text: 'adx(4)', expected: 0 },
    { text: 'adx(4).plusDi', expected: 0 },
    { text: 'stochastic(4,2,2)', expected: 0 },
    { text: 'obv', expected: 1 },
    { text: 'wma(4)', expected: 0.1 },
    { text: 'dema(3)', expected: 0.1 },
    { text: 'tema(3)', expected: 0.1 },
    { text: 'hma(4)', expected: 0.1 },
    { text: 'stochRsi(4,2,2,2)', expected: 0 },
    { text: 'keltner(4,2,4).upper', expected: 0.1 },
    { text: 'donchian(4)', expected: 0.1 },
    { text: 'cci(4)', expected: 0 },
    { text: 'williamsR(4)', expected: 0 },
    { text: 'roc(4)', expected: 0 },
    { text: 'mfi(4)', expected: 0 },
    { text: 'cmf(4)', expected: 0 },
    { text: 'aroon(4)', expected: 100 },
    { text: 'aroon(4).oscillator', expected: 0 },
    { text: 'superTrend(4,3)', expected: 0.1 },
    { text: 'superTrend(4,3).direction', expected: -1 },
    { text: 'parabolicSar', expected: 0.1 },
    { text: 'linearRegression(4)', expected: 0.1 },
    { text: 'linearRegression(4).slope', expected: 0 },
    { text: 'standardDeviation(4)', expected: 0 },
    { text: 'supportResistance(2,0.5,3)', expected: NaN },
  ])('$text is $expected', ({ text, expected }) => {
    expect(onCloses(text, flat).at(-1)).toBe(expected);
  });
});

describe('by hand', () => {
  test.each([
    { text: 'sma(1)', closes: [1, 5], expected: [1, 5] },
    { text: 'sma(2)', closes: [1, 3, 8, 2], expected: [NaN, 2, 5.5, 5] },
    { text: 'ema(3)', closes: [1, 2, 6, 7, 1], expected: [NaN, NaN, 3, 5, 3] },
    { text: 'rsi(2)', closes: [1, 2, 3, 4], expected: [NaN, NaN, 100, 100] },
    { text: 'rsi(2)', closes: [4, 3, 2, 1], expected: [NaN, NaN, 0, 0] },
    { text: 'rsi(2)', closes: [1, 3, 2, 3], expected: [NaN, NaN, 100 * (1 / 1.5), 80] },
    { text: 'bollinger(2,1).upper', closes: [1, 3, 7], expected: [NaN, 3, 7] },
    { text: 'bollinger(2,1).lower', closes: [1, 3, 7], expected: [NaN, 1, 3] },
    { text: 'obv', closes: [5, 6, 6, 4, 5], expected: [1, 2, 2, 1, 2] },
    { text: 'stochastic(2,1,1)', closes: [1, 3, 7, 5], expected: [NaN, 100, 100, 0] },
    { text: 'wma(2)', closes: [3, 6, 9], expected: [NaN, 5, 8] },
    { text: 'roc(2)', closes: [4, 5, 6, 2.5], expected: [NaN, NaN, 50, -50] },
    { text: 'linearRegression(3)', closes: [1, 2, 3, 7], expected: [NaN, NaN, 3, 6.5] },
    { text: 'linearRegression(3).slope', closes: [1, 2, 3, 7], expected: [NaN, NaN, 1, 2.5] },
    { text: 'linearRegression(1).slope', closes: [1, 5], expected: [0, 0] },
    { text: 'standardDeviation(2)', closes: [1, 3, 7], expected: [NaN, 1, 2] },
    { text: 'donchian(2)', closes: [1, 3, 7], expected: [NaN, 2, 5] },
    { text: 'williamsR(3)', closes: [1, 5, 4, 2], expected: [NaN, NaN, -25, -100] },
    { text: 'aroon(2).up', closes: [3, 1, 3, 2, 1], expected: [NaN, NaN, 100, 50, 0] },
    { text: 'aroon(2).down', closes: [3, 1, 3, 2, 1], expected: [NaN, NaN, 50, 0, 100] },
    { text: 'mfi(2)', closes: [1, 2, 2, 1, 3], expected: [NaN, NaN, 100, 0, 75] },
  ])('$text of $closes', ({ text, closes, expected }) => {
    expect(onCloses(text, closes)).toEqual(expected);
  });

  test('a gap counts into the true range', () => {
    const rows = [
      { high: 11, low: 9, close: 10 },
      { high: 15, low: 14, close: 14 }, // 5 from the close before.
      { high: 12, low: 11, close: 12 }, // 3.
      { high: 14, low: 10, close: 13 }, // 4, its own.
    ];
    expect(onRows('atr(2)', rows)).toEqual([NaN, NaN, 4, 4]);
  });

  test('neither direction moves on a tie', () => {
    const rows = [3, 4, 5, 6, 7, 8].map((half) => ({ high: 10 + half, low: 10 - half, close: 10 }));
    expect(onRows('adx(2).plusDi', rows).at(-1)).toBe(0);
    expect(onRows('adx(2).minusDi', rows).at(-1)).toBe(0);
  });

  test('the index keeps its value while nothing moves after a trend', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((close) => ({ high: close, low: close, close }));
    expect(onRows('adx(2)', rows)).toEqual([NaN, NaN, NaN, 100, 100, 100]);
    expect(onRows('adx(2).plusDi', rows)).toEqual([NaN, NaN, 100, 100, 100, 100]);
  });
});

test('the index is the same whether or not the directional indicators are asked for', () => {
  const candles = generateHours(300, 5);
  const alone = createIndicator(candles, parseIndicator('adx(14)'));
  alone.advance(0, candles.length);
  expect(alone.outputs.adx.values).toEqual(compute(candles, 'adx(14)').outputs.adx.values);
  expect(alone.outputs.plusDi.values.length).toBeLessThan(candles.length);
});

test('a mean of prices on a binary grid is the quotient, to the last bit, in any period', () => {
  const sums = fc.array(fc.integer({ min: 1, max: 2 ** 20 }), { minLength: 1, maxLength: 256 });
  fc.assert(
    fc.property(sums, (quarters) => {
      const closes = quarters.map((count) => count / 4);
      const sum = closes.reduce((total, close) => total + close, 0);
      expect(onCloses(`sma(${closes.length})`, closes).at(-1)).toBe(sum / closes.length);
    }),
    { numRuns: 300 },
  );
});

/** A level is there once the market has turned on that side, which no count of candles can promise. */
const MAY_STAY_WITHOUT_VALUE = 'supportResistance';

test.each(INDICATOR_NAMES)('%s has all its values from the end of its warm-up on, and not before', (name) => {
  const candles = generateHours(500, 1);
  const { firstIndex, outputs } = compute(candles, name);
  const rows = Object.values(outputs).map(({ values }) => [...values.subarray(0, candles.length)]);
  const isWhole = (i: number) => rows.every((row) => !Number.isNaN(row[i]));
  if (firstIndex > 0) expect(isWhole(firstIndex - 1)).toBe(false);
  if (name === MAY_STAY_WITHOUT_VALUE) return;
  for (let i = firstIndex; i < candles.length; i++) expect(isWhole(i)).toBe(true);
});

/** The candles from `start` on, as if none had been before. */
function candlesFrom(candles: Candles, start: number): Candles {
  const rest = new Candles(candles.timeframe);
  for (let i = start; i < candles.length; i++) rest.append(candles.at(i));
  return rest;
}

describe('a million values', () => {
  const count = 1_000_000;
  const period = 50;
  const chance = seededChance(5);
  const cents = new Float64Array(count);
  for (let i = 0, price = 3_000_000; i < count; i++) {
    price += Math.round((chance.next() - 0.5) * 2_000);
    cents[i] = price / 100; // Not on a binary grid: sums of these round.
  }
  cents[1_000] = 1e15; // A spike a running sum would never forget.
  const window = cents.subarray(count - period);
  const mean = window.reduce((sum, value) => sum + value, 0) / period;

  test('leave no drift in a simple moving average', () => {
    const sma = new Sma(new Column(cents), period);
    sma.advance(0, count);
    expect(sma.outputs.sma.values[count - 1] / mean).toBeCloseTo(1, 12);
  });

  /** Everything that sums over a window, over candles that close in the middle of a range of 10. */
  const candles = new Candles('1m');
  cents.forEach((close, i) => {
    const openTime = (i * 60_000) as EpochMs;
    candles.append({ openTime, open: close, high: close + 5, low: close - 5, close, volume: 1 + (i % 7) });
  });
  const lastOfNone = candlesFrom(candles, count - 2 * period);

  test.each(['wma(50)', 'hma(49)', 'vwma(50)', 'cci(50)', 'mfi(50)', 'cmf(50)', 'linearRegression(50).slope'])(
    'leave no drift in %s',
    (text) => {
      const { output } = parseIndicator(text);
      const long = compute(candles, text).outputs[output].values[count - 1];
      const fresh = compute(lastOfNone, text).outputs[output].values[lastOfNone.length - 1];
      expect(Math.abs(long - fresh)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(fresh)));
    },
  );

  test('leave no drift in Bollinger bands', () => {
    const bands = new Bollinger(new Column(cents), period, 2);
    bands.advance(0, count);
    const deviation = Math.sqrt(window.reduce((sum, value) => sum + (value - mean) ** 2, 0) / period);
    const { middle, upper, lower } = bands.outputs;
    expect(middle.values[count - 1] / mean).toBeCloseTo(1, 12);
    expect((upper.values[count - 1] - lower.values[count - 1]) / (4 * deviation)).toBeCloseTo(1, 10);
  });
});

test('sums of prices on a binary grid are exact', () => {
  const { close, length } = generateCandles(5_000, 3);
  const sma = new Sma(close, 30);
  sma.advance(0, length);
  for (let i = 29; i < length; i++) {
    const sum = close.values.subarray(i - 29, i + 1).reduce((total, value) => total + value, 0);
    expect(sma.outputs.sma.values[i]).toBe(sum / 30);
  }
});

test.each([
  ...['rsi', 'adx.adx', 'adx.plusDi', 'adx.minusDi', 'stochastic(5,1,3).k', 'stochastic.k', 'stochastic.d', 'mfi'].map(
    (text) => [text, 0, 100] as const,
  ),
  ['stochRsi.k', 0, 100],
  ['stochRsi.d', 0, 100],
  ['aroon.up', 0, 100],
  ['aroon.down', 0, 100],
  ['aroon.oscillator', -100, 100],
  ['williamsR', -100, 0],
  ['cmf', -1, 1],
] as const)('%s stays within %d and %d, rounding included', (text, least, most) => {
  const candles = generateCandles(20_000, 1);
  const { values } = compute(candles, text).outputs[parseIndicator(text).output];
  expect(values.filter((value) => value < least || value > most)).toHaveLength(0);
});
