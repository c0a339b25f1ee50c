import type { Candle } from '#core/candles.ts';
import { firstRowFrom, type Tape } from '#core/matching/tape.ts';
import type { EpochMs } from '#core/time.ts';

/** A candle that runs, put together from the rows inside it as they come to be known: each is taken once. */
export class RunningRows {
  private readonly tape: Tape;
  private running: Candle | undefined;
  /** The row that is taken next. */
  private next = 0;

  constructor(tape: Tape) {
    this.tape = tape;
  }

  /**
   * The candle that opened at `openTime`, of the rows that began before `until`; neither goes back from call to call.
   * @returns Undefined before its first row. Quotes tell no volume: it is NaN.
   */
  candle(openTime: EpochMs, until: EpochMs): Candle | undefined {
    if (this.running?.openTime !== openTime) {
      this.running = undefined;
      this.next = firstRowFrom(this.tape, openTime);
    }
    const { openTime: begins, length } = this.tape;
    while (this.next < length && begins.values[this.next]! < until) this.take(openTime, this.next++);
    return this.running;
  }

  private take(openTime: EpochMs, row: number): void {
    const { bid, ask } = this.tape;
    const middle = (of: 'open' | 'high' | 'low' | 'close') => (bid[of].values[row]! + ask[of].values[row]!) / 2;
    const { running } = this;
    this.running = {
      openTime,
      open: running?.open ?? middle('open'),
      high: Math.max(running?.high ?? Number.NEGATIVE_INFINITY, middle('high')),
      low: Math.min(running?.low ?? Number.POSITIVE_INFINITY, middle('low')),
      close: middle('close'),
      volume: bid === ask ? (running?.volume ?? 0) + bid.volume.values[row]! : NaN,
    };
  }
}
