import { test } from 'vitest';
import {
  changes,
  close,
  deviation,
  ema,
  expectRows,
  high,
  highest,
  low,
  lowest,
  mean,
  minus,
  type Row,
  rsi,
  sum,
  trueRanges,
  volume,
  wilder,
  windows,
} from '#tests/fixtures/naive-rows.ts';

/** The first nine indicators, in the order of the registry, once more: straight from their definitions. */

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
  const top = highest(period);
  const bottom = lowest(period);
  const fast = close.map((value, i) => (top[i] === bottom[i] ? 0 : (100 * (value - bottom[i])) / (top[i] - bottom[i])));
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
])('%s is what its definition says', expectRows);
