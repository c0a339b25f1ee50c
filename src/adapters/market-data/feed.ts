import type { EpochMs } from '#core/time.ts';
import type { Feed, Series } from '#ports/market-data.ts';

/** One series of a feed: it knows when its next candle closes, and closes it. */
export interface CandleSource {
  /** Close time of the next candle; Infinity at the end. */
  readonly nextClose: number;
  /** Closes that candle and returns its index. */
  close(): number;
  /** Index of the next candle, and how many are known from the start: none ahead for a source that waits for time. */
  readonly nextIndex: number;
  readonly known: number;
  /** Closes every candle before `index`. */
  closeUntil(index: number): void;
}

/** A series that a feed can close: what the markets here open. */
export interface SourcedSeries extends Series, CandleSource {}

/** What trades in a closed candle. */
export interface Matching {
  match(index: number): void;
  /** The first candle of [from, to) in which something trades, `to` if there is none. */
  quietUntil(from: number, to: number): number;
  /** Says where a candle opens, before any that closes with it is matched, and where it closes, after all were. */
  mark?(index: number, at: 'open' | 'close'): void;
  /** Does what the others of its boundary make necessary, once all have been marked. */
  settle?(index: number): void;
}

/** A series of a feed, with what trades in its candles. */
export interface FeedSeries {
  readonly source: CandleSource;
  readonly exchange: Matching;
}

/** Where a feed writes how far market time has come. */
export interface MarketTime {
  market: EpochMs;
}

/** Holds a feed back until a boundary's wall time has come; undefined when it may go on at once. */
export interface Pace {
  until(boundary: EpochMs): Promise<void> | undefined;
}

/**
 * Several series on one time line, boundary by boundary. At each, the clock is set, every series that closes then is
 * closed and what waited for the candle trades, and only then is the boundary answered.
 */
export class BoundaryFeed implements Feed {
  private readonly series: readonly FeedSeries[];
  private readonly time: MarketTime;
  private readonly pace: Pace | undefined;
  /** Of each series, the candle that closed at this boundary; -1 where none did. */
  private readonly closed: Int32Array;
  /** Close time of the candles that close next. A field, so that no call has to carry it through the hot loop. */
  private boundary = 0;
  private boundaries = 0;
  private isClosed = false;

  /** @param pace Left out, the feed goes as fast as it is pulled. */
  constructor(series: readonly FeedSeries[], time: MarketTime, pace?: Pace) {
    this.series = series;
    this.time = time;
    this.pace = pace;
    this.closed = new Int32Array(series.length);
  }

  next(): number | Promise<number> {
    const { series } = this;
    let boundary = Number.POSITIVE_INFINITY;
    for (let k = 0; k < series.length; k++) {
      const { nextClose } = series[k]!.source;
      if (nextClose < boundary) boundary = nextClose;
    }
    if (boundary === Number.POSITIVE_INFINITY || this.isClosed) return -1;
    this.boundary = boundary;
    if (this.pace === undefined) return this.reach();
    const wait = this.pace.until(boundary as EpochMs);
    return wait === undefined ? this.reach() : this.reachAfter(wait);
  }

  skip(most: number): number {
    const [only, ...others] = this.series;
    if (only === undefined || others.length > 0 || this.pace !== undefined || this.isClosed) return 0;
    const { source, exchange } = only;
    const from = source.nextIndex;
    const until = exchange.quietUntil(from, Math.min(from + most, source.known));
    source.closeUntil(until);
    this.boundaries += until - from;
    return until - from;
  }

  close(): void {
    this.isClosed = true;
  }

  private async reachAfter(wait: Promise<void>): Promise<number> {
    await wait;
    return this.isClosed ? -1 : this.reach();
  }

  private reach(): number {
    const { series, boundary } = this;
    this.time.market = boundary as EpochMs;
    if (series.length === 1) {
      const { source, exchange } = series[0]!;
      if (source.nextClose === boundary) exchange.match(source.close());
    } else {
      this.reachTogether();
    }
    this.boundaries += 1;
    return this.boundaries - 1;
  }

  /** All candles of the boundary are closed before the first is matched: what one exchange looks at is there for all. */
  private reachTogether(): void {
    const { series, closed, boundary } = this;
    for (let k = 0; k < series.length; k++) {
      const { source, exchange } = series[k]!;
      closed[k] = source.nextClose === boundary ? source.close() : -1;
      if (closed[k]! >= 0) exchange.mark?.(closed[k]!, 'open');
    }
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.match(closed[k]!);
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.mark?.(closed[k]!, 'close');
    for (let k = 0; k < series.length; k++) if (closed[k]! >= 0) series[k]!.exchange.settle?.(closed[k]!);
  }
}
