import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import {
  type Batch,
  type CandleRange,
  type FundingRate,
  type Listing,
  type MarketQueries,
  type Series,
  SeriesUnavailable,
  type Ticker,
} from '#ports/market-data.ts';

/** What the candles of a market tell that knows nothing else: an invented one, or a recording. */
export class SeriesQueries implements MarketQueries {
  private readonly series: readonly Series[];
  private readonly now: () => EpochMs;

  /** @param series Of any symbols and timeframes, as a feed closes them. @param now Market time. */
  constructor(series: readonly Series[], now: () => EpochMs) {
    this.series = series;
    this.now = now;
  }

  listings(): readonly Listing[] {
    const instruments = new Map(this.series.map(({ symbol, instrument }) => [symbol, instrument]));
    return [...instruments.values()].map((instrument) => ({
      instrument,
      contract: 'spot',
      unit: instrument.base,
      settle: undefined,
      makerFeeRate: undefined,
      takerFeeRate: undefined,
      isActive: true,
    }));
  }

  async candlesBetween({ symbol, timeframe, from, to }: CandleRange): Promise<readonly Candle[]> {
    const candles = this.series.find((one) => one.symbol === symbol && one.candles.timeframe === timeframe)?.candles;
    if (candles === undefined) {
      const there = this.series.map((one) => `${one.candles.timeframe} ones of ${one.symbol}`).join(', ');
      throw new SeriesUnavailable(
        `Cannot read ${timeframe} candles of ${symbol} as the market must have them: it has ${there}`,
      );
    }
    const found: Candle[] = [];
    for (let i = candles.indexAt(from - 1) + 1; i < candles.length && candles.openTimeAt(i) < to; i++) {
      found.push(candles.at(i));
    }
    return found;
  }

  async tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    const rows = new Map<MarketSymbol, Ticker>();
    const missing = new Map<MarketSymbol, string>();
    for (const symbol of symbols) {
      const ticker = this.tickerOf(symbol);
      if (typeof ticker === 'string') missing.set(symbol, ticker);
      else rows.set(symbol, ticker);
    }
    return { rows, missing };
  }

  async fundingRates(symbols: readonly MarketSymbol[]): Promise<Batch<FundingRate>> {
    return { rows: new Map(), missing: new Map(symbols.map((symbol) => [symbol, 'this market has no funding'])) };
  }

  /** Candles tell what was traded last, and nothing of the book. */
  private tickerOf(symbol: MarketSymbol): Ticker | string {
    const series = this.series.find((one) => one.symbol === symbol);
    if (series === undefined) return 'this market does not have it';
    const now = this.now();
    const { candles } = series;
    const forming = series.forming(now);
    if (forming) return { bid: undefined, ask: undefined, last: forming.close, at: now };
    const newest = candles.length - 1;
    if (newest < 0) return 'no candle has closed yet';
    return { bid: undefined, ask: undefined, last: candles.at(newest).close, at: candles.closeTimeAt(newest) };
  }
}
