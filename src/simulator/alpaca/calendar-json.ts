import { isOpen, type Session } from '#core/sessions/calendar.ts';
import { dayOfText } from '#core/sessions/calendar-days.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs } from '#core/time.ts';
import { Refusal } from './refusal.ts';
import { newYorkDate, newYorkDay, newYorkMinute, newYorkNanosText, newYorkText } from './stamps.ts';

const DATE = /^\d{4}-\d\d-\d\d/;
/** What is answered when nobody says how far. */
const DAYS = 365;

/** Answers `GET /v2/clock`, in New York's time. */
export function clockJson(now: EpochMs): Readonly<Record<string, unknown>> {
  const session = US_STOCKS.sessionAt(now);
  const isInSession = isOpen(US_STOCKS, now);
  const nextOpen = isInSession ? US_STOCKS.sessionFrom(session.day + 1).open : session.open;
  return {
    timestamp: newYorkNanosText(now),
    is_open: isInSession,
    next_open: newYorkText(nextOpen),
    next_close: newYorkText(session.close),
  };
}

/** Answers `GET /v2/calendar`: the sessions of the days asked for, both included. */
export function calendarJson(query: URLSearchParams, now: EpochMs): readonly unknown[] | Refusal {
  const start = dayIn(query, 'start') ?? newYorkDay(now);
  const end = dayIn(query, 'end') ?? (start instanceof Refusal ? 0 : start + DAYS);
  if (start instanceof Refusal) return start;
  if (end instanceof Refusal) return end;
  const rows: unknown[] = [];
  for (let session = US_STOCKS.sessionFrom(start); session.day <= end; session = after(session)) {
    rows.push(rowOf(session));
  }
  return rows;
}

function rowOf(session: Session): unknown {
  const { open, close, preMarketOpen, postMarketClose } = session;
  return {
    date: newYorkDate(open),
    open: time(open),
    close: time(close),
    session_open: time(preMarketOpen).replace(':', ''),
    session_close: time(postMarketClose).replace(':', ''),
    // Shares settle on the next day of trading.
    settlement_date: newYorkDate(after(session).open),
  };
}

function after({ day }: Session): Session {
  return US_STOCKS.sessionFrom(day + 1);
}

function dayIn(query: URLSearchParams, name: string): number | Refusal | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  return DATE.test(text) ? dayOfText(text.slice(0, 10)) : new Refusal('invalid', `invalid ${name} date`);
}

function time(at: EpochMs): string {
  const minute = newYorkMinute(at);
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
