import { Column, type Indicator } from './column.ts';
import { checkParameters, type Definition, period } from './definition.ts';

/**
 * Moving average convergence/divergence: the fast EMA minus the slow one (`macd`), the EMA of that (`signal`) and their
 * difference (`histogram`), in the unit of the source. All three are first defined at slow + signal - 2.
 *
 * Both averages begin at slow - 1, the fast one seeded with the mean of the `fast` values that end there; the signal is
 * seeded with the mean of the first `signal` differences.
 * @see Appel (1979), "The Moving Average Convergence-Divergence Trading Method"; TA-Lib, TA_MACD: seeds.
 */
export class Macd implements Indicator {
  readonly outputs = { macd: new Column(), signal: new Column(), histogram: new Column() };
  readonly firstIndex: number;
  private readonly source: Column;
  private readonly fast: number;
  private readonly slow: number;
  private readonly signal: number;
  /** Each is a sum until its seed is complete. */
  private fastAverage = 0;
  private slowAverage = 0;
  private signalAverage = 0;

  /**
   * @param source Defined from index 0 on.
   * @throws RangeError unless the three are whole numbers >= 1 and `fast` is below `slow`.
   */
  constructor(source: Column, fast: number, slow: number, signal: number) {
    checkParameters(macd, [fast, slow, signal]);
    this.source = source;
    this.fast = fast;
    this.slow = slow;
    this.signal = signal;
    this.firstIndex = slow + signal - 2;
  }

  advance(from: number, to: number): void {
    const { values } = this.source;
    const macdOut = this.outputs.macd.reserve(to);
    const signalOut = this.outputs.signal.reserve(to);
    const histogramOut = this.outputs.histogram.reserve(to);
    const fastWeight = 2 / (this.fast + 1);
    const slowWeight = 2 / (this.slow + 1);
    const signalWeight = 2 / (this.signal + 1);
    const { slow, firstIndex } = this;
    let { fastAverage, slowAverage, signalAverage } = this;
    for (let i = from; i < to; i++) {
      const value = values[i];
      if (i >= slow) {
        fastAverage += (value - fastAverage) * fastWeight;
        slowAverage += (value - slowAverage) * slowWeight;
      } else {
        if (i >= slow - this.fast) fastAverage += value;
        slowAverage += value;
        if (i === slow - 1) {
          fastAverage /= this.fast;
          slowAverage /= slow;
        }
      }
      const difference = fastAverage - slowAverage;
      if (i > firstIndex) {
        signalAverage += (difference - signalAverage) * signalWeight;
      } else if (i >= slow - 1) {
        signalAverage += difference;
        if (i === firstIndex) signalAverage /= this.signal;
      }
      macdOut[i] = i < firstIndex ? NaN : difference;
      signalOut[i] = i < firstIndex ? NaN : signalAverage;
      histogramOut[i] = i < firstIndex ? NaN : difference - signalAverage;
    }
    this.fastAverage = fastAverage;
    this.slowAverage = slowAverage;
    this.signalAverage = signalAverage;
  }
}

export const macd: Definition = {
  name: 'macd',
  title: 'Moving average convergence/divergence',
  parameters: [period('fast', 12), period('slow', 26), period('signal', 9)],
  outputs: ['macd', 'signal', 'histogram'],
  checkTogether([fast, slow]) {
    if (fast >= slow)
      throw new RangeError(`The fast of macd must be below its slow: current values are ${fast} and ${slow}`);
  },
  create: (candles, [fast, slow, signal], source = candles.close) => new Macd(source, fast, slow, signal),
};
