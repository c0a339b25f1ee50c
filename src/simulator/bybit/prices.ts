import type { Candle } from '#core/candles.ts';
import { decimalOf, formatDecimal } from '#core/money.ts';
import type { MarketSeries } from '../market-series.ts';
import type { ExchangeState, Listed } from './exchange-state.ts';
import { type Contract, FUNDING_MINUTES } from './instruments.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RATE_DIGITS = 6;
const MONEY_DIGITS = 4;

/** The best prices and sizes around the last price: the bid is it, the ask one tick above. */
export function bookOf(contract: Contract, series: MarketSeries, now: number, depth: number) {
  const { grid } = contract;
  const last = grid.priceOf(series.lastPrice(now));
  const size = levelSize(contract, series);
  const level = (ticks: number): readonly [string, string] => [
    formatDecimal(grid.exactPrice((last + ticks * grid.tick) as typeof last)),
    size,
  ];
  return {
    bids: Array.from({ length: depth }, (_, k) => level(-k)),
    asks: Array.from({ length: depth }, (_, k) => level(k + 1)),
  };
}

/** A hundredth of what the last candle traded, at least one lot. */
function levelSize({ grid }: Contract, { candles }: MarketSeries): string {
  const volume = candles.length === 0 ? 0 : candles.volume.values[candles.length - 1]!;
  return formatDecimal(
    grid.exactQuantity(Math.max(grid.lot, grid.toLot(volume / 100)) as ReturnType<typeof grid.toLot>),
  );
}

/** A contract's ticker; spot has no mark price and no funding. The mark and the index are the last price here. */
export function tickerRow(
  state: ExchangeState,
  { contract, series }: Listed,
  isSpot: boolean,
): Record<string, unknown> {
  const { now } = state.world.line;
  const { grid } = contract;
  const price = (value: number) => formatDecimal(grid.exactPrice(grid.priceOf(value)));
  const last = series.lastPrice(now);
  const day = dayOf(series, now, last);
  const { bids, asks } = bookOf(contract, series, now, 1);
  const common = {
    symbol: contract.symbol,
    lastPrice: price(last),
    prevPrice24h: price(day.first),
    price24hPcnt: (last / day.first - 1).toFixed(RATE_DIGITS),
    highPrice24h: price(day.high),
    lowPrice24h: price(day.low),
    turnover24h: day.turnover.toFixed(MONEY_DIGITS),
    volume24h: shortest(day.volume),
    bid1Price: bids[0]![0],
    bid1Size: bids[0]![1],
    ask1Price: asks[0]![0],
    ask1Size: asks[0]![1],
  };
  if (isSpot) return { ...common, usdIndexPrice: price(last) };
  const { rate, at } = state.funding.get(contract.symbol)!.next(now);
  return {
    ...common,
    indexPrice: price(last),
    markPrice: price(last),
    prevPrice1h: price(priceBefore(series, now - HOUR_MS, last)),
    openInterest: shortest(day.volume),
    openInterestValue: day.turnover.toFixed(MONEY_DIGITS),
    fundingRate: formatDecimal(rate),
    nextFundingTime: String(at),
    fundingIntervalHour: String(FUNDING_MINUTES / 60),
    fundingCap: '0.00375',
    predictedDeliveryPrice: '',
    basis: '',
    basisRate: '',
    basisRateYear: '',
    deliveryFeeRate: '',
    deliveryTime: '0',
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
    singleOpenInterest: shortest(day.volume / 2),
  };
}

/** The last trades, newest first: the twin tells one for each closed candle, its close. */
export function recentTrades({ contract, series }: Listed, limit: number): readonly Record<string, unknown>[] {
  const { candles } = series;
  const trades: Record<string, unknown>[] = [];
  for (let i = candles.length - 1; i >= 0 && trades.length < limit; i--) {
    const { open, close, volume } = candles.at(i);
    trades.push({
      execId: String(candles.closeTimeAt(i)),
      symbol: contract.symbol,
      price: formatDecimal(contract.grid.exactPrice(contract.grid.priceOf(close))),
      size: shortest(volume),
      side: close < open ? 'Sell' : 'Buy',
      time: String(candles.closeTimeAt(i)),
      isBlockTrade: false,
      isRPITrade: false,
      seq: String(i + 1),
    });
  }
  return trades;
}

/** What a candle traded for, as if all of it at its middle price. */
export function turnoverOf({ high, low, volume }: Candle): string {
  return ((volume * (high + low)) / 2).toFixed(MONEY_DIGITS);
}

/** A float as a plain decimal. */
export function shortest(value: number): string {
  return decimalOf(Number(value.toFixed(8)));
}

/** What was traded in the day before a moment: the twin's open interest. */
export function dayVolume({ candles }: MarketSeries, at: number): number {
  let volume = 0;
  for (let i = candles.indexClosedAt(at); i >= 0 && candles.openTimeAt(i) >= at - DAY_MS; i--)
    volume += candles.at(i).volume;
  return volume;
}

function dayOf(series: MarketSeries, now: number, last: number) {
  const { candles } = series;
  const day = { first: last, high: last, low: last, volume: 0, turnover: 0 };
  for (let i = candles.length - 1; i >= 0 && candles.openTimeAt(i) >= now - DAY_MS; i--) {
    const { open, high, low, volume } = candles.at(i);
    day.first = open;
    day.high = Math.max(day.high, high);
    day.low = Math.min(day.low, low);
    day.volume += volume;
    day.turnover += (volume * (high + low)) / 2;
  }
  return day;
}

function priceBefore({ candles }: MarketSeries, at: number, otherwise: number): number {
  const i = candles.indexClosedAt(at);
  return i < 0 ? otherwise : candles.at(i).close;
}
