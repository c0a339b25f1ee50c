import type { Exchange } from '#adapters/market-data/exchange.ts';
import { calendarOf, closedPages } from '#adapters/market-data/history.ts';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { SessionCalendar } from '#core/sessions/calendar.ts';
import { closeTimeIn, openTimeIn } from '#core/sessions/session-candles.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type { CandleRow, Store } from '#ports/store.ts';

const PAGE = 5000;

/** Stored candles of one symbol: `market` is the exchange's name. */
export interface ArchiveKey {
  readonly market: string;
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
}

/** Candles that open in [from, to). */
export interface OpenTimes {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** What a fill did, in candles. */
export interface Filled {
  readonly added: number;
  /** What the exchange does not have either. */
  readonly missing: readonly OpenTimes[];
}

/** Stored candles of a range, oldest first, page by page. */
export async function* storedCandles(
  store: Store,
  key: ArchiveKey,
  { from, to }: OpenTimes,
): AsyncGenerator<readonly CandleRow[]> {
  for (let next = from; ; ) {
    const rows = await store.candlesFrom(key, next, to, PAGE);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    next = (rows.at(-1)!.openTime + 1) as EpochMs;
  }
}

/** @param range On the timeframe's grid. @returns Where candles are not stored, oldest first. */
export async function missingCandles(
  store: Store,
  key: ArchiveKey,
  range: OpenTimes,
  calendar: SessionCalendar,
): Promise<OpenTimes[]> {
  const { timeframe } = key;
  const missing: OpenTimes[] = [];
  let next = openTimeIn(calendar, range.from, timeframe);
  for await (const rows of storedCandles(store, key, range)) {
    for (const { openTime } of rows) {
      if (openTime > next) missing.push({ from: next, to: openTime });
      next = openTimeIn(calendar, closeTimeIn(calendar, openTime, timeframe), timeframe);
    }
  }
  if (next < range.to) missing.push({ from: next, to: range.to });
  return missing;
}

/** Stored candles of a range as columns. */
export async function readCandles(
  store: Store,
  key: ArchiveKey,
  range: OpenTimes,
  calendar: SessionCalendar,
): Promise<Candles> {
  const candles = new Candles(key.timeframe, undefined, 0, calendar);
  for await (const rows of storedCandles(store, key, range)) for (const row of rows) candles.append(row);
  return candles;
}

/**
 * Asks an exchange for the closed candles of a range that are not stored, and stores them page by page: killed at any
 * moment, the next time goes on where it was.
 * @param range On the timeframe's grid.
 * @param now The exchange's time.
 * @param onProgress Hears how much of what was missing is done, from 0 to 1.
 */
export async function fillCandles(
  store: Store,
  exchange: Exchange,
  key: ArchiveKey,
  range: OpenTimes,
  now: () => EpochMs,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Filled> {
  const calendar = calendarOf(exchange, key.symbol);
  const asked = await missingCandles(store, key, range, calendar);
  const total = asked.reduce((sum, { from, to }) => sum + to - from, 0);
  let added = 0;
  let done = 0;
  for (const part of asked) {
    const wanted = { symbol: key.symbol, timeframe: key.timeframe, ...part };
    for await (const closed of closedPages(exchange, wanted, now)) {
      added += await addCandles(store, key, closed);
      const last = closed.at(-1);
      if (last) onProgress((done + last.openTime - part.from) / total);
    }
    done += part.to - part.from;
  }
  return { added, missing: await missingCandles(store, key, range, calendar) };
}

/** @returns How many were not there yet. */
async function addCandles(store: Store, key: ArchiveKey, candles: readonly Omit<CandleRow, keyof ArchiveKey>[]) {
  if (candles.length === 0) return 0;
  const changes = noChanges();
  for (const { openTime, open, high, low, close, volume } of candles) {
    changes.add.candles.push({ ...key, openTime, open, high, low, close, volume });
  }
  return candles.length - (await store.commit(changes)).alreadyThere;
}
