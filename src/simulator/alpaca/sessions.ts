import { type Phase, phaseAt, type Session, sessionBefore } from '#core/sessions/calendar.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs } from '#core/time.ts';
import { ALPACA_AUCTION_CUTOFFS, ALPACA_GTC_DAYS, type AlpacaTimeInForce } from '#protocols/alpaca.ts';
import type { Asset } from './assets.ts';
import type { NewOrder } from './order.ts';
import { newYorkDate, newYorkMinute, newYorkTime } from './stamps.ts';

const MINUTE_MS = 60_000;

/** What the market of an asset is in; crypto is always open. */
export function phaseOf({ settings }: Asset, at: number): Phase {
  return settings.class === 'crypto' ? 'regular' : phaseAt(US_STOCKS, at as EpochMs);
}

/** What says in which hours an order trades. */
export type Hours = Pick<NewOrder, 'asset' | 'timeInForce' | 'extendedHours'>;

/** Whether an order may trade in a candle that opens then. What is for the closing auction never does. */
export function mayTradeIn({ asset, timeInForce, extendedHours }: Hours, openTime: number): boolean {
  if (timeInForce === 'cls') return false;
  const phase = phaseOf(asset, openTime);
  return phase === 'regular' || (extendedHours && phase !== 'closed');
}

/** The session that an order of now is for: the one that trades, or the next. */
export function sessionFor(at: EpochMs): Session {
  return US_STOCKS.sessionAt(at);
}

/** When an order is over at the latest. */
export function expiryOf({ asset, timeInForce, extendedHours }: Hours, now: EpochMs): EpochMs {
  if (timeInForce === 'gtc' || asset.settings.class === 'crypto') return gtcEnd(now);
  const session = sessionFor(now);
  if (!extendedHours) return session.close;
  const before = sessionBefore(US_STOCKS, session);
  return now < before.postMarketClose ? before.postMarketClose : session.postMarketClose;
}

/** Why an order for an auction comes too late, or undefined. */
export function auctionRefusal(timeInForce: AlpacaTimeInForce, now: EpochMs): string | undefined {
  const minute = newYorkMinute(now);
  const { opg, clsBeforeClose, reopens } = ALPACA_AUCTION_CUTOFFS;
  const session = sessionFor(now);
  const today = newYorkDate(now);
  const isToday = newYorkDate(session.open) === today;
  const isAfterClose = newYorkDate(sessionBefore(US_STOCKS, session).open) === today;
  if (minute >= reopens || (!isToday && !isAfterClose)) return undefined;
  if (timeInForce === 'opg')
    return isAfterClose || minute >= opg ? 'opg orders must be submitted after 7:00pm and before 9:28am' : undefined;
  const cutoff = session.close - clsBeforeClose * MINUTE_MS;
  return isAfterClose || now >= cutoff ? 'cls orders must be submitted after 7:00pm and before 3:50pm' : undefined;
}

/** Days count by New York's date. */
function gtcEnd(now: EpochMs): EpochMs {
  const day = Temporal.PlainDate.from(newYorkDate(now)).add({ days: ALPACA_GTC_DAYS });
  return newYorkTime(day.toString(), '16:15');
}
