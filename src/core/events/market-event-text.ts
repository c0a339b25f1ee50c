import { unreachable } from '../brand.ts';
import { ATR_PERIOD, RECENT_CANDLES, USUAL_CANDLES } from './market-activity.ts';
import type { MarketEvent } from './market-events.ts';

/** What happened and how much, for models and people: "flash move, -3.40 % in 1 candle, 5.2 ATR(14)". */
export function marketEventText(event: MarketEvent): string {
  switch (event.kind) {
    case 'flash-move': {
      const sign = event.change > 0 ? '+' : '';
      const percent = (100 * event.change).toFixed(2);
      return `flash move, ${sign}${percent} % in 1 candle, ${event.atrs.toFixed(1)} ATR(${ATR_PERIOD})`;
    }
    case 'volume-spike':
      return `volume spike, ${event.times.toFixed(1)} times the median of the ${USUAL_CANDLES} candles before`;
    case 'volume-dry-up':
      return `volume dry-up, ${RECENT_CANDLES} candles at ${event.times.toFixed(2)} of the median of the ${USUAL_CANDLES} before`;
    case 'volatility-spike':
      return `volatility spike, ${RECENT_CANDLES} candles at ${event.times.toFixed(1)} times that of the ${USUAL_CANDLES} before`;
    default:
      return unreachable(event);
  }
}
