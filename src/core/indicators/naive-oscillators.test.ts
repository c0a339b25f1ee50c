import { test } from 'vitest';
import {
  close,
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
  times,
  typical,
  volume,
  windows,
} from '#tests/fixtures/naive-rows.ts';

/** Oscillators of price and volume once more, straight from their definitions. */

function stochRsi(period: number, stochastic: number, smoothing: number, signal: number): readonly Row[] {
  const row = rsi(period);
  const top = windows(row, stochastic, (window) => Math.max(...window));
  const bottom = windows(row, stochastic, (window) => Math.min(...window));
  const fast = row.map((value, i) => (100 * (value - bottom[i])) / (top[i] - bottom[i]));
  const k = windows(fast, smoothing, mean);
  const d = windows(k, signal, mean);
  return [k.map((value, i) => (Number.isNaN(d[i]) ? NaN : value)), d];
}

function cci(period: number): Row {
  const centers = windows(typical, period, mean);
  const deviations = windows(typical, period, (window) => mean(window.map((value) => Math.abs(value - mean(window)))));
  return typical.map((value, i) => (value - centers[i]) / (0.015 * deviations[i]));
}

function williamsR(period: number): Row {
  const top = highest(period);
  const bottom = lowest(period);
  return close.map((value, i) => (-100 * (top[i] - value)) / (top[i] - bottom[i]));
}

const roc = (period: number) =>
  close.map((value, i) => (i < period ? NaN : (100 * (value - close[i - period])) / close[i - period]));

function mfi(period: number): Row {
  const changes = typical.map((value, i) => value - typical[i - 1]);
  const flow = times(typical, volume);
  return typical.map((_, i) => {
    if (i < period) return NaN;
    const last = Array.from({ length: period }, (_, k) => i - k);
    const rises = sum(last.filter((j) => changes[j] > 0).map((j) => flow[j]));
    const falls = sum(last.filter((j) => changes[j] < 0).map((j) => flow[j]));
    return 100 - 100 / (1 + rises / falls);
  });
}

function cmf(period: number): Row {
  const multipliers = close.map((value, i) =>
    high[i] === low[i] ? 0 : (2 * value - low[i] - high[i]) / (high[i] - low[i]),
  );
  const flow = windows(times(multipliers, volume), period, sum);
  const volumes = windows(volume, period, sum);
  return flow.map((value, i) => value / volumes[i]);
}

function aroon(period: number): readonly Row[] {
  const up = windows(high, period + 1, (window) => (100 * window.lastIndexOf(Math.max(...window))) / period);
  const down = windows(low, period + 1, (window) => (100 * window.lastIndexOf(Math.min(...window))) / period);
  return [up, down, minus(up, down)];
}

test.each<readonly [string, readonly Row[]]>([
  ['stochRsi(14,14,3,3)', stochRsi(14, 14, 3, 3)],
  ['stochRsi(7,5,1,3)', stochRsi(7, 5, 1, 3)],
  ['cci(14)', [cci(14)]],
  ['cci(100)', [cci(100)]],
  ['williamsR(14)', [williamsR(14)]],
  ['williamsR(2)', [williamsR(2)]],
  ['roc(10)', [roc(10)]],
  ['roc(1)', [roc(1)]],
  ['mfi(14)', [mfi(14)]],
  ['mfi(40)', [mfi(40)]],
  ['cmf(20)', [cmf(20)]],
  ['cmf(1)', [cmf(1)]],
  ['aroon(14)', aroon(14)],
  ['aroon(1)', aroon(1)],
  ['aroon(100)', aroon(100)],
])('%s is what its definition says', expectRows);
