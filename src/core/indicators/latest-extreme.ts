/**
 * Which of the last `period` values is the highest (or the lowest), the latest of equals. Keeps the candidates only:
 * values that nothing later has reached, so from the oldest to the newest they fall, and the oldest is the highest.
 * Each value enters once and leaves once.
 * @see Lemire (2006), "Streaming maximum-minimum filter using no more than three comparisons per element".
 */
export class LatestExtreme {
  private readonly period: number;
  /** 1 looks for the highest, -1 for the lowest. */
  private readonly sign: 1 | -1;
  /** Rings, as candidates leave at both ends: place k is at k & mask. */
  private readonly values: Float64Array;
  private readonly indexes: Float64Array;
  private readonly mask: number;
  private first = 0;
  private last = -1;

  constructor(period: number, sign: 1 | -1) {
    this.period = period;
    this.sign = sign;
    // One more than the window, as the newest enters before the oldest leaves.
    const size = 2 ** Math.ceil(Math.log2(period + 1));
    this.mask = size - 1;
    this.values = new Float64Array(size);
    this.indexes = new Float64Array(size);
  }

  /** Takes the value of candle `i`, each candle in turn, and returns the index of the extreme. */
  push(value: number, i: number): number {
    const { values, indexes, mask, period } = this;
    const signed = value * this.sign;
    let { first, last } = this;
    while (last >= first && values[last & mask] <= signed) last--;
    last++;
    values[last & mask] = signed;
    indexes[last & mask] = i;
    if (indexes[first & mask] <= i - period) first++;
    this.first = first;
    this.last = last;
    return indexes[first & mask];
  }
}
