const ZERO = 48;
const POINT = 46;
const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;

/** The most digits whose integer, and its quotient by a power of ten up to 1e22, float64 arithmetic gets right. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, k) => 10 ** k);

/**
 * Reads rows of plain decimals ("12.5,0.25\n") from ASCII bytes without making a string or an object of any. With up
 * to 15 digits, digits / 10^decimals is one correctly rounded division of two exact numbers: it equals `Number(text)`.
 * @see Clinger (1990), "How to Read Floating Point Numbers Accurately", its fast path.
 */
export class DecimalReader {
  /** Of the last row that was read: its numbers, their digits as integers, and how many stand behind the point. */
  readonly values: Float64Array;
  readonly digits: Float64Array;
  readonly decimals: Int32Array;
  /** Where the next row starts. */
  next = 0;

  /** @param columns How many numbers a row has. */
  constructor(columns: number) {
    this.values = new Float64Array(columns);
    this.digits = new Float64Array(columns);
    this.decimals = new Int32Array(columns);
  }

  /**
   * Reads the row at `from`, which ends in LF or CRLF. Answers false, with `next` and part of the values untouched,
   * when it has other columns or anything but plain numbers of up to 15 digits: then it needs a closer look.
   */
  read(bytes: Uint8Array, from: number): boolean {
    const last = this.values.length - 1;
    let at = from;
    for (let k = 0; k <= last; k++, at++) {
      const start = at;
      let digits = 0;
      let point = -1;
      for (; ; at++) {
        const byte = bytes[at];
        if (byte >= ZERO && byte < ZERO + 10) digits = digits * 10 + (byte - ZERO);
        else if (byte === POINT && point < 0) point = at;
        else break;
      }
      const length = at - start - (point < 0 ? 0 : 1);
      const decimals = point < 0 ? 0 : at - point - 1;
      if (k === last && bytes[at] === RETURN) at++;
      if (bytes[at] !== (k === last ? NEWLINE : COMMA) || length === 0 || length > EXACT_DIGITS) return false;
      this.values[k] = digits / POWERS_OF_TEN[decimals];
      this.digits[k] = digits;
      this.decimals[k] = decimals;
    }
    this.next = at;
    return true;
  }
}
