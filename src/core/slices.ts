import type { Candle } from './candles.ts';
import { Column } from './indicators/column.ts';
import type { SideColumns, Tape } from './matching/tape.ts';
import type { EpochMs } from './time.ts';

/**
 * What happened inside candles, as far as somebody looked: a row goes from one look at the running candle to the next, or
 * to the candle's close. A candle that nobody looked into is one row, itself.
 */
export class SliceTape implements Tape {
  readonly bid: SideColumns;
  readonly ask: SideColumns;
  readonly openTime = new Column();
  length = 0;
  private readonly columns = {
    open: new Column(),
    high: new Column(),
    low: new Column(),
    close: new Column(),
    volume: new Column(),
  };
  private seen: { readonly at: EpochMs; readonly candle: Candle } | undefined;

  constructor() {
    this.bid = this.columns;
    this.ask = this.columns;
  }

  /** The running candle as it was when this goes on after a restart: what it did by then is over. */
  resume(candle: Candle, at: EpochMs): void {
    this.seen = { at, candle };
  }

  /** Takes the running candle as it looks at a moment after it opened and after the last look. */
  look(candle: Candle, at: EpochMs): void {
    this.take(candle);
    this.seen = { at, candle };
  }

  /** Takes the rest of a candle: it is closed. */
  close(candle: Candle): void {
    this.take(candle);
    this.seen = undefined;
  }

  private take(candle: Candle): void {
    const seen = this.seen?.candle.openTime === candle.openTime ? this.seen : undefined;
    const i = this.length;
    const { columns } = this;
    this.openTime.reserve(i + 1)[i] = seen?.at ?? candle.openTime;
    const row = seen === undefined ? candle : since(seen.candle, candle);
    columns.open.reserve(i + 1)[i] = row.open;
    columns.high.reserve(i + 1)[i] = row.high;
    columns.low.reserve(i + 1)[i] = row.low;
    columns.close.reserve(i + 1)[i] = row.close;
    columns.volume.reserve(i + 1)[i] = row.volume;
    this.length = i + 1;
  }
}

/** What a candle did between two looks: an extreme that was there before tells nothing of what came after it. */
function since(before: Candle, now: Candle): Omit<Candle, 'openTime'> {
  const open = before.close;
  const { close } = now;
  return {
    open,
    high: now.high > before.high ? now.high : Math.max(open, close),
    low: now.low < before.low ? now.low : Math.min(open, close),
    close,
    volume: Math.max(0, now.volume - before.volume),
  };
}
