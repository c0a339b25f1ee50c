import { test } from 'vitest';
import {
  close,
  ema,
  expectRows,
  high,
  highest,
  low,
  lowest,
  openTime,
  type Row,
  trueRanges,
  wilder,
} from '#tests/fixtures/naive-rows.ts';

/** Channels, stops and levels once more, straight from their definitions. */

const DAY_MS = 86_400_000;
const undefinedRow = () => close.map(() => NaN);

function keltner(period: number, multiplier: number, atrPeriod: number): readonly Row[] {
  const middle = ema(close, period);
  const width = wilder(trueRanges, atrPeriod).map((value) => value * multiplier);
  return [middle, middle.map((value, i) => value + width[i]), middle.map((value, i) => value - width[i])];
}

function middleOf(period: number): Row {
  const bottom = lowest(period);
  return highest(period).map((value, i) => (value + bottom[i]) / 2);
}

const donchian = (period: number) => [middleOf(period), highest(period), lowest(period)];

function ichimoku(conversion: number, base: number, span: number, displacement: number): readonly Row[] {
  const [fast, slow, slowest] = [middleOf(conversion), middleOf(base), middleOf(span)];
  const before = (row: Row) => row.map((_, i) => row[i - displacement + 1] ?? NaN);
  return [fast, slow, before(fast.map((value, i) => (value + slow[i]) / 2)), before(slowest)];
}

/** As TradingView publishes ta.supertrend, where a direction of -1 is up. */
function superTrend(period: number, factor: number): readonly Row[] {
  const atr = wilder(trueRanges, period);
  const [upper, lower, line, direction] = [undefinedRow(), undefinedRow(), undefinedRow(), undefinedRow()];
  for (let i = period; i < close.length; i++) {
    const source = (high[i] + low[i]) / 2;
    const previousUpper = upper[i - 1] || 0;
    const previousLower = lower[i - 1] || 0;
    const [newUpper, newLower] = [source + factor * atr[i], source - factor * atr[i]];
    upper[i] = newUpper < previousUpper || close[i - 1] > previousUpper ? newUpper : previousUpper;
    lower[i] = newLower > previousLower || close[i - 1] < previousLower ? newLower : previousLower;
    if (Number.isNaN(atr[i - 1])) direction[i] = 1;
    else if (line[i - 1] === previousUpper) direction[i] = close[i] > upper[i] ? -1 : 1;
    else direction[i] = close[i] < lower[i] ? 1 : -1;
    line[i] = direction[i] === -1 ? lower[i] : upper[i];
  }
  return [line, direction.map((value) => -value)];
}

/** Wilder's rules for each side apart, from the start that TA-Lib gives them. */
function parabolicSar(acceleration: number, maximum: number): Row {
  const out = undefinedRow();
  const fall = low[0] - low[1];
  let isLong = !(fall > 0 && fall > high[1] - high[0]);
  let sar = isLong ? low[0] : high[0];
  let extreme = isLong ? high[1] : low[1];
  let factor = acceleration;
  for (let i = 1; i < close.length; i++) {
    const lows = [low[i], low[Math.max(i - 1, 1)]];
    const highs = [high[i], high[Math.max(i - 1, 1)]];
    if (isLong && low[i] <= sar) {
      isLong = false;
      [out[i], extreme, factor] = [Math.max(extreme, ...highs), low[i], acceleration];
    } else if (!isLong && high[i] >= sar) {
      isLong = true;
      [out[i], extreme, factor] = [Math.min(extreme, ...lows), high[i], acceleration];
    } else {
      out[i] = sar;
      const best = isLong ? Math.max(extreme, high[i]) : Math.min(extreme, low[i]);
      if (best !== extreme) factor = Math.min(factor + acceleration, maximum);
      extreme = best;
    }
    const next = out[i] + factor * (extreme - out[i]);
    sar = isLong ? Math.min(next, ...lows) : Math.max(next, ...highs);
  }
  return out;
}

function pivotPoints(): readonly Row[] {
  const days = openTime.map((time) => Math.floor(time / DAY_MS));
  const rows = days.map((day): Row => {
    const before = days.flatMap((other, k) => (other === day - 1 ? [k] : []));
    if (day - days[0] < 2) return [];
    const top = Math.max(...before.map((k) => high[k]));
    const bottom = Math.min(...before.map((k) => low[k]));
    const pivot = (top + bottom + close[before.at(-1) ?? 0]) / 3;
    const resistances = [2 * pivot - bottom, pivot + top - bottom, 2 * pivot + top - 2 * bottom];
    return [pivot, ...resistances, 2 * pivot - top, pivot - top + bottom, 2 * pivot + bottom - 2 * top];
  });
  return Array.from({ length: 7 }, (_, k) => rows.map((levels) => levels[k] ?? NaN));
}

/** Every swing is looked for in its whole neighbourhood, and every level is the mean of a list. */
function supportResistance(strength: number, tolerance: number, atrPeriod: number): readonly Row[] {
  const atr = wilder(trueRanges, atrPeriod);
  const levels: number[][] = [];
  const center = (level: readonly number[]) => level.reduce((total, value) => total + value, 0) / level.length;
  const add = (price: number, within: number) => {
    const distance = (level: readonly number[]) => Math.abs(center(level) - price);
    const [near] = levels.toSorted((a, b) => distance(a) - distance(b) || center(a) - center(b));
    if (near && distance(near) <= within) near.push(price);
    else levels.push([price]);
  };
  const rows = close.map((price, i): Row => {
    if (i < Math.max(2 * strength, atrPeriod)) return [NaN, NaN];
    const swing = i - strength;
    const around = Array.from({ length: 2 * strength + 1 }, (_, k) => i - k);
    const isHigh = around.every((k) => high[k] <= high[swing]) && high[swing] > high[swing - 1];
    const isLow = around.every((k) => low[k] >= low[swing]) && low[swing] < low[swing - 1];
    if (isHigh) add(high[swing], tolerance * atr[i]);
    if (isLow) add(low[swing], tolerance * atr[i]);
    const below = levels.map(center).filter((level) => level <= price);
    const above = levels.map(center).filter((level) => level > price);
    return [below.length > 0 ? Math.max(...below) : NaN, above.length > 0 ? Math.min(...above) : NaN];
  });
  return [rows.map(([support]) => support), rows.map(([, resistance]) => resistance)];
}

test.each<readonly [string, readonly Row[]]>([
  ['keltner(20,2,10)', keltner(20, 2, 10)],
  ['keltner(5,1.5,30)', keltner(5, 1.5, 30)],
  ['donchian(20)', donchian(20)],
  ['donchian(1)', donchian(1)],
  ['ichimoku(9,26,52,26)', ichimoku(9, 26, 52, 26)],
  ['ichimoku(3,5,9,1)', ichimoku(3, 5, 9, 1)],
  ['superTrend(10,3)', superTrend(10, 3)],
  ['superTrend(3,1)', superTrend(3, 1)],
  ['parabolicSar(0.02,0.2)', [parabolicSar(0.02, 0.2)]],
  ['parabolicSar(0.1,0.1)', [parabolicSar(0.1, 0.1)]],
  ['pivotPoints', pivotPoints()],
  ['supportResistance(5,0.5,14)', supportResistance(5, 0.5, 14)],
  ['supportResistance(2,3,50)', supportResistance(2, 3, 50)],
])('%s is what its definition says', expectRows);
