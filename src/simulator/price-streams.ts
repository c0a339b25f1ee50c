import type { Candle, Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { SeededMarket, type SeededMarketOptions } from '#core/market.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import type { SessionCalendar } from '#core/sessions/calendar.ts';
import type { Timeframe } from '#core/time.ts';

/** Where one symbol's candles come from: oldest first, each asked for once. */
export interface PriceStream {
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  readonly calendar: SessionCalendar;
  /** The next candle, whole; undefined once there are no more. */
  next(): Candle | undefined;
}

/** Recorded candles, played from the first one on. */
export function recordedPrices(symbol: MarketSymbol, candles: Candles): PriceStream {
  let i = 0;
  return {
    symbol,
    timeframe: candles.timeframe,
    calendar: candles.calendar,
    next: () => (i < candles.length ? candles.at(i++) : undefined),
  };
}

/** An invented market that never ends. */
export function seededPrices(symbol: MarketSymbol, options: SeededMarketOptions): PriceStream {
  const market = new SeededMarket(options);
  return { symbol, timeframe: options.timeframe, calendar: ALWAYS, next: () => market.next() };
}
