import { z } from 'zod';
import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { DECIMALS, decimalPlaces, formatDecimal, type Money } from '#core/money.ts';
import { type EpochMs, epochMs, type Timeframe } from '#core/time.ts';
import type { FundingRate, Ticker } from '#ports/market-data.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import { candlesFrom } from '../../market-data/ccxt/answers.ts';
import { AnyMoney, AnyRatio, decoded, PositivePrice, PositiveQuantity, rowsOf } from './decode.ts';
import { marketSymbol, SETTLEMENT } from './symbols.ts';

/** Tells what is traded here from futures with a date and from contracts in USDC. */
const ContractRow = z.object({ symbol: z.string(), contractType: z.string() });

const InstrumentRow = z.object({
  status: z.string(),
  baseCoin: z.string(),
  quoteCoin: z.string(),
  settleCoin: z.string(),
  leverageFilter: z.object({ maxLeverage: AnyRatio }),
  priceFilter: z.object({ tickSize: PositivePrice }),
  lotSizeFilter: z.object({
    qtyStep: PositiveQuantity,
    minOrderQty: PositiveQuantity,
    minNotionalValue: AnyMoney.optional(),
  }),
});

/** @returns undefined for what is no perpetual in USDT. @throws AnswerRefused */
export function instrumentFrom(answer: unknown): VenueInstrument | undefined {
  const contract = decoded(ContractRow, answer, 'an instrument');
  const symbol = marketSymbol(contract.symbol);
  if (symbol === undefined || contract.contractType !== 'LinearPerpetual') return undefined;
  const row = decoded(InstrumentRow, answer, 'an instrument');
  const { lotSizeFilter, priceFilter, leverageFilter, baseCoin: base, quoteCoin: quote } = row;
  if (row.settleCoin !== SETTLEMENT || `${base}/${quote}` !== symbol) return undefined;
  const steps = { tick: priceFilter.tickSize, lot: lotSizeFilter.qtyStep };
  if (!fitTogether(steps)) return undefined;
  return {
    symbol,
    base,
    quote,
    ...steps,
    minQuantity: lotSizeFilter.minOrderQty,
    minNotional: lotSizeFilter.minNotionalValue ?? (0n as Money),
    calendar: 'always',
    venueSymbol: contract.symbol,
    isTradable: row.status === 'Trading',
    isShortable: true,
    maxLeverage: leverageFilter.maxLeverage,
  };
}

const SpotRow = z.object({
  symbol: z.string(),
  status: z.string(),
  baseCoin: z.string(),
  quoteCoin: z.string(),
  priceFilter: z.object({ tickSize: PositivePrice }),
  lotSizeFilter: z.object({ basePrecision: PositiveQuantity, minOrderQty: PositiveQuantity, minOrderAmt: AnyMoney }),
});
const COIN = /^[A-Z0-9]+$/;

/** A pair of coins; undefined for one whose steps exact money cannot hold together. @throws AnswerRefused */
export function spotInstrumentFrom(answer: unknown): VenueInstrument | undefined {
  const row = decoded(SpotRow, answer, 'a pair');
  const { baseCoin: base, quoteCoin: quote, lotSizeFilter, priceFilter } = row;
  const steps = { tick: priceFilter.tickSize, lot: lotSizeFilter.basePrecision };
  if (!COIN.test(base) || !COIN.test(quote) || !fitTogether(steps)) return undefined;
  return {
    symbol: `${base}/${quote}` as MarketSymbol,
    base,
    quote,
    ...steps,
    minQuantity: lotSizeFilter.minOrderQty,
    minNotional: lotSizeFilter.minOrderAmt,
    calendar: 'always',
    venueSymbol: row.symbol,
    isTradable: row.status === 'Trading',
    isShortable: false,
    maxLeverage: undefined,
  };
}

/** Whether tick and lot have few enough decimals together. */
function fitTogether({ tick, lot }: Pick<VenueInstrument, 'tick' | 'lot'>): boolean {
  return decimalPlaces(formatDecimal(tick)) + decimalPlaces(formatDecimal(lot)) <= DECIMALS;
}

