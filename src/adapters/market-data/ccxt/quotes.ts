import { z } from 'zod';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import type { Batch, FundingRate, Ticker } from '#ports/market-data.ts';
import { AnswerRefused, problemOf } from '../../calls/answer-refused.ts';

const Price = z.number().positive().nullish();
/** Dates end there. */
const LAST_MS = 8.64e15;
const Time = z.number().int().nonnegative().max(LAST_MS).nullish();

const TickerRow = z.object({ bid: Price, ask: Price, last: Price, timestamp: Time });
const FundingRow = z.object({
  fundingRate: z.number().gt(-1).lt(1),
  fundingTimestamp: Time,
  nextFundingTimestamp: Time,
  interval: z.string().nullish(),
});

const Rows = z.record(z.string(), z.unknown());
const HOUR_MS = 3_600_000;
/** A price of the future is no price: clocks differ by less. */
const MOST_AHEAD_MS = 60_000;

/**
 * Prices by symbol, each row on its own: one that lies does not take the others with it.
 * @param now The exchange's time.
 * @throws AnswerRefused when there are no rows by symbol.
 */
export function tickersFrom(answer: unknown, symbols: readonly MarketSymbol[], now: EpochMs): Batch<Ticker> {
  return batchOf(answer, symbols, (row) => {
    const read = TickerRow.safeParse(row);
    if (!read.success) return problemOf(read.error);
    const { bid, ask, last, timestamp } = read.data;
    if (bid == null && ask == null && last == null) return 'it has no price';
    if (bid != null && ask != null && bid > ask) return `its bid must not be above its ask: ${bid} and ${ask}`;
    const at = timestamp ?? now;
    if (at > now + MOST_AHEAD_MS) return `its time must have come: it is ${new Date(at).toISOString()}`;
    return { bid: bid ?? undefined, ask: ask ?? undefined, last: last ?? undefined, at: at as EpochMs };
  });
}

/** @throws AnswerRefused when there are no rows by symbol. */
export function fundingRatesFrom(answer: unknown, symbols: readonly MarketSymbol[]): Batch<FundingRate> {
  return batchOf(answer, symbols, (row) => {
    const read = FundingRow.safeParse(row);
    if (!read.success) return problemOf(read.error);
    const { fundingRate: rate, fundingTimestamp, nextFundingTimestamp, interval } = read.data;
    const [, hours] = /^(\d{1,3})h$/.exec(interval ?? '') ?? [];
    return {
      rate,
      dueAt: (fundingTimestamp ?? nextFundingTimestamp ?? undefined) as EpochMs | undefined,
      intervalMs: hours === undefined ? undefined : Number(hours) * HOUR_MS,
    };
  });
}

/** @param rowOf The row, or why it cannot be used. */
function batchOf<Row extends object>(
  answer: unknown,
  symbols: readonly MarketSymbol[],
  rowOf: (row: unknown) => Row | string,
): Batch<Row> {
  const read = Rows.safeParse(answer);
  if (!read.success) throw new AnswerRefused('it must be listed by symbol');
  const rows = new Map<MarketSymbol, Row>();
  const missing = new Map<MarketSymbol, string>();
  for (const symbol of symbols) {
    const row = Object.hasOwn(read.data, symbol) ? rowOf(read.data[symbol]) : 'it is not in the answer';
    if (typeof row === 'string') missing.set(symbol, row);
    else rows.set(symbol, row);
  }
  return { rows, missing };
}
