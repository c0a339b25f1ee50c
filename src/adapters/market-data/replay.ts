import { type Candle, Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { firstRowFrom, type Tape } from '#core/matching/tape.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { type MarketData, type Quotation, SeriesUnavailable } from '#ports/market-data.ts';
import type { SourcedSeries } from './feed.ts';
import { RunningRows } from './running-rows.ts';

/** Recorded candles of one symbol, and the instrument that their numbers tell of. */
export interface Recording {
  readonly instrument: Instrument;
  readonly candles: Candles;
  /** What happened inside the candles: finer ones, or quotes. */
  readonly inside?: Tape | undefined;
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
    const { candles, instrument, inside } = recording;
    if (candles.timeframe !== timeframe) {
      throw new SeriesUnavailable(
        `Cannot replay ${symbol} as the bot wants ${timeframe} candles and the recording holds ${candles.timeframe} ones; ` +
          `give a ${timeframe} recording, or set the bot's "timeframe" to "${candles.timeframe}"`,
      );
    }
    return new ReplaySource(instrument, candles, inside, until === undefined ? 0 : candles.indexClosedAt(until) + 1);
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
  readonly inside: Tape | undefined;
  nextClose: number;
  private rows: RunningRows | undefined;

  /**
   * @param inside What happened inside the candles, if it is known.
   * @param alreadyClosed How many of the recorded candles were closed before the feed starts.
   */
  constructor(instrument: Instrument, recorded: Candles, inside?: Tape, alreadyClosed = 0) {
    this.instrument = instrument;
    this.inside = inside;
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

  look(at: EpochMs): EpochMs | undefined {
    const { inside } = this;
    return inside !== undefined && this.isRunningAt(at) ? rowStart(inside, at) : undefined;
  }

  peek(at: EpochMs): Candle | undefined {
    const { inside, candles } = this;
    if (inside === undefined || !this.isRunningAt(at)) return undefined;
    this.rows ??= new RunningRows(inside);
    return this.rows.candle(candles.openTimeOf(candles.length), rowStart(inside, at));
  }

  quotation(at: EpochMs): Quotation | undefined {
    const { candles, inside } = this;
    const last = candles.length - 1;
    const closedAt = last < 0 ? Number.NEGATIVE_INFINITY : candles.closeTimeAt(last);
    if (at > closedAt && !this.isRunningAt(at)) return undefined;
    const row = inside === undefined ? -1 : firstRowFrom(inside, rowStart(inside, at)) - 1;
    const quote = row < 0 ? undefined : quoteAt(inside!, row);
    const isFromCandle = at === closedAt || quote === undefined || quote.until <= closedAt;
    if (isFromCandle && last < 0) return undefined;
    const price = isFromCandle ? candles.close.values[last]! : quote.price;
    return {
      price,
      ageMs: at - (isFromCandle ? closedAt : Math.min(at, quote.until)),
      bid: quote?.bid,
      ask: quote?.ask,
    };
  }

  /** The rows inside are there whatever was looked at. */
  resume(): void {}

  private isRunningAt(at: EpochMs): boolean {
    const { candles } = this;
    return candles.length < candles.known && candles.openTimeOf(candles.length) <= at;
  }

  private closeTimeOf(i: number): number {
    const { candles } = this;
    return i < candles.known ? candles.closeTimeOf(i) : Number.POSITIVE_INFINITY;
  }
}

/** Where the market was at the end of a row; bid and ask where they are not the same. */
function quoteAt({ bid, ask, openTime, rowMs = 0 }: Tape, row: number) {
  const [bought, sold] = [bid.close.values[row]!, ask.close.values[row]!];
  const until = openTime.values[row]! + rowMs;
  return bid === ask ? { until, price: bought } : { until, price: (bought + sold) / 2, bid: bought, ask: sold };
}

/** When the row begins that holds a moment: a row is known when it is over. */
function rowStart({ rowMs = 1 }: Tape, at: EpochMs): EpochMs {
  return (at - (at % rowMs)) as EpochMs;
}
