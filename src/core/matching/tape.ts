import type { Candles } from '../candles.ts';
import { Column } from '../indicators/column.ts';
import type { EpochMs } from '../time.ts';

/** What one side of the market meets: prices in quote per base, volume in base units. */
export interface SideColumns {
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
}

/**
 * What an exchange is driven with: rows of prices, oldest first. Buyers meet the ask and sellers the bid; where there is
 * one price for both, they are the same columns. A row is a candle, a trade (whose four prices are one), or a quote.
 */
export interface Tape {
  readonly bid: SideColumns;
  readonly ask: SideColumns;
  /** UTC ms, rising; trades of the same moment share it. */
  readonly openTime: Column;
  /** How many rows are known. */
  readonly length: number;
  /** How long a row lasts, ms; undefined where rows are of any length, or of none. */
  readonly rowMs?: number | undefined;
}

/** Candles, as a tape with one price for buyers and sellers. */
export function candleTape(candles: Candles): Tape {
  return {
    bid: candles,
    ask: candles,
    openTime: candles.openTime,
    rowMs: candles.durationMs,
    get length() {
      return candles.known;
    },
  };
}

/** The first row that begins at or after `time`; the number of rows when there is none. */
export function firstRowFrom({ openTime, length }: Tape, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime.values[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One trade of the public tape. */
export interface MarketTrade {
  readonly at: EpochMs;
  readonly price: number;
  readonly quantity: number;
}

/** Public trades, one row each. */
export class TradeTape implements Tape {
  readonly bid: SideColumns;
  readonly ask: SideColumns;
  readonly openTime = new Column();
  length = 0;
  private readonly price = new Column();
  private readonly volume = new Column();

  constructor() {
    const { price, volume } = this;
    this.bid = { open: price, high: price, low: price, close: price, volume };
    this.ask = this.bid;
  }

  /** @throws RangeError when it lies before the last one. */
  append({ at, price, quantity }: MarketTrade): void {
    mustNotGoBack(this, at);
    const i = this.length;
    this.openTime.reserve(i + 1)[i] = at;
    this.price.reserve(i + 1)[i] = price;
    this.volume.reserve(i + 1)[i] = quantity;
    this.length = i + 1;
  }
}

/** Open, high, low and close of one side, and how much was offered there. */
export interface QuotedSide {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly size: number;
}

/** What was bid and asked during one row; a single quote has four equal prices. */
export interface Quote {
  readonly openTime: EpochMs;
  readonly bid: QuotedSide;
  readonly ask: QuotedSide;
}

/** Quotes: who buys pays the ask, who sells gets the bid, and nobody trades in between. */
export class QuoteTape implements Tape {
  readonly bid = emptySide();
  readonly ask = emptySide();
  readonly openTime = new Column();
  length = 0;
  rowMs: number | undefined;

  /** @throws RangeError when it lies before the last one. */
  append({ openTime, bid, ask }: Quote): void {
    mustNotGoBack(this, openTime);
    const i = this.length;
    this.openTime.reserve(i + 1)[i] = openTime;
    appendSide(this.bid, bid, i);
    appendSide(this.ask, ask, i);
    this.length = i + 1;
  }
}

function emptySide(): SideColumns {
  return { open: new Column(), high: new Column(), low: new Column(), close: new Column(), volume: new Column() };
}

function appendSide(side: SideColumns, quoted: QuotedSide, i: number): void {
  side.open.reserve(i + 1)[i] = quoted.open;
  side.high.reserve(i + 1)[i] = quoted.high;
  side.low.reserve(i + 1)[i] = quoted.low;
  side.close.reserve(i + 1)[i] = quoted.close;
  side.volume.reserve(i + 1)[i] = quoted.size;
}

function mustNotGoBack({ openTime, length }: Tape, time: number): void {
  if (length === 0 || time >= openTime.values[length - 1]!) return;
  throw new RangeError(
    `A row of a tape must not begin before the last one: ${time} is before ${openTime.values[length - 1]}`,
  );
}
