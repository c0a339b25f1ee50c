import type { Candle } from './candles.ts';
import { decimalOf, formatDecimal, type Quantity, quantity } from './money.ts';
import { candleOpenTime, type EpochMs, TIMEFRAME_MS, type Timeframe } from './time.ts';

/**
 * Candles made from single trades. One in which nothing traded is flat at the last price with volume 0, as exchanges that
 * list every candle have it; before the first trade there is none.
 */
export class TradeCandles {
  private readonly timeframe: Timeframe;
  private openTime = Number.NaN;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0n as Quantity;

  constructor(timeframe: Timeframe) {
    this.timeframe = timeframe;
  }

  /**
   * Takes a trade.
   * @param price Quote per base. @param amount Base units, up to 12 decimals.
   * @returns The candles that ended before it, oldest first.
   * @throws RangeError when it lies in a candle that has ended.
   */
  take(at: EpochMs, price: number, amount: number): Candle[] {
    const openTime = candleOpenTime(at, this.timeframe);
    if (openTime < this.openTime) {
      throw new RangeError(`Trades must ascend in time: one at ${at} follows the candle of ${this.openTime}`);
    }
    const ended = openTime > this.openTime ? this.end(openTime) : [];
    if (openTime !== this.openTime) {
      this.openTime = openTime;
      this.open = this.high = this.low = price;
      this.volume = 0n as Quantity;
    }
    this.high = Math.max(this.high, price);
    this.low = Math.min(this.low, price);
    this.close = price;
    this.volume = (this.volume + quantity(decimalOf(amount))) as Quantity;
    return ended;
  }

  /** The candles from the running one until `until`, the open time of a later candle: no trade of them is to come. */
  end(until: EpochMs): Candle[] {
    const candles: Candle[] = [];
    const { open, high, low, close } = this;
    for (let at = this.openTime; at < until; at += TIMEFRAME_MS[this.timeframe]) {
      const isTraded = candles.length === 0;
      const prices = isTraded ? { open, high, low, close } : { open: close, high: close, low: close, close };
      const volume = isTraded ? Number(formatDecimal(this.volume)) : 0;
      candles.push({ openTime: at as EpochMs, ...prices, volume });
    }
    return candles;
  }
}
