import type { MarketSymbol } from '#core/bots.ts';
import { type Candle, Candles } from '#core/candles.ts';
import type { Instrument } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { type MarketData, SeriesUnavailable } from '#ports/market-data.ts';
import type { SourcedSeries } from './feed.ts';

/** Recorded candles of one symbol, and the instrument that their numbers tell of. */
export interface Recording {
  readonly instrument: Instrument;
  readonly candles: Candles;
}

/** Recordings played again, whatever day it is. */
export class ReplayMarket implements MarketData<SourcedSeries> {
  readonly name: string;
  readonly label = 'Replay';
  readonly simulated = true;
  readonly newcomers = 'at-the-start';
  readonly silentSince = undefined;
  private readonly recordings: readonly Recording[];

  /** @param name Tells this set of recordings from others: their files. */
  constructor(name: string, recordings: readonly Recording[]) {
    this.name = name;
    this.recordings = recordings;
  }

  open(symbol: MarketSymbol, timeframe: Timeframe, until?: EpochMs): SourcedSeries | undefined {
    const recording = this.recordings.find(({ instrument }) => instrument.symbol === symbol);
    if (!recording) return undefined;
    const { candles, instrument } = recording;
    if (candles.timeframe !== timeframe) {
      throw new SeriesUnavailable(
        `Cannot replay ${symbol} as the bot wants ${timeframe} candles and the recording holds ${candles.timeframe} ones; ` +
          `give a ${timeframe} recording, or set the bot's "timeframe" to "${candles.timeframe}"`,
      );
    }
    return new ReplaySource(instrument, candles, until === undefined ? 0 : candles.indexClosedAt(until) + 1);
  }

  /** When the first of the recorded candles opens. */
  get start(): EpochMs {
    return Math.min(...this.recordings.map(({ candles }) => candles.openTimeOf(0))) as EpochMs;
  }
}

/** Closes recorded candles one after another. */
export class ReplaySource implements SourcedSeries {
  readonly instrument: Instrument;
  readonly symbol: MarketSymbol;
  readonly candles: Candles;
  nextClose: number;

  /** @param alreadyClosed How many of the recorded candles were closed before the feed starts. */
  constructor(instrument: Instrument, recorded: Candles, alreadyClosed = 0) {
    this.instrument = instrument;
    this.symbol = instrument.symbol;
    this.candles = Candles.replayOf(recorded, alreadyClosed);
    this.nextClose = this.closeTimeOf(alreadyClosed);
  }

  /** A recording has closed candles only. */
  forming(): Candle | undefined {
    return undefined;
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
    return i < candles.known ? candles.closeTimeOf(i) : Number.POSITIVE_INFINITY;
  }
}
