import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Candles } from '#core/candles.ts';
import { Candles as Columns } from '#core/candles.ts';
import type { Instrument } from '#core/instruments.ts';

/** Recorded candles that come to be known a chunk at a time, as a live source's do; a chunk of 1 is one by one. */
export class ChunkedSource implements SourcedSeries {
  readonly instrument: Instrument;
  readonly symbol;
  readonly candles: Candles;
  readonly inside = undefined;
  private readonly recorded: Candles;
  private readonly chunks: readonly number[];
  private chunk = 0;

  /** @param chunks How many candles become known at a time, over and over; each at least 1. */
  constructor(instrument: Instrument, recorded: Candles, chunks: readonly number[]) {
    this.instrument = instrument;
    this.symbol = instrument.symbol;
    this.recorded = recorded;
    this.chunks = chunks;
    this.candles = Columns.replayOf(recorded);
    this.candles.known = 0;
  }

  get nextClose(): number {
    const { candles, recorded } = this;
    return candles.length < recorded.length ? recorded.closeTimeOf(candles.length) : Number.POSITIVE_INFINITY;
  }

  get nextIndex(): number {
    return this.candles.length;
  }

  get known(): number {
    return this.candles.known;
  }

  close(): number {
    const { candles, recorded, chunks } = this;
    if (candles.length === candles.known) {
      candles.known = Math.min(recorded.length, candles.known + chunks[this.chunk % chunks.length]!);
      this.chunk += 1;
    }
    return candles.closeNext();
  }

  closeUntil(index: number): void {
    this.candles.closeUntil(index);
  }

  forming(): undefined {}

  look(): undefined {}

  peek(): undefined {}

  quotation(): undefined {}

  resume(): void {}
}
