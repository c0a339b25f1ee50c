import type { Candle } from '#core/candles.ts';
import { candleOpenTime, type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { KRAKEN_CANDLES } from '#protocols/kraken.ts';
import type { MarketSeries } from '../market-series.ts';
import { LOT_DECIMALS, type Pair, priceText } from './pairs.ts';
import { TRADES_PER_CANDLE } from './trades.ts';

/**
 * Candles as Kraken lists them: oldest first, those that open after `since`, one for each step of time, flat where nothing
 * traded, and the running one last, whatever `since` is. At most the newest 720 can be had.
 * @returns undefined for a timeframe that cannot be made of the series' own.
 */
export function listedCandles(
  series: MarketSeries,
  timeframe: Timeframe,
  since: number,
  now: EpochMs,
): readonly Candle[] | undefined {
  const closed = series.closed(timeframe);
  if (closed === undefined) return undefined;
  const duration = TIMEFRAME_MS[timeframe];
  const running = candleOpenTime(now, timeframe);
  const oldest = running - (KRAKEN_CANDLES - 1) * duration;
  const after = candleOpenTime(since as EpochMs, timeframe) + duration;
  const candles: Candle[] = [];
  for (let openTime = Math.min(Math.max(oldest, after), running); openTime <= running; openTime += duration) {
    const i = closed.indexAt(openTime);
    if (i >= 0 && closed.openTimeAt(i) === openTime) {
      candles.push(closed.at(i));
      continue;
    }
    const standing = openTime === running ? series.running(timeframe, now) : undefined;
    if (standing !== undefined) candles.push(standing);
    else if (i >= 0) candles.push(flatCandle(openTime as EpochMs, closed.close.values[i]!));
  }
  return candles;
}

function flatCandle(openTime: EpochMs, price: number): Candle {
  return { openTime, open: price, high: price, low: price, close: price, volume: 0 };
}

/** A candle as a row of the REST answer: time in seconds, prices and volume as text, trades counted. */
export function candleRow(pair: Pair, timeframe: Timeframe, candle: Candle): readonly (number | string)[] {
  const { openTime, open, high, low, close, volume } = candle;
  const prices = [open, high, low, close].map((price) => priceText(pair, price));
  const mean = volume === 0 ? '0.0' : meanPrice(candle).toFixed(pair.decimals);
  return [openTime / 1000, ...prices, mean, volume.toFixed(LOT_DECIMALS), tradeCount(pair, timeframe, candle)];
}

/** What is told as the volume-weighted mean: that of a candle's own trades, which are alike in volume. */
export function meanPrice({ open, high, low, close }: Candle): number {
  return (open + high + low + close) / 4;
}

/** How many trades a candle was made of. */
export function tradeCount({ series }: Pair, timeframe: Timeframe, { volume }: Candle): number {
  if (volume === 0) return 0;
  return Math.max(1, TIMEFRAME_MS[timeframe] / TIMEFRAME_MS[series.timeframe]) * TRADES_PER_CANDLE;
}
