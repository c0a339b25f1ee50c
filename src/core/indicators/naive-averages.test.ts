import { test } from 'vitest';
import {
  close,
  deviation,
  ema,
  expectRows,
  high,
  low,
  mean,
  minus,
  open,
  openTime,
  type Row,
  sum,
  times,
  typical,
  volume,
  windows,
} from '#tests/fixtures/naive-rows.ts';

/** Averages, lines and candles made of the price once more, straight from their definitions. */

const DAY_MS = 86_400_000;

function wma(row: Row, period: number): Row {
  return windows(
    row,
    period,
    (window) => sum(window.map((value, k) => value * (k + 1))) / ((period * (period + 1)) / 2),
  );
}

function dema(period: number): Row {
  const once = ema(close, period);
  return minus(
    once.map((value) => 2 * value),
    ema(once, period, 2 * (period - 1)),
  );
}

function tema(period: number): Row {
  const once = ema(close, period);
  const twice = ema(once, period, 2 * (period - 1));
  const thrice = ema(twice, period, 3 * (period - 1));
  return once.map((value, i) => 3 * value - 3 * twice[i] + thrice[i]);
}

function hma(period: number): Row {
  const half = wma(close, Math.floor(period / 2));
  const whole = wma(close, period);
  const raw = half.map((value, i) => 2 * value - whole[i]);
  return wma(raw, Math.floor(Math.sqrt(period)));
}

function vwma(period: number): Row {
  const traded = windows(times(close, volume), period, sum);
  const volumes = windows(volume, period, sum);
  return traded.map((value, i) => value / volumes[i]);
}

const vwap = close.map((_, i) => {
  const day = Math.floor(openTime[i] / DAY_MS);
  const since = openTime.findIndex((time) => Math.floor(time / DAY_MS) === day);
  return sum(times(typical, volume).slice(since, i + 1)) / sum(volume.slice(since, i + 1));
});

/** Least squares by the textbook: slope = cov(x, y) / var(x). */
function linearRegression(period: number): readonly Row[] {
  const center = (period - 1) / 2;
  const squares = sum(Array.from({ length: period }, (_, x) => (x - center) ** 2));
  const slope = windows(
    close,
    period,
    (window) => sum(window.map((y, x) => (x - center) * (y - mean(window)))) / squares,
  );
  const middle = windows(close, period, mean);
  return [middle.map((value, i) => value + slope[i] * center), slope];
}

function heikinAshi(): readonly Row[] {
  const closes = open.map((value, i) => (value + high[i] + low[i] + close[i]) / 4);
  const opens: number[] = [(open[0] + close[0]) / 2];
  for (let i = 1; i < close.length; i++) opens.push((opens[i - 1] + closes[i - 1]) / 2);
  const highs = high.map((value, i) => Math.max(value, opens[i], closes[i]));
  const lows = low.map((value, i) => Math.min(value, opens[i], closes[i]));
  return [closes, opens, highs, lows];
}

test.each<readonly [string, readonly Row[]]>([
  ['wma(1)', [close]],
  ['wma(20)', [wma(close, 20)]],
  ['wma(333)', [wma(close, 333)]],
  ['dema(20)', [dema(20)]],
  ['dema(2)', [dema(2)]],
  ['tema(20)', [tema(20)]],
  ['tema(7)', [tema(7)]],
  ['hma(9)', [hma(9)]],
  ['hma(2)', [hma(2)]],
  ['hma(55)', [hma(55)]],
  ['vwma(20)', [vwma(20)]],
  ['vwma(1)', [close]],
  ['vwap', [vwap]],
  ['linearRegression(2)', linearRegression(2)],
  ['linearRegression(14)', linearRegression(14)],
  ['linearRegression(200)', linearRegression(200)],
  ['standardDeviation(20)', [windows(close, 20, deviation)]],
  ['standardDeviation(100)', [windows(close, 100, deviation)]],
  ['heikinAshi', heikinAshi()],
])('%s is what its definition says', expectRows);
