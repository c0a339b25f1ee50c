import type { Series } from '#ports/market-data.ts';
import type { BotRow, Store } from '#ports/store.ts';
import { InputError } from '../errors.ts';

/** Candles that are compared: enough to tell one recording from another. */
const COMPARED = 1000;

/**
 * A bot goes on only on the candles it has already seen: a recording that was changed under its name is another market.
 * @throws InputError with the first candle that differs.
 */
export async function checkSameCandles(store: Store, bot: BotRow, { symbol, candles }: Series): Promise<void> {
  if (candles.length === 0) return;
  const { timeframe } = candles;
  const key = { market: bot.market, symbol, timeframe };
  const stored = await store.candles(key, candles.closeTimeAt(candles.length - 1), COMPARED);
  for (const { openTime, open, high, low, close, volume } of stored) {
    const i = candles.indexAt(openTime);
    const now = i < 0 ? undefined : candles.at(i);
    const isSame =
      now?.openTime === openTime &&
      now.open === open &&
      now.high === high &&
      now.low === low &&
      now.close === close &&
      now.volume === volume;
    if (isSame) continue;
    throw new InputError(
      `Cannot go on with "${bot.name}" as ${symbol} must have the candles it had: the one of ` +
        `${new Date(openTime).toISOString()} is another one now; give the old file back, or set DATA_DIR to a new directory`,
    );
  }
}
