import { fillTailSums, missingTails } from './blocks.ts';
import { Column } from './column.ts';

/**
 * The sum of the last `period` values at each candle; NaN before there are so many. Nothing is ever subtracted (see
 * blocks.ts): it does not drift, and a sum of values that are not negative is 0 only where all of them are.
 */
export class RollingSum {
  readonly sum = new Column();
  private readonly source: Column;
  private readonly period: number;
  private readonly start: number;
  private readonly tails: Float64Array;
  private head = 0;

  /** @param start Where the source is first defined. */
  constructor(source: Column, period: number, start = 0) {
    this.source = source;
    this.period = period;
    this.start = start;
    this.tails = missingTails(period, 0);
  }

  advance(from: number, to: number): void {
    const { period, start, tails } = this;
    const { values } = this.source;
    const sum = this.sum.reserve(to);
    let { head } = this;
    for (let i = from; i < Math.min(start, to); i++) sum[i] = NaN;
    for (let i = Math.max(from, start); i < to; ) {
      const block = i - ((i - start) % period);
      if (i === block) {
        head = 0;
        if (block > start) fillTailSums(tails, values, block - period);
      }
      for (const end = Math.min(block + period, to); i < end; i++) {
        head += values[i];
        sum[i] = tails[i - block] + head;
      }
    }
    this.head = head;
  }
}
