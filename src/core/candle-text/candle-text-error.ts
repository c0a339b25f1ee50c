/** A candle text that cannot be used; the message is one sentence that fits behind a file's name. */
export class CandleTextError extends Error {
  override readonly name = 'CandleTextError';
  /** Counted from 1, the header included. */
  readonly line: number;
  /** What to do about it. */
  readonly fix: string;

  constructor(line: number, problem: string, fix: string) {
    super(`line ${line}: ${problem}; ${fix}`);
    this.line = line;
    this.fix = fix;
  }
}
