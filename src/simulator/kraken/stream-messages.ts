import type { Candle } from '#core/candles.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { type Book, bookAround, bookChecksum, type Level } from './book.ts';
import { meanPrice, tradeCount } from './candles.ts';
import type { DayFigures } from './day-figures.ts';
import { LOT_DECIMALS, type Pair } from './pairs.ts';
import type { KrakenTrade } from './trades.ts';

/** Data rows of the channels of WebSocket v2. Prices and quantities are JSON numbers, times are RFC 3339. */

/** To the microsecond, as Kraken writes most of its times. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

export function tickerRow(pair: Pair, { last, day }: DayFigures, at: EpochMs): object {
  const { bids, asks } = bookAround(pair, last, 1);
  const [bid, ask] = [bids[0], asks[0]];
  const change = last - day.open;
  return {
    symbol: pair.series.symbol,
    bid: Number(bid?.price ?? last),
    bid_qty: Number(bid?.quantity ?? 0),
    ask: Number(ask?.price ?? last),
    ask_qty: Number(ask?.quantity ?? 0),
    last,
    volume: rounded(day.volume, LOT_DECIMALS),
    vwap: rounded(day.mean, pair.decimals),
    low: day.low,
    high: day.high,
    change: rounded(change, pair.decimals),
    change_pct: rounded((100 * change) / day.open, 2),
    timestamp: instant(at),
  };
}

/** There is no word for "closed": a candle is final when a later `interval_begin` comes. */
export function candleRow(pair: Pair, timeframe: Timeframe, candle: Candle): object {
  const { openTime, open, high, low, close, volume } = candle;
  const duration = TIMEFRAME_MS[timeframe];
  return {
    symbol: pair.series.symbol,
    open,
    high,
    low,
    close,
    trades: tradeCount(pair, timeframe, candle),
    volume: rounded(volume, LOT_DECIMALS),
    vwap: rounded(meanPrice(candle), pair.decimals),
    interval_begin: new Date(openTime).toISOString().replace('Z', '000000Z'),
    interval: duration / TIMEFRAME_MS['1m'],
    timestamp: instant(openTime + duration),
  };
}

export function tradeRow({ series }: Pair, { at, price, quantity, side, id }: KrakenTrade): object {
  return {
    symbol: series.symbol,
    side,
    price,
    qty: Number(quantity),
    ord_type: 'market',
    trade_id: id,
    timestamp: instant(at),
  };
}

/** @param shown Levels of the message. @param whole The book as it is after it, which the checksum is of. */
export function bookRow({ series }: Pair, shown: Book, whole: Book, at: EpochMs): object {
  const levels = (side: readonly Level[]) =>
    side.map(({ price, quantity }) => ({ price: Number(price), qty: Number(quantity) }));
  return {
    symbol: series.symbol,
    bids: levels(shown.bids),
    asks: levels(shown.asks),
    checksum: bookChecksum(whole),
    timestamp: instant(at),
  };
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
