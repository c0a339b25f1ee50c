import { fillTailMaxima, fillTailMinima, missingTails } from './blocks.ts';
import type { Column } from './column.ts';

/** What a range is of: candles, or other columns in their place. */
export interface Ranged {
  readonly high: Column;
  readonly low: Column;
}

/** Where its results go: columns of whoever asks, as they are often only a step to something else. */
export interface RangeColumns {
  readonly highest: Column;
  readonly lowest: Column;
}

/**
 * Fills columns with the highest high and the lowest low of the last `period` candles; NaN before there are so many.
 */
export class RollingRange {
  private readonly prices: Ranged;
  private readonly target: RangeColumns;
  private readonly period: number;
  private readonly start: number;
  /** See blocks.ts: the extremes over the end of the last block, and over the beginning of this one. */
  private readonly highTails: Float64Array;
  private readonly lowTails: Float64Array;
  private highestHead = -Infinity;
  private lowestHead = Infinity;

  /** @param start Where the prices are first defined. */
  constructor(prices: Ranged, target: RangeColumns, period: number, start = 0) {
    this.prices = prices;
    this.target = target;
    this.period = period;
    this.start = start;
    this.highTails = missingTails(period, -Infinity);
    this.lowTails = missingTails(period, Infinity);
  }

  advance(from: number, to: number): void {
    const { period, start, highTails, lowTails } = this;
    const high = this.prices.high.values;
    const low = this.prices.low.values;
    const highest = this.target.highest.reserve(to);
    const lowest = this.target.lowest.reserve(to);
    let { highestHead, lowestHead } = this;
    for (let i = from; i < Math.min(start, to); i++) highest[i] = lowest[i] = NaN;
    for (let i = Math.max(from, start); i < to; ) {
      const block = i - ((i - start) % period);
      if (i === block) {
        highestHead = -Infinity;
        lowestHead = Infinity;
        if (block > start) {
          fillTailMaxima(highTails, high, block - period);
          fillTailMinima(lowTails, low, block - period);
        }
      }
      for (const end = Math.min(block + period, to); i < end; i++) {
        highestHead = Math.max(highestHead, high[i]);
        lowestHead = Math.min(lowestHead, low[i]);
        highest[i] = Math.max(highTails[i - block], highestHead);
        lowest[i] = Math.min(lowTails[i - block], lowestHead);
      }
    }
    this.highestHead = highestHead;
    this.lowestHead = lowestHead;
  }
}
