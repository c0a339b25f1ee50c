import type { Candle } from '#core/candles.ts';
import { hash53 } from '#core/orders.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';

const MINUTE = TIMEFRAME_MS['1m'];
const MOST_TRADES = 4;

export interface InventedTrade {
  readonly at: EpochMs;
  readonly price: number;
  readonly amount: number;
}

/** Trades of one minute, the same whenever they are asked for: 0 to 3 of them, on a tick of 0.1 and a lot of 1e-8. */
function tradesOfMinute(pair: string, minute: number): InventedTrade[] {
  const count = hash53(`${pair} ${minute}`) % MOST_TRADES;
  return Array.from({ length: count }, (_, k) => {
    const chance = hash53(`${pair} ${minute} ${k}`);
    const wave = 60_000 + 2_000 * Math.sin(minute / 977) + 200 * Math.sin(minute / 13);
    const at = minute * MINUTE + Math.floor(((k + 0.5) / count) * MINUTE);
    return {
      at: at as EpochMs,
      price: Math.round((wave + (chance % 1000) / 10) * 10) / 10,
      amount: (1 + (chance % 100_000_000)) / 1e8,
    };
  });
}

/** Trades in [from, to), oldest first, at most `most`. */
export function tradesFrom(pair: string, from: number, to: number, most: number): InventedTrade[] {
  const trades: InventedTrade[] = [];
  for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to && trades.length < most; minute++) {
    trades.push(...tradesOfMinute(pair, minute).filter(({ at }) => at >= from && at < to));
  }
  return trades.slice(0, most);
}

/** Candles that open in [from, to), made of what was traded by `now`: the last one may be open. */
export function candlesFrom(pair: string, timeframe: Timeframe, from: number, to: number, now: number): Candle[] {
  const made = new TradeCandles(timeframe);
  const candles: Candle[] = [];
  // Some minutes earlier, so that a candle without a trade has a price before it.
  const trades = tradesFrom(pair, from - 30 * MINUTE, Math.min(to, now), Number.POSITIVE_INFINITY);
  for (const { at, price, amount } of trades) candles.push(...made.take(at, price, amount));
  candles.push(...made.end(Math.min(to, now + 1) as EpochMs));
  return candles.filter(({ openTime }) => openTime >= from);
}
