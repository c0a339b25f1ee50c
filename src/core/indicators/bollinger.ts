import { missingTails } from './blocks.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { positivePart } from './positive-part.ts';

/**
 * Bollinger bands: the simple moving average (`middle`) plus and minus `deviations` population standard deviations of the
 * same values (`upper`, `lower`), in the unit of the source. First defined at period - 1.
 *
 * The variance is E[d^2] - E[d]^2 with d counted from the first value of the block (see blocks.ts), which every
 * window that ends in the block holds: counted from 0 the two would be alike in most of their digits and cancel.
 * @see Bollinger (2001), "Bollinger on Bollinger Bands"; TA-Lib, TA_BBANDS.
 */
export class Bollinger implements Indicator {
  readonly outputs = { middle: new Column(), upper: new Column(), lower: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  private readonly deviations: number;
  private readonly tails: Float64Array;
  private readonly squareTails: Float64Array;
  private head = 0;
  private squareHead = 0;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1 and `deviations` is a number >= 0.
   */
  constructor(source: Column, period: number, deviations: number) {
    checkParameters(bollinger, [period, deviations]);
    this.source = source;
    this.period = period;
    this.deviations = deviations;
    this.firstIndex = period - 1;
    this.tails = missingTails(period, 0);
    this.squareTails = missingTails(period, 0);
  }

  advance(from: number, to: number): void {
    const { period, deviations, tails, squareTails } = this;
    const { values } = this.source;
    const middle = this.outputs.middle.reserve(to);
    const upper = this.outputs.upper.reserve(to);
    const lower = this.outputs.lower.reserve(to);
    const share = 1 / period;
    let { head, squareHead } = this;
    for (let i = from; i < to; ) {
      const start = i - (i % period);
      const origin = values[start];
      if (i === start) {
        head = 0;
        squareHead = 0;
        if (start > 0) this.fillTails(start - period, origin);
      }
      for (const end = Math.min(start + period, to); i < end; i++) {
        const distance = values[i] - origin;
        head += distance;
        squareHead += distance * distance;
        const mean = (tails[i - start] + head) * share;
        // Rounding can leave the variance of equal values a hair below 0.
        const variance = positivePart((squareTails[i - start] + squareHead) * share - mean * mean);
        const width = deviations * Math.sqrt(variance);
        const average = origin + mean;
        middle[i] = average;
        upper[i] = average + width;
        lower[i] = average - width;
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

export const bollinger: Definition = {
  name: 'bollinger',
  title: 'Bollinger bands',
  parameters: [period('period', 20), { name: 'deviations', default: 2, minimum: 0, whole: false }],
  outputs: ['middle', 'upper', 'lower'],
  create: (candles, [period, deviations], source = candles.close) => new Bollinger(source, period, deviations),
};
