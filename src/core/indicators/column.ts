/**
 * A growing row of float64 values, one for each candle, oldest first; NaN where nothing is defined (warm-up).
 * The array is replaced when it grows, so hold the column and read `values` anew for each pass.
 */
export class Column {
  values: Float64Array;

  constructor(values: Float64Array | number = 0) {
    this.values = typeof values === 'number' ? new Float64Array(values) : values;
  }

  /** Makes room for `length` values and keeps what is there; doubles, so that appending stays cheap. */
  reserve(length: number): Float64Array {
    if (length > this.values.length) {
      // A first fill takes what it asks for (a backtest asks once); later ones leave room.
      const grown = new Float64Array(this.values.length === 0 ? length : Math.max(length, this.values.length * 2));
      grown.set(this.values);
      this.values = grown;
    }
    return this.values;
  }
}

/**
 * One implementation for backtest and live: `advance(0, n)` and n calls of `advance(i, i + 1)` give equal bits.
 * State lives in locals inside a call and in fields between calls.
 */
export interface Indicator {
  /** Its outputs by name, the principal one first: `macd`, `signal`, `histogram`. */
  readonly outputs: Readonly<Record<string, Column>>;
  /** Index from which all outputs are defined; NaN stands before it, but in an output that says it starts earlier. */
  readonly firstIndex: number;
  /**
   * Asks for an output, before the first advance; where this is there, one that nobody asked for stays empty, as new
   * memory costs more than computing.
   */
  include?(output: string): void;
  /** Fills [from, to) of every output; `from` is where the last call ended. */
  advance(from: number, to: number): void;
}
