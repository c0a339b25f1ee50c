import { candleOpenTime, type EpochMs, type Timeframe } from '#core/time.ts';
import { type Book, bookAround, bookChange } from './book.ts';
import { listedCandles } from './candles.ts';
import { dayFigures } from './day-figures.ts';
import type { Pair } from './pairs.ts';
import { bookRow, candleRow, tickerRow, tradeRow } from './stream-messages.ts';
import { latestTrades, tradesOf } from './trades.ts';

export const CHANNELS = ['ticker', 'ohlc', 'trade', 'book'] as const;
export type Channel = (typeof CHANNELS)[number];

const TRADES_OF_SNAPSHOT = 50;

/** One thing that a client wants to hear of one pair, and the rows that its messages carry. */
export class Subscription {
  readonly channel: Channel;
  readonly pair: Pair;
  private readonly timeframe: Timeframe;
  private readonly depth: number;
  /** The book as the client has it. */
  private book: Book = { bids: [], asks: [] };

  /** @param timeframe Of candles. @param depth Levels of each side of a book. */
  constructor(channel: Channel, pair: Pair, timeframe: Timeframe, depth: number) {
    this.channel = channel;
    this.pair = pair;
    this.timeframe = timeframe;
    this.depth = depth;
  }

  /** Whether both are of the same: a client hears of it once. */
  isLike({ channel, pair, timeframe, depth }: Subscription): boolean {
    if (this.channel !== channel || this.pair !== pair) return false;
    return channel === 'ohlc' ? this.timeframe === timeframe : channel !== 'book' || this.depth === depth;
  }

  /** What is there at the start. */
  snapshot(now: EpochMs): readonly object[] {
    const { pair } = this;
    switch (this.channel) {
      case 'ticker':
        return [tickerRow(pair, dayFigures(pair, now), now)];
      case 'ohlc':
        return this.candlesAfter(0, now);
      case 'trade':
        return latestTrades(pair.series, TRADES_OF_SNAPSHOT).map((trade) => tradeRow(pair, trade));
      case 'book':
        this.book = this.bookNow(now);
        return [bookRow(pair, this.book, this.book, now)];
    }
  }

  /** What candle `i` of the series changed by closing. All but the book is told of only where something traded. */
  traded(i: number, now: EpochMs): readonly object[] {
    const { pair } = this;
    const { candles } = pair.series;
    const closed = candles.at(i);
    if (this.channel === 'book') return this.changedBook(now);
    if (closed.volume === 0) return [];
    switch (this.channel) {
      case 'ticker':
        return [tickerRow(pair, dayFigures(pair, now), now)];
      case 'trade':
        return tradesOf(closed, candles.durationMs, i).map((trade) => tradeRow(pair, trade));
      case 'ohlc':
        return this.candlesAfter(candleOpenTime(closed.openTime, this.timeframe) - 1, now).slice(0, 1);
    }
  }

  /** The candle that begins now, at its open. */
  opened(now: EpochMs): readonly object[] {
    const { pair, timeframe, channel } = this;
    const running = channel === 'ohlc' ? pair.series.running(timeframe, now) : undefined;
    return running?.openTime === now ? [candleRow(pair, timeframe, running)] : [];
  }

  private candlesAfter(since: number, now: EpochMs): readonly object[] {
    const { pair, timeframe } = this;
    const candles = listedCandles(pair.series, timeframe, since, now) ?? [];
    return candles.map((candle) => candleRow(pair, timeframe, candle));
  }

  private changedBook(now: EpochMs): readonly object[] {
    const before = this.book;
    this.book = this.bookNow(now);
    const change = bookChange(before, this.book);
    const isSame = change.bids.length + change.asks.length === 0;
    return isSame ? [] : [bookRow(this.pair, change, this.book, now)];
  }

  private bookNow(now: EpochMs): Book {
    return bookAround(this.pair, this.pair.series.lastPrice(now), this.depth);
  }
}
