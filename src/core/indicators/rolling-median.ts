import { Column } from './column.ts';

/** The median of the last `period` values at each candle; NaN before there are so many. Of an even number it is the mean of the middle two. */
export class RollingMedian {
  readonly median = new Column();
  private readonly source: Column;
  private readonly period: number;
  /** The values of the window, smallest first: a value goes in and out by halving and a short move, as windows are short. */
  private readonly sorted: Float64Array;

  /** @param source Defined from index 0 on. */
  constructor(source: Column, period: number) {
    this.source = source;
    this.period = period;
    this.sorted = new Float64Array(period);
  }

  advance(from: number, to: number): void {
    const { period, sorted } = this;
    const { values } = this.source;
    const median = this.median.reserve(to);
    for (let i = from; i < to; i++) {
      if (i >= period) remove(sorted, period, values[i - period]!);
      insert(sorted, Math.min(i, period - 1), values[i]!);
      median[i] = i < period - 1 ? NaN : (sorted[(period - 1) >> 1]! + sorted[period >> 1]!) / 2;
    }
  }
}

/** Takes one of the first `count` values out. */
function remove(sorted: Float64Array, count: number, value: number): void {
  const at = placeOf(sorted, count, value);
  sorted.copyWithin(at, at + 1, count);
}

/** Puts one among the first `count` values. */
function insert(sorted: Float64Array, count: number, value: number): void {
  const at = placeOf(sorted, count, value);
  sorted.copyWithin(at + 1, at, count);
  sorted[at] = value;
}

/** Where the first of the sorted values lies that is not below `value`. */
function placeOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
