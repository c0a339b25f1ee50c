import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';
import { positivePart } from './positive-part.ts';

/**
 * Relative strength index: the average gain as a percentage of average gain plus average loss, 0 to 100. First defined
 * at `period`, seeded with the means of the first `period` changes. 0 when nothing has moved at all, as in TA-Lib.
 * @see Wilder (1978), "New Concepts in Technical Trading Systems", section VI; TA-Lib, TA_RSI: seed and flat prices.
 */
export class Rsi implements Indicator {
  readonly outputs = { rsi: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly period: number;
  /** Sums until firstIndex makes them means. */
  private gain = 0;
  private loss = 0;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless `period` is a whole number >= 1.
   */
  constructor(source: Column, period: number) {
    checkParameters(rsi, [period]);
    this.source = source;
    this.period = period;
    this.firstIndex = period;
  }

  advance(from: number, to: number): void {
    const { firstIndex } = this;
    const { values } = this.source;
    const out = this.outputs.rsi.reserve(to);
    const weight = 1 / this.period;
    let { gain, loss } = this;
    let previous = values[Math.max(from - 1, 0)];
    let i = from;
    for (; i < to && i <= firstIndex; i++) {
      const change = values[i] - previous;
      previous = values[i];
      const rise = positivePart(change);
      gain += rise;
      loss += rise - change;
      if (i === firstIndex) {
        gain /= this.period;
        loss /= this.period;
      }
      out[i] = i < firstIndex ? NaN : strength(gain, loss);
    }
    for (; i < to; i++) {
      const change = values[i] - previous;
      previous = values[i];
      const rise = positivePart(change);
      gain += (rise - gain) * weight;
      loss += (rise - change - loss) * weight;
      out[i] = strength(gain, loss);
    }
    this.gain = gain;
    this.loss = loss;
  }
}

function strength(gain: number, loss: number): number {
  const moved = gain + loss;
  return moved === 0 ? 0 : 100 * (gain / moved);
}

export const rsi: Definition = {
  name: 'rsi',
  title: 'Relative strength index',
  parameters: [period('period', 14)],
  outputs: ['rsi'],
  create: (candles, [period], source = candles.close) => new Rsi(source, period),
};
