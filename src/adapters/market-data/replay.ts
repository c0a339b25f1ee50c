import { Candles } from '#core/candles.ts';
import type { CandleSource } from './feed.ts';

/** Closes recorded candles one after another. */
export class ReplaySource implements CandleSource {
  readonly candles: Candles;
  nextClose: number;

  /** @param alreadyClosed How many of the recorded candles were closed before the feed starts. */
  constructor(recorded: Candles, alreadyClosed = 0) {
    this.candles = Candles.replayOf(recorded, alreadyClosed);
    this.nextClose = this.closeTimeOf(alreadyClosed);
  }

  close(): number {
    const i = this.candles.closeNext();
    this.nextClose = this.closeTimeOf(i + 1);
    return i;
  }

  get nextIndex(): number {
    return this.candles.length;
  }

  get known(): number {
    return this.candles.known;
  }

  closeUntil(index: number): void {
    this.candles.closeUntil(index);
    this.nextClose = this.closeTimeOf(index);
  }

  private closeTimeOf(i: number): number {
    const { candles } = this;
    return i < candles.known ? candles.openTimeOf(i) + candles.durationMs : Number.POSITIVE_INFINITY;
  }
}