const Decimal = z.string().regex(/^\d{1,18}(\.\d{1,18})?$/);
const CandleRow = z
  .tuple([z.string().regex(/^[1-9]\d{0,14}$/), Decimal, Decimal, Decimal, Decimal, Decimal])
  .rest(z.unknown());

/** Candles, oldest first, at `from` or later; Bybit lists them the other way. @param now Bybit's. @throws AnswerRefused */
export function klinesFrom(result: unknown, timeframe: Timeframe, from: EpochMs, now: EpochMs): Candle[] {
  const rows = rowsOf(result, 'candles').rows.map((row) => decoded(CandleRow, row, 'a candle').slice(0, 6).map(Number));
  return candlesFrom(rows.toReversed(), timeframe, from, now);
}

const Time = z.object({ timeNano: z.string().regex(/^\d{16,19}$/) });
const NANOS_OF_MS = 6;

/** Bybit's clock, wall time. @throws AnswerRefused */
export function timeFrom(result: unknown): EpochMs {
  const { timeNano } = decoded(Time, result, 'the time');
  return epochMs(Number(timeNano.slice(0, -NANOS_OF_MS)));
}

/** A side without an order is an empty text. */
const TickerPrice = z.string().regex(/^(\d{1,15}(\.\d{1,12})?)?$/);
const TickerRow = z.object({
  symbol: z.string(),
  bid1Price: TickerPrice,
  ask1Price: TickerPrice,
  lastPrice: TickerPrice,
});

/** Which of our symbols a name of Bybit's is; undefined for one that nobody asks for. */
type SymbolOf = (wire: string) => MarketSymbol | undefined;

/**
 * Bid, ask and last price of each symbol.
 * @param at When they were asked for, Bybit's clock.
 * @param symbolOf Perpetuals in USDT when left out.
 * @throws AnswerRefused
 */
export function tickersFrom(
  result: unknown,
  at: EpochMs,
  symbolOf: SymbolOf = marketSymbol,
): Map<MarketSymbol, Ticker> {
  const rows = rowsOf(result, 'tickers').rows.map((row) => decoded(TickerRow, row, 'a ticker'));
  const price = (text: string) => (Number(text) > 0 ? Number(text) : undefined);
  return new Map(
    rows.flatMap(({ symbol, bid1Price, ask1Price, lastPrice }) => {
      const known = symbolOf(symbol);
      return known === undefined
        ? []
        : [[known, { bid: price(bid1Price), ask: price(ask1Price), last: price(lastPrice), at }] as const];
    }),
  );
}

const HOUR_MS = 3_600_000;
const FundingRow = z.object({
  symbol: z.string(),
  /** Empty where nothing is paid. */
  fundingRate: z.string().regex(/^(-?0(\.\d{1,12})?)?$/),
  nextFundingTime: z.string().regex(/^\d{0,15}$/),
  fundingIntervalHour: z
    .string()
    .regex(/^\d{0,3}$/)
    .optional(),
});

/** What each perpetual pays next. @throws AnswerRefused */
export function fundingRatesFrom(result: unknown, symbolOf: SymbolOf): Map<MarketSymbol, FundingRate> {
  const rows = rowsOf(result, 'tickers').rows.map((row) => decoded(FundingRow, row, 'a ticker'));
  return new Map(
    rows.flatMap(({ symbol, fundingRate, nextFundingTime, fundingIntervalHour }) => {
      const known = symbolOf(symbol);
      if (known === undefined || fundingRate === '') return [];
      const [due, hours] = [Number(nextFundingTime), Number(fundingIntervalHour ?? 0)];
      const dueAt = due > 0 ? (due as EpochMs) : undefined;
      return [
        [known, { rate: Number(fundingRate), dueAt, intervalMs: hours > 0 ? hours * HOUR_MS : undefined }] as const,
      ];
    }),
  );
}
