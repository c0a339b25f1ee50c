import { missingTails } from './blocks.ts';
import type { Column } from './column.ts';
import { positivePart } from './positive-part.ts';

/** Where its results go: columns of whoever asks, as they are often only a step to something else. */
export interface DeviationColumns {
  readonly mean: Column;
  readonly deviation: Column;
}

/**
 * Fills columns with the mean and the population standard deviation of the last `period` values; NaN before there are
 * so many.
 *
 * The variance is E[d^2] - E[d]^2 with d counted from the first value of the block (see blocks.ts), which every window
 * that ends in the block holds: counted from 0 the two would be alike in most of their digits and cancel.
 */
export class RollingDeviation {
  private readonly source: Column;
  private readonly target: DeviationColumns;
  private readonly period: number;
  private readonly tails: Float64Array;
  private readonly squareTails: Float64Array;
  private head = 0;
  private squareHead = 0;

  /** @param source Defined from index 0 on. */
  constructor(source: Column, target: DeviationColumns, period: number) {
    this.source = source;
    this.target = target;
    this.period = period;
    this.tails = missingTails(period, 0);
    this.squareTails = missingTails(period, 0);
  }

  advance(from: number, to: number): void {
    const { period, tails, squareTails } = this;
    const { values } = this.source;
    const mean = this.target.mean.reserve(to);
    const deviation = this.target.deviation.reserve(to);
    const share = 1 / period;
    let { head, squareHead } = this;
    for (let i = from; i < to; ) {
      const block = i - (i % period);
      const origin = values[block];
      if (i === block) {
        head = 0;
        squareHead = 0;
        if (block > 0) this.fillTails(block - period, origin);
      }
      for (const end = Math.min(block + period, to); i < end; i++) {
        const distance = values[i] - origin;
        head += distance;
        squareHead += distance * distance;
        const meanDistance = (tails[i - block] + head) * share;
        // Rounding can leave the variance of equal values a hair below 0.
        const variance = positivePart((squareTails[i - block] + squareHead) * share - meanDistance * meanDistance);
        mean[i] = origin + meanDistance;
        deviation[i] = Math.sqrt(variance);
      }
    }
    this.head = head;
    this.squareHead = squareHead;
  }

  /** The tails of the block before, counted from the origin of the block that follows it. */
  private fillTails(start: number, origin: number): void {
    const { tails, squareTails } = this;
    const { values } = this.source;
    let sum = 0;
    let squareSum = 0;
    for (let j = tails.length - 1; j > 0; j--) {
      const distance = values[start + j] - origin;
      sum += distance;
      squareSum += distance * distance;
      tails[j - 1] = sum;
      squareTails[j - 1] = squareSum;
    }
  }
}
