import { Column } from './indicators/column.ts';
import { ALWAYS } from './sessions/always.ts';
import type { SessionCalendar } from './sessions/calendar.ts';
import { closeTimeIn, openTimeIn } from './sessions/session-candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from './time.ts';

/** One candle as a value: times in UTC ms, prices in quote per base, volume in base units. */
export interface Candle {
  readonly openTime: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Rows of candles as columns of the same length, oldest first. */
export interface CandleColumns {
  readonly openTime: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
}

function emptyColumns(): CandleColumns {
  return {
    openTime: new Column(),
    open: new Column(),
    high: new Column(),
    low: new Column(),
    close: new Column(),
    volume: new Column(),
  };
}

/**
 * Closed candles of one symbol and timeframe, oldest first, as columns. Only closed candles are ever appended, so
 * an index below `length` never changes again. A replay knows rows beyond `length`: they are there to be computed on
 * in one pass and cannot be read through `at` before their candle closes.
 */
export class Candles {
  readonly timeframe: Timeframe;
  /** When the market trades: its candles lie in its sessions, and the last one of each ends with it. */
  readonly calendar: SessionCalendar;
  /** How long a candle lasts, where the session's end does not cut it short. */
  readonly durationMs: number;
  /** How many candles are closed. */
  length: number;
  /** How many rows the columns hold: `length`, or all of a recording that is replayed. */
  known: number;
  readonly openTime: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
  /** Whether no candle is missing: open times are then reckoned, which is cheaper than fetching them from memory. */
  private gapless: boolean;

  /** @param columns All closed, sorted by open time and on the timeframe's grid; none at first when left out. */
  constructor(timeframe: Timeframe, columns: CandleColumns = emptyColumns(), length = 0, calendar = ALWAYS) {
    this.timeframe = timeframe;
    this.calendar = calendar;
    this.durationMs = TIMEFRAME_MS[timeframe];
    this.length = length;
    this.known = length;
    this.openTime = columns.openTime;
    this.open = columns.open;
    this.high = columns.high;
    this.low = columns.low;
    this.close = columns.close;
    this.volume = columns.volume;
    const span = length > 0 ? this.openTime.values[length - 1]! - this.openTime.values[0]! : 0;
    this.gapless = length === 0 || span === (length - 1) * this.durationMs;
  }

  /** The same candles with only the first `closed` of them closed: `closeNext` closes the others. Columns are shared. */
  static replayOf(recorded: Candles, closed = 0): Candles {
    const candles = new Candles(recorded.timeframe, recorded, recorded.length, recorded.calendar);
    candles.length = closed;
    return candles;
  }

  /** Closes the next known candle and returns its index. @throws RangeError after the last one. */
  closeNext(): number {
    if (this.length === this.known)
      throw new RangeError(`The replay ended: all of its ${this.known} candles are closed`);
    this.length += 1;
    return this.length - 1;
  }

  /** Closes every known candle before `index`. @throws RangeError beyond what is known. */
  closeUntil(index: number): void {
    if (index > this.known) throw new RangeError(`Candle ${index} cannot be closed: ${this.known} candles are known`);
    this.length = Math.max(this.length, index);
  }

  /** Tells when the candle opens that is running: what happens in it has an index and a time before it closes. */
  begin(openTime: EpochMs): void {
    const { length } = this;
    if (length < this.known) return;
    if (length > 0 && openTime !== this.openTimeAt(length - 1) + this.durationMs) this.gapless = false;
    this.openTime.reserve(length + 1)[length] = openTime;
  }

  /**
   * Appends a closed candle.
   * @throws RangeError when it does not open on the timeframe's grid, or not after the last one.
   */
  append(candle: Candle): void {
    const { openTime } = candle;
    if (openTimeIn(this.calendar, openTime, this.timeframe) !== openTime) {
      throw new RangeError(
        `A ${this.timeframe} candle cannot open at ${openTime}: it is not on the ${this.timeframe} grid`,
      );
    }
    if (this.length > 0 && openTime <= this.openTimeAt(this.length - 1)) {
      throw new RangeError(
        `A candle must open after the last one: ${openTime} is not after ${this.openTimeAt(this.length - 1)}`,
      );
    }
    const i = this.length;
    if (i > 0 && openTime !== this.openTimeAt(i - 1) + this.durationMs) this.gapless = false;
    this.openTime.reserve(i + 1)[i] = openTime;
    this.open.reserve(i + 1)[i] = candle.open;
    this.high.reserve(i + 1)[i] = candle.high;
    this.low.reserve(i + 1)[i] = candle.low;
    this.close.reserve(i + 1)[i] = candle.close;
    this.volume.reserve(i + 1)[i] = candle.volume;
    this.length = i + 1;
    this.known = this.length;
  }

  /** @throws RangeError outside [0, length): a candle that is not closed yet cannot be read. */
  at(i: number): Candle {
    this.mustBeClosed(i);
    return {
      openTime: this.openTimeOf(i),
      open: this.open.values[i]!,
      high: this.high.values[i]!,
      low: this.low.values[i]!,
      close: this.close.values[i]!,
      volume: this.volume.values[i]!,
    };
  }

  openTimeAt(i: number): EpochMs {
    this.mustBeClosed(i);
    return this.openTimeOf(i);
  }

  /** Index of the closed candle that holds `at`, or of the last one before it; -1 when it lies before all of them. */
  indexAt(at: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.openTimeOf(middle) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Index of the candle that closed at `at`, or of the last one that closed before it; -1 when there is none. */
  indexClosedAt(at: number): number {
    let i = this.indexAt(at - 1);
    while (i >= 0 && this.closeTimeOf(i) > at) i -= 1;
    return i;
  }

  /** When the candle `i` opens that is known, closed or not, or has begun: the one thing of the future that is no secret. */
  openTimeOf(i: number): EpochMs {
    const first = this.openTime.values[0]!;
    return (this.gapless ? first + i * this.durationMs : this.openTime.values[i]!) as EpochMs;
  }

  closeTimeAt(i: number): EpochMs {
    this.mustBeClosed(i);
    return this.closeTimeOf(i);
  }

  /** When the known candle `i` closes, closed or not. */
  closeTimeOf(i: number): EpochMs {
    const openTime = this.openTimeOf(i);
    if (this.calendar === ALWAYS) return (openTime + this.durationMs) as EpochMs;
    return closeTimeIn(this.calendar, openTime, this.timeframe);
  }

  /** The first known candle of [from, to) that closes at `time` or later, `to` if there is none. */
  firstClosingAt(time: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.closeTimeOf(middle) >= time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private mustBeClosed(i: number): void {
    if (!(i >= 0 && i < this.length)) {
      throw new RangeError(`Candle ${i} cannot be read: ${this.length} candles are closed`);
    }
  }
}
