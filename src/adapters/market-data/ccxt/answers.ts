import { z } from 'zod';
import type { MarketSymbol } from '#core/bots.ts';
import type { Candle } from '#core/candles.ts';
import type { Instrument } from '#core/instruments.ts';
import { DECIMALS, decimalOf, decimalPlaces, type Money, money, price, quantity } from '#core/money.ts';
import { candleOpenTime, type EpochMs, type Timeframe } from '#core/time.ts';
import type { BestPrices, PublicTrade, TradePage } from '../exchange.ts';

/** An answer that is not what it should be; the message is the rule and the value. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

const Step = z.number().positive();
const Minimum = z.object({ min: z.number().nonnegative().nullish() }).nullish();

/** An instrument as CCXT describes it. */
const Market = z.object({
  base: z.string(),
  quote: z.string(),
  precision: z.object({ price: Step, amount: Step }),
  limits: z.object({ amount: Minimum, cost: Minimum }),
});

const Markets = z.record(z.string(), z.unknown());
const [STEPS, DECIMAL_PLACES] = [4, 2];

/** The instrument of a symbol; undefined when there is no such market. @throws AnswerRefused */
export function instrumentFrom(markets: unknown, symbol: MarketSymbol, precisionMode: number): Instrument | undefined {
  const listed = Markets.safeParse(markets);
  if (!listed.success) throw new AnswerRefused('its markets must be listed by symbol');
  const row = listed.data[symbol];
  if (row === undefined) return undefined;
  const read = Market.safeParse(row);
  if (!read.success) throw new AnswerRefused(`${symbol} must have steps of price and amount: ${problemOf(read.error)}`);
  const { base, quote, precision, limits } = read.data;
  const stepOf = (value: number) => {
    if (precisionMode === STEPS) return decimalOf(value);
    if (precisionMode === DECIMAL_PLACES) return decimalOf(Number((10 ** -value).toFixed(value)));
    throw new AnswerRefused(`${symbol} must have a fixed step of price: its precision is a number of digits`);
  };
  const tick = stepOf(precision.price);
  const lot = coarser(stepOf(precision.amount), DECIMALS - decimalPlaces(tick));
  return {
    symbol,
    base,
    quote,
    tick: price(tick),
    lot: quantity(lot),
    minQuantity: quantity(decimalOf(Math.max(limits.amount?.min ?? 0, Number(lot)))),
    minNotional: limits.cost?.min ? money(decimalOf(limits.cost.min)) : (0n as Money),
    calendar: 'always',
  };
}

/** A lot with at most so many decimals: tick and lot have to fit into exact money together. */
function coarser(lot: string, decimals: number): string {
  return decimalPlaces(lot) <= decimals ? lot : (10 ** -decimals).toFixed(decimals);
}

function problemOf({ issues: [issue] }: z.ZodError): string {
  return `${issue!.path.join('.')} ${issue!.message}`;
}

const BestPricesOf = z.object({ bid: z.number().nullish(), ask: z.number().nullish() });

/** Bid and ask of a ticker; undefined where it leaves one out. @throws AnswerRefused for such as no market has. */
export function bestPricesFrom(answer: unknown): BestPrices | undefined {
  const read = BestPricesOf.safeParse(answer);
  if (!read.success) throw new AnswerRefused(`they must be numbers: ${problemOf(read.error)}`);
  const { bid, ask } = read.data;
  if (bid == null || ask == null) return undefined;
  if (bid > 0 && bid <= ask && ask < Infinity) return { bid, ask };
  throw new AnswerRefused(`the bid must be above 0 and not above the ask: they are ${bid} and ${ask}`);
}

/** Candles, oldest first, at `from` or later. @throws AnswerRefused for a row that is no candle. */
export function candlesFrom(answer: unknown, timeframe: Timeframe, from: EpochMs): Candle[] {
  if (!Array.isArray(answer)) throw new AnswerRefused('candles must be rows');
  const candles: Candle[] = [];
  for (const row of answer) {
    const candle = candleFrom(row, timeframe);
    if (candle.openTime < from) continue;
    if (candles.length > 0 && candle.openTime <= candles.at(-1)!.openTime) {
      throw new AnswerRefused(`candles must ascend in time: ${JSON.stringify(row)} does not`);
    }
    candles.push(candle);
  }
  return candles;
}

function candleFrom(row: unknown, timeframe: Timeframe): Candle {
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
    const at = new Date(openTime).toISOString();
    throw new AnswerRefused(`${timeframe} candles must open on a ${timeframe} boundary in UTC: one opens at ${at}`);
  }
  return { openTime, open, high, low, close, volume };
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
  const next = row === undefined ? after : Array.isArray(row) ? String(row.at(-1)) : '';
  if (!/^\d+$/.test(next)) throw new AnswerRefused('trades must come with the place after the last of them');
  return { trades, next };
}
