import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { GOLDEN_INDICATORS } from '#tests/fixtures/golden-indicators.ts';
import { Bollinger } from './bollinger.ts';
import { Column } from './column.ts';
import { createIndicator, INDICATOR_NAMES, parseIndicator } from './registry.ts';
import { Sma } from './sma.ts';

function compute(candles: Candles, text: string) {
  const indicator = createIndicator(candles, parseIndicator(text));
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

describe('golden values of TA-Lib', () => {
  const candles = generateCandles(500, 777);

  test.each(GOLDEN_INDICATORS)(
    '$text agrees at the first, a middle and the last row',
    ({ text, firstIndex, outputs, rows }) => {
      const indicator = compute(candles, text);
      expect(indicator.firstIndex).toBe(firstIndex);
      for (const [i, ...expected] of rows) {
        outputs.forEach((name, k) => {
          expect(indicator.outputs[name].values[i] / expected[k]).toBeCloseTo(1, 9);
          if (firstIndex > 0) expect(indicator.outputs[name].values[firstIndex - 1]).toBeNaN();
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

test.each(INDICATOR_NAMES)('%s has no value yet on fewer candles than its warm-up', (name) => {
  const candles = generateCandles(60, 1);
  const indicator = createIndicator(candles, parseIndicator(name));
  indicator.advance(0, indicator.firstIndex);
  for (const output of Object.values(indicator.outputs).slice(0, 1)) {
    expect([...output.values].every(Number.isNaN)).toBe(true);
  }
  indicator.advance(indicator.firstIndex, indicator.firstIndex + 1);
  for (const output of Object.values(indicator.outputs)) expect(output.values[indicator.firstIndex]).not.toBeNaN();
});

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

test.each(['rsi', 'adx.adx', 'adx.plusDi', 'adx.minusDi', 'stochastic(5,1,3).k', 'stochastic.k', 'stochastic.d'])(
  '%s stays within 0 and 100, rounding included',
  (text) => {
    const candles = generateCandles(20_000, 1);
    const { values } = compute(candles, text).outputs[parseIndicator(text).output];
    expect(values.filter((value) => value < 0 || value > 100)).toHaveLength(0);
  },
);
