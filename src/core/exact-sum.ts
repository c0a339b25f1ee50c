/** Half of what a double holds exactly: two of these still add without rounding. */
const SAFE = 2 ** 52;

/**
 * A running sum of whole numbers that never rounds: a double while it is small, carried into a bigint before it could
 * lose a unit. Adding costs about a nanosecond as long as the terms stay small.
 */
export class ExactSum {
  private pending = 0;
  private carried = 0n;
  /** `carried` as a float64. */
  private carriedNumber = 0;

  /** Adds a whole number, exact as long as it is a safe integer. */
  add(value: number): void {
    const sum = this.pending + value;
    if (sum < SAFE && sum > -SAFE && value < SAFE && value > -SAFE) this.pending = sum;
    else this.addBig(BigInt(value));
  }

  /** Adds a product of whole numbers that may be too large for a double. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    if (product < SAFE && product > -SAFE) this.add(product);
    else this.addBig(BigInt(a) * BigInt(b));
  }

  addBig(value: bigint): void {
    this.carried += value + BigInt(this.pending);
    this.pending = 0;
    this.carriedNumber = Number(this.carried);
  }

  total(): bigint {
    return this.carried + BigInt(this.pending);
  }

  /** As a float64 for statistics: off by its last bit at most. */
  toNumber(): number {
    return this.carriedNumber + this.pending;
  }
}
