import type { Candle } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { Batch, Ticker } from '#ports/market-data.ts';
import type { Exchange, TradeHistory } from './exchange.ts';

/**
 * An exchange whose time is what its candles tell, not the wall's: a simulator that plays another day, and that goes on when it
 * is asked for the candle that runs.
 */
export class ToldTime implements Exchange {
  readonly id: string;
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  readonly trades: TradeHistory | undefined;
  readonly aheadMs: number;
  private readonly exchange: Exchange;
  private told: EpochMs;

  /** @param told Market time as it is now. */
  constructor(exchange: Exchange, told: EpochMs) {
    this.exchange = exchange;
    this.told = told;
    this.id = exchange.id;
    this.aheadMs = exchange.aheadMs;
    this.name = exchange.name;
    this.timeframes = exchange.timeframes;
    this.trades = exchange.trades;
  }

  get repeats(): boolean {
    return this.exchange.repeats;
  }

  set repeats(repeats: boolean) {
    this.exchange.repeats = repeats;
  }

  toldTime(): EpochMs {
    return this.told;
  }

  instrument(symbol: MarketSymbol): Instrument | undefined {
    return this.exchange.instrument(symbol);
  }

  /** The newest of them runs, or ran last: market time has come to its beginning at least. */
  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    const candles = await this.exchange.candles(symbol, timeframe, from);
    this.told = Math.max(this.told, candles.at(-1)?.openTime ?? 0, this.exchange.answeredAt ?? 0) as EpochMs;
    return candles;
  }

  tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    return this.exchange.tickers(symbols);
  }

  close(): void {
    this.exchange.close();
  }
}
