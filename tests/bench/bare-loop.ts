import type { CandleColumns } from '#core/candles.ts';
import type { YardstickResult } from './yardstick.ts';

/**
 * The bare loops: what this runtime can do at most. One function for each workload, indicators as running sums in
 * locals, no callback, no curve, no log. Semantics as in the yardstick.
 */
const FEE_RATE = 0.001;
const FIRST_DECISION = 100;
const CASH = 10_000_000;

export function bareLoop(workload: 'W1q' | 'W2', candles: CandleColumns, length: number): YardstickResult {
  return workload === 'W1q' ? smaCross(candles, length, 10, 30, FIRST_DECISION) : rsiBrackets(candles, length);
}

/** W1q for any pair of periods: long while the fast average is above the slow one. */
export function smaCross(
  candles: CandleColumns,
  length: number,
  fast: number,
  slow: number,
  first: number,
): YardstickResult {
  const open = candles.open.values;
  const close = candles.close.values;
  let difference = averagesAt(close, first - 1, fast, slow);
  let cash = CASH;
  let held = 0;
  let trades = 0;
  for (let i = first; i < length - 1; i++) {
    difference += (close[i]! - close[i - fast]!) * slow - (close[i]! - close[i - slow]!) * fast;
    if (held === 0 && difference > 0) {
      held = 1;
      cash -= open[i + 1]! * (1 + FEE_RATE);
    } else if (held === 1 && difference < 0) {
      held = 0;
      cash += open[i + 1]! * (1 - FEE_RATE);
      trades += 1;
    }
  }
  return { trades, finalEquity: cash + held * close[length - 1]! };
}

/** Fast average less slow average at candle `i`, times both periods: only its sign counts. */
function averagesAt(close: Float64Array, i: number, fast: number, slow: number): number {
  let difference = 0;
  for (let k = i - slow + 1; k <= i; k++) difference -= close[k]! * fast;
  for (let k = i - fast + 1; k <= i; k++) difference += close[k]! * slow;
  return difference;
}

function rsiBrackets({ open, high, low, close }: CandleColumns, length: number): YardstickResult {
  const [opens, highs, lows, closes] = [open.values, high.values, low.values, close.values];
  const period = 14;
  let [gain, loss, range, last] = [0, 0, 0, closes[0]!];
  let previous = Number.NaN;
  let [cash, side, pending, distance, stop, target, trades] = [CASH, 0, 0, 0, 0, 0, 0];
  for (let i = 1; i < length; i++) {
    const close = closes[i]!;
    if (pending !== 0) {
      const price = opens[i]!;
      cash -= pending * price + price * FEE_RATE;
      side = pending;
      stop = price - side * 2 * distance;
      target = price + side * 3 * distance;
      pending = 0;
    }
    if (side !== 0) {
      const stopped = side > 0 ? lows[i]! <= stop : highs[i]! >= stop;
      const reached = side > 0 ? highs[i]! >= target : lows[i]! <= target;
      if (stopped || reached) {
        const level = stopped ? stop : target;
        const price = stopped === side > 0 ? Math.min(opens[i]!, level) : Math.max(opens[i]!, level);
        cash += side * price - price * FEE_RATE;
        side = 0;
        trades += 1;
      }
    }
    const change = close - last;
    const up = (Math.abs(change) + change) * 0.5;
    const trueRange = Math.max(highs[i]!, last) - Math.min(lows[i]!, last);
    last = close;
    const weight = i <= period ? 1 : period - 1;
    const divisor = i < period ? 1 : period;
    gain = (gain * weight + up) / divisor;
    loss = (loss * weight + up - change) / divisor;
    range = (range * weight + trueRange) / divisor;
    if (i < period) continue;
    const rsi = (100 * gain) / (gain + loss);
    if (side === 0 && i >= FIRST_DECISION) {
      if (previous < 30 && rsi >= 30) pending = 1;
      else if (previous > 70 && rsi <= 70) pending = -1;
      distance = range;
    }
    previous = rsi;
  }
  return { trades, finalEquity: cash + side * closes[length - 1]! };
}
