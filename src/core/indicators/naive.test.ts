import { expect, test } from 'vitest';
import { generateCandles } from '#tests/bench/generator.ts';
import { createIndicator, parseIndicator } from './registry.ts';

/**
 * The indicators once more, straight from their definitions: every window is summed anew and every average looks back
 * to its seed. Slow, and sharing nothing with the code under test.
 */
type Row = readonly number[];

const candles = generateCandles(900, 42);
const [high, low, close, volume]: readonly Row[] = ['high', 'low', 'close', 'volume'].map((name) => [
  ...candles[name as 'high' | 'low' | 'close' | 'volume'].values.subarray(0, candles.length),
]);

const sum = (row: Row) => row.reduce((total, value) => total + value, 0);
const mean = (row: Row) => sum(row) / row.length;

/** `reduce` of each full window, NaN before the first. */
function windows(row: Row, period: number, reduce: (window: Row) => number): Row {
  return row.map((_, i) => (i < period - 1 ? NaN : reduce(row.slice(i - period + 1, i + 1))));
}

/** An average with the weight `weight` for each new value, seeded at `seedAt` with the mean of the last `period`. */
function average(row: Row, period: number, weight: number, seedAt: number): Row {
  const averages = row.map(() => NaN);
  for (let i = seedAt; i < row.length; i++) {
    averages[i] =
      i === seedAt ? mean(row.slice(i - period + 1, i + 1)) : (1 - weight) * averages[i - 1] + weight * row[i];
  }
  return averages;
}

const ema = (row: Row, period: number, seedAt = period - 1) => average(row, period, 2 / (period + 1), seedAt);
const wilder = (row: Row, period: number, seedAt = period) => average(row, period, 1 / period, seedAt);
const minus = (a: Row, b: Row) => a.map((value, i) => value - b[i]);

function deviation(window: Row): number {
  const center = mean(window);
  return Math.sqrt(mean(window.map((value) => (value - center) ** 2)));
}

const changes = close.map((value, i) => (i === 0 ? NaN : value - close[i - 1]));
const trueRanges = close.map((_, i) =>
  i === 0 ? NaN : Math.max(high[i] - low[i], Math.abs(high[i] - close[i - 1]), Math.abs(low[i] - close[i - 1])),
);

function rsi(period: number): Row {
  const gains = wilder(
    changes.map((change) => Math.max(change, 0)),
    period,
  );
  const losses = wilder(
    changes.map((change) => Math.max(-change, 0)),
    period,
  );
  return gains.map((gain, i) => (gain + losses[i] === 0 ? 0 : 100 - 100 / (1 + gain / losses[i])));
}

function macd(fast: number, slow: number, signal: number): readonly Row[] {
  const first = slow + signal - 2;
  const line = minus(ema(close, fast, slow - 1), ema(close, slow));
  const signalLine = ema(line, signal, first);
  return [line, signalLine, minus(line, signalLine)].map((row) => row.map((value, i) => (i < first ? NaN : value)));
}

function bollinger(period: number, deviations: number): readonly Row[] {
  const middle = windows(close, period, mean);
  const width = windows(close, period, deviation).map((value) => value * deviations);
  return [middle, middle.map((value, i) => value + width[i]), minus(middle, width)];
}

/** Wilder's sum: that of the first period - 1 moves, which loses 1 / period of itself to each later one. */
function wilderSum(row: Row, period: number): Row {
  const sums = row.map(() => NaN);
  let last = sum(row.slice(1, period));
  for (let i = period; i < row.length; i++) {
    last = last - last / period + row[i];
    sums[i] = last;
  }
  return sums;
}

function adx(period: number): readonly Row[] {
  const moves = high.map((value, i) => ({ up: value - high[i - 1], down: low[i - 1] - low[i] }));
  const ranges = wilderSum(trueRanges, period);
  const plus = wilderSum(
    moves.map(({ up, down }) => (up > down && up > 0 ? up : 0)),
    period,
  );
  const fall = wilderSum(
    moves.map(({ up, down }) => (down > up && down > 0 ? down : 0)),
    period,
  );
  const plusDi = plus.map((value, i) => (100 * value) / ranges[i]);
  const minusDi = fall.map((value, i) => (100 * value) / ranges[i]);
  const dx = plusDi.map((value, i) => (100 * Math.abs(value - minusDi[i])) / (value + minusDi[i]));
  return [wilder(dx, period, 2 * period - 1), plusDi, minusDi];
}

function stochastic(period: number, smoothing: number, signal: number): readonly Row[] {
  const highest = windows(high, period, (window) => Math.max(...window));
  const lowest = windows(low, period, (window) => Math.min(...window));
  const fast = close.map((value, i) =>
    highest[i] === lowest[i] ? 0 : (100 * (value - lowest[i])) / (highest[i] - lowest[i]),
  );
  const k = windows(fast, smoothing, mean);
  const d = windows(k, signal, mean);
  return [k.map((value, i) => (Number.isNaN(d[i]) ? NaN : value)), d];
}

const obv = close.map((_, i) => volume[0] + sum(volume.slice(1, i + 1).map((v, j) => v * Math.sign(changes[j + 1]))));

test.each<readonly [string, readonly Row[]]>([
  ['sma(1)', [close]],
  ['sma(20)', [windows(close, 20, mean)]],
  ['sma(200)', [windows(close, 200, mean)]],
  ['ema(1)', [close]],
  ['ema(20)', [ema(close, 20)]],
  ['ema(89)', [ema(close, 89)]],
  ['rsi(1)', [rsi(1)]],
  ['rsi(14)', [rsi(14)]],
  ['rsi(55)', [rsi(55)]],
  ['macd(12,26,9)', macd(12, 26, 9)],
  ['macd(1,2,2)', macd(1, 2, 2)],
  ['macd(5,35,50)', macd(5, 35, 50)],
  ['bollinger(20,2)', bollinger(20, 2)],
  ['bollinger(3,0.5)', bollinger(3, 0.5)],
  ['atr(1)', [trueRanges]],
  ['atr(14)', [wilder(trueRanges, 14)]],
  ['adx(2)', adx(2)],
  ['adx(14)', adx(14)],
  ['adx(40)', adx(40)],
  ['stochastic(14,3,3)', stochastic(14, 3, 3)],
  ['stochastic(5,1,1)', stochastic(5, 1, 1)],
  ['stochastic(100,7,11)', stochastic(100, 7, 11)],
  ['obv', [obv]],
])('%s is what its definition says', (text, expected) => {
  const indicator = createIndicator(candles, parseIndicator(text));
  indicator.advance(0, candles.length);
  Object.values(indicator.outputs).forEach(({ values }, k) => {
    const floor = 0.001 * Math.max(...expected[k].filter((value) => !Number.isNaN(value)).map(Math.abs));
    const errors = expected[k].map((value, i) => Math.abs(values[i] - value) / Math.max(Math.abs(value), floor));
    expect(errors.map(Number.isNaN)).toEqual(expected[k].map(Number.isNaN));
    expect(Math.max(...errors.filter((error) => !Number.isNaN(error)))).toBeLessThan(1e-9);
  });
});
