import { z } from 'zod';
import type { Candle } from '#core/candles.ts';
import { candleOpenTime, type EpochMs, type Timeframe } from '#core/time.ts';
import { AnswerRefused, problemOf } from '../../calls/answer-refused.ts';
import type { PublicTrade, TradePage } from '../exchange.ts';

/** Dates end there. */
const LAST_MS = 8.64e15;
/** A candle of the future would close the one that runs. Clocks differ by less. */
const MOST_AHEAD_MS = 3_600_000;

/** Floats carry this many digits; a product of two has dust beyond. */
const DIGITS = 15;

/**
 * Candles, oldest first, at `from` or later.
 * @param now The exchange's time.
 * @param unit How much of the base a unit of the volume is.
 * @throws AnswerRefused for a row that is no candle.
 */
export function candlesFrom(answer: unknown, timeframe: Timeframe, from: EpochMs, now: EpochMs, unit = 1): Candle[] {
  if (!Array.isArray(answer)) throw new AnswerRefused('candles must be rows');
  const candles: Candle[] = [];
  for (const row of answer) {
    const candle = candleFrom(row, timeframe, unit);
    if (candle.openTime < from) continue;
    if (candle.openTime > now + MOST_AHEAD_MS) {
      throw new AnswerRefused(`a candle must have opened: ${JSON.stringify(row)} is of the future`);
    }
    if (candles.length > 0 && candle.openTime <= candles.at(-1)!.openTime) {
      throw new AnswerRefused(`candles must ascend in time: ${JSON.stringify(row)} does not`);
    }
    candles.push(candle);
  }
  return candles;
}

function candleFrom(row: unknown, timeframe: Timeframe, unit: number): Candle {
  const isRow = Array.isArray(row) && row.length >= 6 && row.slice(0, 6).every((value) => Number.isFinite(value));
  if (!isRow) throw new AnswerRefused(`a candle must be six numbers: ${JSON.stringify(row)?.slice(0, 100)} is not`);
  const [openTime, open, high, low, close, volume] = row as number[] as [
    EpochMs,
    number,
    number,
    number,
    number,
    number,
  ];
  const isSound = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume >= 0;
  if (!isSound) throw new AnswerRefused(`a candle must have sound prices and volume: ${JSON.stringify(row)} has not`);
  if (candleOpenTime(openTime, timeframe) !== openTime) {
    throw new AnswerRefused(
      `${timeframe} candles must open on a ${timeframe} boundary in UTC: one opens at ${timeText(openTime)}`,
    );
  }
  return {
    openTime,
    open,
    high,
    low,
    close,
    volume: unit === 1 ? volume : Number((volume * unit).toPrecision(DIGITS)),
  };
}

/** In words, where there are such dates. */
function timeText(at: number): string {
  return Math.abs(at) <= LAST_MS ? new Date(at).toISOString() : `${at} ms`;
}

const Trade = z.object({
  timestamp: z.number().int(),
  price: z.number().positive(),
  amount: z.number().nonnegative(),
  info: z.unknown(),
});

/**
 * Trades, oldest first, with the place that Kraken names after the last one: CCXT puts it at the end of that one's row.
 * @throws AnswerRefused
 */
export function krakenTradesFrom(answer: unknown, after: string): TradePage {
  const read = z.array(Trade).safeParse(answer);
  if (!read.success) throw new AnswerRefused(`trades must have time, price and amount: ${problemOf(read.error)}`);
  const trades = read.data.map(
    ({ timestamp, price, amount }): PublicTrade => ({ at: timestamp as EpochMs, price, amount }),
  );
  if (trades.some(({ at }, k) => k > 0 && at < trades[k - 1]!.at))
    throw new AnswerRefused('trades must ascend in time');
  const row = read.data.at(-1)?.info;
  const next: unknown = row === undefined ? after : Array.isArray(row) ? row.at(-1) : undefined;
  if (typeof next !== 'string' || !/^\d+$/.test(next))
    throw new AnswerRefused('trades must come with the place after the last of them');
  return { trades, next };
}
