import { z } from 'zod';
import type { MarketSymbol } from '#core/bots.ts';
import type { Candle } from '#core/candles.ts';
import { DECIMALS, decimalPlaces, formatDecimal, type Money } from '#core/money.ts';
import { type EpochMs, epochMs, type Timeframe } from '#core/time.ts';
import type { Ticker } from '#ports/market-data.ts';
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
  const decimals = [priceFilter.tickSize, lotSizeFilter.qtyStep].map((step) => decimalPlaces(formatDecimal(step)));
  if (decimals[0]! + decimals[1]! > DECIMALS) return undefined;
  return {
    symbol,
    base,
    quote,
    tick: priceFilter.tickSize,
    lot: lotSizeFilter.qtyStep,
    minQuantity: lotSizeFilter.minOrderQty,
    minNotional: lotSizeFilter.minNotionalValue ?? (0n as Money),
    calendar: 'always',
    venueSymbol: contract.symbol,
    isTradable: row.status === 'Trading',
    isShortable: true,
    maxLeverage: leverageFilter.maxLeverage,
  };
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

/** Bid, ask and last price of every perpetual. @param at When they were asked for, Bybit's clock. @throws AnswerRefused */
export function tickersFrom(result: unknown, at: EpochMs): Map<MarketSymbol, Ticker> {
  const rows = rowsOf(result, 'tickers').rows.map((row) => decoded(TickerRow, row, 'a ticker'));
  const price = (text: string) => (Number(text) > 0 ? Number(text) : undefined);
  return new Map(
    rows.flatMap(({ symbol, bid1Price, ask1Price, lastPrice }) => {
      const known = marketSymbol(symbol);
      return known === undefined
        ? []
        : [[known, { bid: price(bid1Price), ask: price(ask1Price), last: price(lastPrice), at }] as const];
    }),
  );
}
