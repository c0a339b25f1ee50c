import { type Candle, Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { Resampled } from '#core/resample.ts';
import { openTimeIn } from '#core/sessions/session-candles.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { PriceStream } from './price-streams.ts';

/**
 * One symbol on the market's time line. Candles below `candles.length` are closed. The next row is the running candle: its
 * prices stand at its open until it closes, so a core `Exchange` over `candles` may `match` that row again and again for
 * what arrives meanwhile, and once more when the whole candle is known. Its volume is there from the start, for orders
 * that take a share of it.
 */
export class MarketSeries {
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  readonly candles: Candles;
  private readonly stream: PriceStream;
  /** The whole running candle, or the one that opens next; undefined at the end. */
  private coming: Candle | undefined;
  private readonly higher = new Map<Timeframe, { readonly resampled: Resampled; taken: number }>();

  /** @param history How many candles are closed at the start. */
  constructor(stream: PriceStream, history: number) {
    this.stream = stream;
    this.symbol = stream.symbol;
    this.timeframe = stream.timeframe;
    this.candles = new Candles(stream.timeframe, undefined, 0, stream.calendar);
    this.coming = stream.next();
    for (let k = 0; k < history && this.coming !== undefined; k++) {
      this.candles.append(this.coming);
      this.coming = stream.next();
    }
    this.openNext();
  }

  /** When the running candle opened, or the next one opens; Infinity at the end. */
  get openTime(): number {
    return this.coming?.openTime ?? Number.POSITIVE_INFINITY;
  }

  /** When it closes; Infinity at the end. */
  get closeTime(): number {
    return this.coming === undefined ? Number.POSITIVE_INFINITY : this.candles.closeTimeOf(this.candles.length);
  }

  /** Quote per base: where the running candle stands, or where the last one closed. @param now Market time. */
  lastPrice(now: number): number {
    const { candles, coming } = this;
    if (coming !== undefined && (coming.openTime <= now || candles.length === 0)) return coming.open;
    return candles.close.values[candles.length - 1] ?? Number.NaN;
  }

  /** The running candle as it stands, of the series' own timeframe or a higher one; undefined while none runs. */
  running(timeframe: Timeframe, now: number): Candle | undefined {
    const { coming, candles } = this;
    const isRunning = coming !== undefined && coming.openTime <= now;
    const standing = isRunning ? { ...coming, ...standingAt(coming.open), volume: 0 } : undefined;
    if (timeframe === this.timeframe) return standing;
    const openTime = openTimeIn(candles.calendar, now as EpochMs, timeframe);
    let whole = standing;
    for (let i = candles.length - 1; i >= 0 && candles.openTimeAt(i) >= openTime; i--) {
      whole = joined(candles.at(i), whole);
    }
    return whole && { ...whole, openTime };
  }

  /** Closed candles of the series' own timeframe or a higher one; undefined for one that it does not divide. */
  closed(timeframe: Timeframe): Candles | undefined {
    if (timeframe === this.timeframe) return this.candles;
    const known = this.higher.get(timeframe) ?? this.beginHigher(timeframe);
    if (known === undefined) return undefined;
    for (; known.taken < this.candles.length; known.taken++) known.resampled.take(known.taken);
    return known.resampled.candles;
  }

  /** The time line alone calls the rest. Shows the whole running candle, which is about to close. */
  reveal(): void {
    this.write(this.coming!);
  }

  /** Closes the running candle; the next one stands at its open from when it opens. */
  close(): void {
    this.candles.closeNext();
    this.coming = this.stream.next();
    this.openNext();
  }

  private openNext(): void {
    if (this.coming !== undefined) this.write({ ...this.coming, ...standingAt(this.coming.open) });
  }

  /** Writes the row after the closed ones. */
  private write(candle: Candle): void {
    const { candles } = this;
    const { length } = candles;
    if (candles.known === length) {
      // Appending checks the grid and notes gaps; the row is not closed by it.
      candles.append(candle);
      candles.length = length;
      return;
    }
    candles.high.values[length] = candle.high;
    candles.low.values[length] = candle.low;
    candles.close.values[length] = candle.close;
    candles.volume.values[length] = candle.volume;
  }

  private beginHigher(timeframe: Timeframe) {
    const begun = { resampled: new Resampled(this.candles, timeframe), taken: 0 };
    if (begun.resampled.candles.durationMs % this.candles.durationMs !== 0) return undefined;
    this.higher.set(timeframe, begun);
    return begun;
  }
}

function standingAt(open: number): Pick<Candle, 'high' | 'low' | 'close'> {
  return { high: open, low: open, close: open };
}

/** Two candles in a row as one, under the open time of the first. */
function joined(first: Candle, next: Candle | undefined): Candle {
  if (next === undefined) return first;
  return {
    openTime: first.openTime,
    open: first.open,
    high: Math.max(first.high, next.high),
    low: Math.min(first.low, next.low),
    close: next.close,
    volume: first.volume + next.volume,
  };
}
