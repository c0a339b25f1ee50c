import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { MarketSeries } from './market-series.ts';
import type { PriceStream } from './price-streams.ts';

/** Who hears of the market's time, in the order in which they came. */
export interface MarketListener {
  /**
   * The candle `i` of a series is whole and about to close: row `i` of its columns holds it, `candles.length` is still `i`.
   * Here a twin matches: `exchange.match(i)`. The market time is still the one before.
   */
  onClosing?(series: MarketSeries, i: number): void;
  /** It is closed, and the market time is its close time. */
  onClosed?(series: MarketSeries, i: number): void;
  /** All that happened at this moment of market time is told. */
  onMoment?(now: EpochMs): void;
}

/** All symbols on one line of market time. It stands still but for `advance`. */
export class MarketLine {
  readonly series: readonly MarketSeries[];
  private time: EpochMs;
  private readonly listeners = new Set<MarketListener>();

  /**
   * @param history How many candles of each are closed at the start; market time begins at the latest of their closes.
   * @throws RangeError without any prices.
   */
  constructor(streams: readonly PriceStream[], history: number) {
    if (streams.length === 0) throw new RangeError('Cannot simulate a market without prices: give at least one symbol');
    const series = streams.map((stream) => new MarketSeries(stream, history));
    this.series = series;
    this.time = Math.max(...series.map(startOf)) as EpochMs;
    // Series that begin earlier catch up, so that none opens in the past.
    while (this.nextMoment <= this.time) this.step();
  }

  /** Market time: the last close or opening that has happened. */
  get now(): EpochMs {
    return this.time;
  }

  get isEnded(): boolean {
    return this.nextMoment === Number.POSITIVE_INFINITY;
  }

  /** When market time moves next: a candle closes, or a market that was closed opens. Infinity at the end. */
  get nextMoment(): number {
    return Math.min(...this.series.map((one) => (one.openTime > this.time ? one.openTime : one.closeTime)));
  }

  find(symbol: MarketSymbol): MarketSeries | undefined {
    return this.series.find((one) => one.symbol === symbol);
  }

  listen(listener: MarketListener): void {
    this.listeners.add(listener);
  }

  /** Moves on until candles have closed `boundaries` times. @returns How often they have: fewer at the end. */
  advance(boundaries = 1): number {
    let closed = 0;
    while (closed < boundaries && !this.isEnded) if (this.step()) closed += 1;
    return closed;
  }

  /** To the next moment. @returns whether a candle closed. */
  step(): boolean {
    const at = this.nextMoment as EpochMs;
    const closing = this.series.filter((one) => one.closeTime === at);
    for (const one of closing) {
      one.reveal();
      for (const listener of this.listeners) listener.onClosing?.(one, one.candles.length);
    }
    for (const one of closing) one.close();
    this.time = Math.max(this.time, at) as EpochMs;
    for (const one of closing) {
      for (const listener of this.listeners) listener.onClosed?.(one, one.candles.length - 1);
    }
    for (const listener of this.listeners) listener.onMoment?.(this.time);
    return closing.length > 0;
  }
}

/** Market time at the start of a series: the close of its history, or the open of its first candle. */
function startOf({ candles, openTime }: MarketSeries): number {
  return candles.length > 0 ? candles.closeTimeAt(candles.length - 1) : openTime;
}
