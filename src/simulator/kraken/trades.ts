import type { Candle } from '#core/candles.ts';
import { formatDecimal, type Quantity, quantity } from '#core/money.ts';
import type { Side } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { MarketSeries } from '../market-series.ts';
import { LOT_DECIMALS } from './pairs.ts';

/** A public trade. */
export interface KrakenTrade {
  readonly at: EpochMs;
  readonly price: number;
  /** Base units, a plain decimal. */
  readonly quantity: string;
  /** Of whoever came to trade. */
  readonly side: Side;
  /** Rises by one with each trade of the symbol, from 1 on. */
  readonly id: number;
}

/** At the open, the nearer of high and low, the other one, and the close. */
export const TRADES_PER_CANDLE = 4;
/** 1e-8 of a base unit in exact quantities. */
const LOT = 10_000n;

/** The trades that candle `i` was made of: put together they make the same candle, to the last digit. */
export function tradesOf(candle: Candle, durationMs: number, i: number): readonly KrakenTrade[] {
  const { openTime, open, high, low, close, volume } = candle;
  const total = quantity(volume.toFixed(LOT_DECIMALS));
  if (total === 0n) return [];
  const part = (total / BigInt(TRADES_PER_CANDLE) / LOT) * LOT;
  const prices = high - open < open - low ? [open, high, low, close] : [open, low, high, close];
  return prices.map((price, k) => ({
    at: (openTime + Math.floor((k * durationMs) / TRADES_PER_CANDLE)) as EpochMs,
    price,
    quantity: formatDecimal((k === 0 ? total - part * BigInt(TRADES_PER_CANDLE - 1) : part) as Quantity),
    side: price >= (prices[k - 1] ?? open) ? 'buy' : 'sell',
    id: i * TRADES_PER_CANDLE + k + 1,
  }));
}

/** The first `most` trades after a time, oldest first. Trades of a candle are there when it is closed. */
export function tradesAfter(series: MarketSeries, after: number, most: number): readonly KrakenTrade[] {
  const { candles } = series;
  const trades: KrakenTrade[] = [];
  for (let i = Math.max(0, candles.indexAt(after)); i < candles.length && trades.length < most; i++) {
    const made = tradesOf(candles.at(i), candles.durationMs, i);
    trades.push(...made.filter(({ at }) => at > after));
  }
  return trades.slice(0, most);
}

/** The newest `most` trades, oldest first. */
export function latestTrades(series: MarketSeries, most: number): readonly KrakenTrade[] {
  const { candles } = series;
  let trades: readonly KrakenTrade[] = [];
  for (let i = candles.length - 1; i >= 0 && trades.length < most; i--) {
    trades = [...tradesOf(candles.at(i), candles.durationMs, i), ...trades];
  }
  return trades.slice(-most);
}
