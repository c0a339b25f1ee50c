import type { Exchange, TradeHistory } from '#adapters/market-data/exchange.ts';
import type { Candle } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { type Batch, MarketUnavailable, type Ticker } from '#ports/market-data.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { candlesFrom, tradesFrom } from './kraken-prices.ts';

const PAGE = 100;

/** An exchange in this process, on any clock; each of its ways to answer badly can be switched on. */
export class InventedExchange implements Exchange {
  readonly id = 'invented';
  readonly name = 'Invented';
  readonly timeframes: readonly Timeframe[] = ['1m', '5m', '1h'];
  aheadMs = 0;
  repeats = true;
  trades: TradeHistory | undefined;
  isDown = false;
  isClosed = false;
  /** ms that its candles are behind the time. */
  lateMs = 0;
  /** Leaves candles without a trade out, as some exchanges do. */
  leavesOutQuiet = false;
  tellsQuotes = true;
  /** From a moment on all prices are so many times what they would be. */
  jump: { readonly at: EpochMs; readonly factor: number } | undefined;
  /** This many answers are empty. */
  emptyAnswers = 0;
  /** Open times that were asked for. */
  readonly asked: EpochMs[] = [];
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  instrument(symbol: MarketSymbol) {
    return { ...instrumentOf({ tick: '0.1', lot: '0.00000001' }), symbol };
  }

  async candles(symbol: MarketSymbol, timeframe: Timeframe, from: EpochMs): Promise<readonly Candle[]> {
    this.asked.push(from);
    if (this.isDown) throw new MarketUnavailable('Cannot read candles from Invented as it must answer: it is down');
    if (this.emptyAnswers > 0) {
      this.emptyAnswers -= 1;
      return [];
    }
    return this.truth(symbol, timeframe, from, this.now() - this.lateMs).slice(0, PAGE);
  }

  /** A spread of 2, around the last price. */
  async tickers(symbols: readonly MarketSymbol[]): Promise<Batch<Ticker>> {
    if (this.isDown) throw new MarketUnavailable('Cannot read prices from Invented as it must answer: it is down');
    const at = this.now() as EpochMs;
    const rows = symbols.map((symbol): [MarketSymbol, Ticker] => {
      const last = this.truth(symbol, '1m', at - TIMEFRAME_MS['1m'], at).at(-1)!.close;
      const book = this.tellsQuotes ? { bid: last - 1, ask: last + 1 } : { bid: undefined, ask: undefined };
      return [symbol, { ...book, last, at }];
    });
    return { rows: new Map(rows), missing: new Map() };
  }

  close(): void {
    this.isClosed = true;
  }

  /** The candles as they are at a time, the running one last. */
  truth(symbol: string, timeframe: Timeframe, from: number, now: number): Candle[] {
    const duration = TIMEFRAME_MS[timeframe];
    const candles = candlesFrom(symbol, timeframe, from, now - (now % duration) + duration, now);
    const jumped = now < (this.jump?.at ?? 0) ? candles : candles.map((candle) => this.jumped(candle, duration));
    return this.leavesOutQuiet ? jumped.filter(({ volume }) => volume > 0) : jumped;
  }

  private jumped(candle: Candle, duration: number): Candle {
    const { at, factor } = this.jump ?? { at: Number.POSITIVE_INFINITY, factor: 1 };
    if (candle.openTime + duration <= at) return candle;
    const open = candle.openTime < at ? candle.open : candle.open * factor;
    const close = candle.close * factor;
    const [low, high] = [Math.min(open, candle.low * factor), Math.max(open, candle.high * factor)];
    return { ...candle, open, high, low, close };
  }

  /** Candles reach back only so far from now on; trades do. */
  reachBack(candlesReach: number): void {
    this.trades = {
      candlesReach,
      before: (from) => String(from),
      page: async (symbol, after) => {
        if (this.isDown) throw new MarketUnavailable('Cannot read trades from Invented as it must answer: it is down');
        const trades = tradesFrom(symbol, Number(after), this.now(), PAGE);
        return { trades, next: String(trades.length === 0 ? after : trades.at(-1)!.at + 1) };
      },
    };
  }
}
