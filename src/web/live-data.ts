import type { z } from 'zod';
import type { CandleRow, Ohlcv, Trade } from '#contract/api.ts';
import type { ServerEvent } from '#contract/sockets.ts';

/** How one socket message changes what is already loaded. Pure: the query cache is in socket.ts. */

export const MOST_TRADES = 200;
/** When there are more candles than MOST, only the newest KEPT stay: the chart is then drawn anew once in a while. */
const MOST_CANDLES = 900;
const KEPT_CANDLES = 600;

/** Replaces the item with the same id where it stands, or puts a new one first. */
export function putById<Item extends { readonly id: string }>(items: readonly Item[], item: Item): Item[] {
  const known = items.some((other) => other.id === item.id);
  return known ? items.map((other) => (other.id === item.id ? item : other)) : [item, ...items];
}

export function putTrade(trades: readonly Trade[], trade: Trade): Trade[] {
  return putById(trades, trade).slice(0, MOST_TRADES);
}

function appendClosed(candles: readonly CandleRow[], candle: CandleRow): CandleRow[] {
  const last = candles.at(-1);
  if (last && last[0] === candle[0]) return [...candles.slice(0, -1), candle];
  if (last && last[0] > candle[0]) return [...candles];
  const longer = [...candles, candle];
  return longer.length > MOST_CANDLES ? longer.slice(-KEPT_CANDLES) : longer;
}

export function putCandle(ohlcv: z.infer<typeof Ohlcv>, update: ServerEvent<'candle:updated'>): z.infer<typeof Ohlcv> {
  if (ohlcv.symbol !== update.symbol || ohlcv.timeframe !== update.timeframe) return ohlcv;
  const { candle } = update;
  if (!update.closed) {
    const late = ohlcv.candles.some((closed) => closed[0] >= candle[0]);
    return late ? ohlcv : { ...ohlcv, forming: candle };
  }
  const forming = ohlcv.forming && ohlcv.forming[0] > candle[0] ? ohlcv.forming : null;
  return { ...ohlcv, candles: appendClosed(ohlcv.candles, candle), forming };
}
