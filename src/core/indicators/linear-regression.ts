import { missingTails } from './blocks.ts';
import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * The straight line of least squares through the last `period` values: where it stands at the newest (`value`), in the
 * unit of the source, and how much it rises per candle (`slope`). First defined period - 1 after its source. One value
 * alone has slope 0.
 *
 * Both follow from the sum of the values and the sum with weights 1 to `period`, the newest weighing most. Values are
 * counted from the first of the block (see blocks.ts), so that like prices do not cancel digits.
 * @see TA-Lib, TA_LINEARREG and TA_LINEARREG_SLOPE.
 */
export class LinearRegression implements Indicator {
  readonly outputs = { value: new Column(), slope: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  private readonly start: number;
  private readonly tails: Float64Array;
  private readonly weightedTails: Float64Array;
  private head = 0;
  /** Its weights count from 1 at the start of the block. */
  private weightedHead = 0;

  /**
   * @param start Where the source is first defined.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number, start = 0) {
    checkParameters(linearRegression, [period]);
    this.source = source;
    this.period = period;
    this.start = start;
    this.firstIndex = start + period - 1;
    this.tails = missingTails(period, 0);
    this.weightedTails = missingTails(period, 0);
  }

  advance(from: number, to: number): void {
    const { period, start, tails, weightedTails } = this;
    const { values } = this.source;
    const value = this.outputs.value.reserve(to);
    const slope = this.outputs.slope.reserve(to);
    const share = 1 / period;
    const center = (period + 1) / 2;
    const slopeShare = period === 1 ? 0 : 12 / (period * (period * period - 1));
    let { head, weightedHead } = this;
    for (let i = from; i < Math.min(start, to); i++) value[i] = slope[i] = NaN;
    for (let i = Math.max(from, start); i < to; ) {
      const block = i - ((i - start) % period);
      const origin = values[block];
      if (i === block) {
        head = 0;
        weightedHead = 0;
        if (block > start) this.fillTails(block - period, origin);
      }
      for (const end = Math.min(block + period, to); i < end; i++) {
        const j = i - block;
        const distance = values[i] - origin;
        head += distance;
        weightedHead += distance * (j + 1);
        const sum = tails[j] + head;
        const weighted = weightedTails[j] + weightedHead + head * (period - 1 - j);
        const rise = (weighted - sum * center) * slopeShare;
        value[i] = origin + sum * share + rise * (period - center);
        slope[i] = rise;
      }
    }
    this.head = head;
    this.weightedHead = weightedHead;
  }

  /** The tails of the block before, counted from the origin of the block that follows it. */
  private fillTails(start: number, origin: number): void {
    const { tails, weightedTails } = this;
    const { values } = this.source;
    let sum = 0;
    let weighted = 0;
    for (let j = tails.length - 1; j > 0; j--) {
      sum += values[start + j] - origin;
      weighted += sum; // An older value comes in with weight 1, and raises the others by 1.
      tails[j - 1] = sum;
      weightedTails[j - 1] = weighted;
    }
  }
}

export const linearRegression: Definition = {
  name: 'linearRegression',
  title: 'Linear regression',
  parameters: [period('period', 14)],
  outputs: ['value', 'slope'],
  create: (candles, [period], source = candles.close) => new LinearRegression(source, period),
};
