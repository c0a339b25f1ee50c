import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { ALWAYS } from '#core/sessions/always.ts';
import type { SessionCalendar } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { closeTimeIn } from '#core/sessions/session-candles.ts';
import { candleOpenTime, type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import { TradeCandles } from '#core/trade-candles.ts';
import type { CandleRange } from '#ports/market-data.ts';
import { closedCount, settledMs } from './closed.ts';
import type { Exchange, TradeHistory } from './exchange.ts';

/** Candles left out of an exchange's reach: the oldest one may fall out of it while it is asked. */
const REACH_MARGIN = 2;
/** How much earlier trades are read, so that a first candle without one has a price. */
const EARLIER_MS = 3_600_000;
/** An exchange that has nothing for a while is asked for what comes so many candles later. */
const EMPTY_CANDLES = 500;

/** As much of an exchange as it takes to read candles. */
type Told = Pick<Exchange, 'candles' | 'trades' | 'instrument' | 'toldTime'>;

/** When a symbol is traded; always where nobody knows. */
export function calendarOf(exchange: Pick<Exchange, 'instrument'>, symbol: MarketSymbol): SessionCalendar {
  const known = exchange.instrument(symbol);
  return known === undefined ? ALWAYS : CALENDARS[known.calendar];
}

/**
 * What an exchange has of a range, page by page, oldest first; the last candle may be open. Where its candles do not reach
 * back, they are made of its trades.
 * @param now The exchange's time.
 */
export async function* candlePages(
  exchange: Told,
  wanted: CandleRange,
  now: () => EpochMs,
): AsyncGenerator<readonly Candle[]> {
  const { symbol, timeframe, to } = wanted;
  const duration = TIMEFRAME_MS[timeframe];
  const calendar = calendarOf(exchange, symbol);
  const { trades } = exchange;
  let { from } = wanted;
  if (trades) {
    const running = candleOpenTime(now(), timeframe);
    const reach = (running - (trades.candlesReach - 1 - REACH_MARGIN) * duration) as EpochMs;
    const until = Math.min(reach, to) as EpochMs;
    if (from < until) yield* tradedPages(trades, { ...wanted, to: until });
    from = Math.max(from, until) as EpochMs;
  }
  while (from < to && from <= now()) {
    const page = await exchange.candles(symbol, timeframe, from);
    const inside = page.filter(({ openTime }) => openTime < to);
    if (inside.length > 0) yield inside;
    const last = page.at(-1);
    // A candle that begins now has nothing to tell; to ask for it would let one more pass where time goes on by asking.
    if (last && closeTimeIn(calendar, last.openTime, timeframe) >= now()) return;
    from = last ? closeTimeIn(calendar, last.openTime, timeframe) : ((from + EMPTY_CANDLES * duration) as EpochMs);
  }
}

/** The same without what is not closed yet. */
export async function* closedPages(
  exchange: Told,
  range: CandleRange,
  now: () => EpochMs,
): AsyncGenerator<readonly Candle[]> {
  const times = { timeframe: range.timeframe, calendar: calendarOf(exchange, range.symbol) };
  for await (const page of candlePages(exchange, range, now)) {
    yield page.slice(0, closedCount(page, times, now(), settledMs(exchange)));
  }
}

/** Closed candles, made of trades: a page for each page of trades. */
async function* tradedPages(
  trades: TradeHistory,
  { symbol, timeframe, from, to }: CandleRange,
): AsyncGenerator<readonly Candle[]> {
  const made = new TradeCandles(timeframe);
  const inside = ({ openTime }: Candle) => openTime >= from && openTime < to;
  let after = trades.before((from - EARLIER_MS) as EpochMs);
  for (;;) {
    const page = await trades.page(symbol, after);
    const ended = page.trades.flatMap(({ at, price, amount }) => made.take(at, price, amount));
    const isOver = page.next === after || page.trades.some(({ at }) => at >= to);
    yield [...ended, ...(page.next === after ? made.end(to) : [])].filter(inside);
    if (isOver) return;
    after = page.next;
  }
}
