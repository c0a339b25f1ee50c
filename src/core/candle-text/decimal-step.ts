/** A step finer than 10^-15 is not told apart: float64 holds no more digits. */
const MOST_DECIMALS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: MOST_DECIMALS + 1 }, (_, k) => 10 ** k);

/**
 * Finds the step that a row of decimals lies on, such as an instrument's tick from its prices: the greatest common
 * divisor of them all and of 1. It counts in whole numbers of 10^-decimals, so it is exact.
 */
export class DecimalStep {
  /** The step is `units` x 10^-decimals. */
  decimals = 0;
  private units = 1;

  /**
   * Takes in the number `digits` x 10^-decimals.
   * @param digits A whole number from 0 to 2^53.
   * @param decimals At most 15.
   */
  add(digits: number, decimals: number): void {
    if (decimals > this.decimals) this.refine(digits, decimals);
    else if (this.units !== 1) this.divide(digits * POWERS_OF_TEN[this.decimals - decimals]);
  }

  /** Takes in a number by its shortest text: 12.5 is 125 x 10^-1. */
  addNumber(value: number): void {
    const decimals = decimalsOf(value);
    const digits = value.toExponential().replace('.', '').split('e')[0];
    if (decimals > MOST_DECIMALS) this.add(1, MOST_DECIMALS);
    else this.add(decimals === 0 ? value : Number(digits), decimals);
  }

  /** The step as a plain decimal: "0.25", "0.1", "1". */
  toString(): string {
    if (this.decimals === 0) return String(this.units);
    const text = String(this.units).padStart(this.decimals + 1, '0');
    return `${text.slice(0, -this.decimals)}.${text.slice(-this.decimals)}`;
  }

  /** Zeros at the end add no decimals: "1.50" lies on 0.5. */
  private refine(digits: number, decimals: number): void {
    let whole = digits;
    let places = decimals;
    for (; places > 0 && whole % 10 === 0; places--) whole /= 10;
    if (places > this.decimals) {
      this.units *= 10 ** (places - this.decimals);
      this.decimals = places;
    }
    this.divide(whole * 10 ** (this.decimals - places));
  }

  private divide(value: number): void {
    // Nearly every value is a multiple, and then this is exact and several times faster than a remainder.
    if (Math.floor(value / this.units) * this.units === value) return;
    // Beyond the safe integers a remainder means nothing; the finest step is always right.
    let a = Number.isSafeInteger(value) ? this.units : 1;
    for (let b = value; a !== 1 && b > 0; ) [a, b] = [b, a % b];
    this.units = a;
  }
}

/** How many decimals the shortest text of a number has: 1 for 12.50, 7 for 1e-7, 0 for 1e21. */
export function decimalsOf(value: number): number {
  const [digits = '', exponent] = value.toExponential().replace('.', '').split('e');
  return Math.max(0, digits.length - 1 - Number(exponent));
}
