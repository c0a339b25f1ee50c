import { Candles } from '#core/candles.ts';
import type { Session } from '#core/sessions/calendar.ts';
import { dayOfText } from '#core/sessions/calendar-days.ts';
import { openTimeIn } from '#core/sessions/session-candles.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { Ohlc } from './candles.ts';

/** The sessions of US stocks from one date to another, both included. */
export function sessionsOf(from: string, to: string): readonly Session[] {
  const sessions: Session[] = [];
  for (let day = dayOfText(from); ; ) {
    const session = US_STOCKS.sessionFrom(day);
    if (session.day > dayOfText(to)) return sessions;
    sessions.push(session);
    day = session.day + 1;
  }
}

/** Every candle of those sessions. @param rowOf What candle `k` looks like. */
export function stockCandles(from: string, to: string, timeframe: Timeframe, rowOf: (k: number) => Ohlc): Candles {
  const candles = new Candles(timeframe, undefined, 0, US_STOCKS);
  for (const session of sessionsOf(from, to)) {
    let openTime: EpochMs = openTimeIn(US_STOCKS, session.open, timeframe);
    while (openTime < session.close) {
      const [open, high, low, close, volume = 1] = rowOf(candles.length);
      candles.append({ openTime, open, high, low, close, volume });
      openTime = candles.closeTimeAt(candles.length - 1);
    }
  }
  return candles;
}
