import { expect, test } from 'vitest';
import type { EpochMs } from '../time.ts';
import { marketEventText } from './market-event-text.ts';
import type { MarketEvent } from './market-events.ts';

const at = 0 as EpochMs;

test.each<{ event: MarketEvent; text: string }>([
  {
    event: { kind: 'flash-move', at, change: -0.034, atrs: 5.23 },
    text: 'flash move, -3.40 % in 1 candle, 5.2 ATR(14)',
  },
  { event: { kind: 'flash-move', at, change: 0.5, atrs: 12 }, text: 'flash move, +50.00 % in 1 candle, 12.0 ATR(14)' },
  {
    event: { kind: 'volume-spike', at, times: 6.14 },
    text: 'volume spike, 6.1 times the median of the 96 candles before',
  },
  {
    event: { kind: 'volume-dry-up', at, times: 0.3149 },
    text: 'volume dry-up, 12 candles at 0.31 of the median of the 96 before',
  },
  {
    event: { kind: 'volatility-spike', at, times: 2.5 },
    text: 'volatility spike, 12 candles at 2.5 times that of the 96 before',
  },
])('$text', ({ event, text }) => {
  expect(marketEventText(event)).toBe(text);
});
