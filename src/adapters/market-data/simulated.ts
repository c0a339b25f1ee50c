import { type Candle, Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import { SeededMarket } from '#core/market.ts';
import { formatDecimal, money, price, quantity } from '#core/money.ts';
import { hash53 } from '#core/orders.ts';
import { SliceTape } from '#core/slices.ts';
import { candleCloseTime, candleOpenTime, type EpochMs, type Timeframe } from '#core/time.ts';
import type { MarketData, Quotation } from '#ports/market-data.ts';
import type { SourcedSeries } from './feed.ts';

/** What a known symbol looks like on the simulated market; any other one starts at 100 with a tick of 0.01. */
const LISTED: Readonly<Record<string, { readonly start: number; readonly tick: string; readonly lot: string }>> = {
  'BTC/USDT': { start: 96_000, tick: '0.1', lot: '0.001' },
  'ETH/USDT': { start: 3_400, tick: '0.01', lot: '0.01' },
  'SOL/USDT': { start: 140, tick: '0.001', lot: '0.1' },
};
const UNLISTED = { start: 100, tick: '0.01', lot: '0.01' } as const;

/** Candles that are closed when a bot first meets the market. */
const HISTORY_MS = 24 * 60 * 60_000;
const NAME = /^simulated:(\d+):(\d+)$/;

/** An invented market, the same for the same seed and start: what a first `npm start` trades. */
export class SimulatedMarket implements MarketData<SourcedSeries> {
  readonly name: string;
  readonly label = 'Simulated';
  readonly simulated = true;
  readonly newcomers = 'now';
  readonly silentSince = undefined;
  /** Where its history ends and it starts to run. */
  readonly start: EpochMs;
  private readonly seed: number;

  constructor(seed: number, start: EpochMs) {
    this.seed = seed;
    this.start = candleOpenTime(start, '1h');
    this.name = `simulated:${seed}:${this.start}`;
  }

  /** The market that a stored name tells of; undefined when it tells of another kind. */
  static named(name: string): SimulatedMarket | undefined {
    const [, seed, start] = NAME.exec(name) ?? [];
    return seed === undefined ? undefined : new SimulatedMarket(Number(seed), Number(start) as EpochMs);
  }

  open(symbol: MarketSymbol, timeframe: Timeframe, until = this.start): SourcedSeries {
    const { start, tick, lot } = LISTED[symbol] ?? UNLISTED;
    const [base = symbol, quote = 'USDT'] = symbol.split('/');
    const instrument: Instrument = {
      symbol,
      base,
      quote,
      tick: price(tick),
      lot: quantity(lot),
      minQuantity: quantity(lot),
      minNotional: money('5'),
      calendar: 'always',
    };
    const market = new SeededMarket({
      seed: hash53(`${this.seed} ${symbol}`),
      startPrice: start,
      tick: formatDecimal(instrument.tick),
      lot: formatDecimal(instrument.lot),
      timeframe: '1m',
      startTime: candleOpenTime((this.start - HISTORY_MS) as EpochMs, '1d'),
    });
    return new SimulatedSource(instrument, market, timeframe, until);
  }
}

/**
 * Candles of a timeframe made from the one-minute candles of a seeded market. The minute that is running is drawn
 * ahead, so that pages can show how it forms; decisions see what is closed.
 */
export class SimulatedSource implements SourcedSeries {
  readonly instrument: Instrument;
  readonly symbol: MarketSymbol;
  readonly candles: Candles;
  readonly inside = new SliceTape();
  nextClose: number;
  private readonly market: SeededMarket;
  private looked: { readonly at: EpochMs; readonly running: Candle } | undefined;
  /** The minute that has not closed, and the candle of the closed minutes of the timeframe's running candle. */
  private minute: Candle;
  private partial: Candle | undefined;

  /** @param market One-minute candles, none of them drawn yet. @param until Candles that close by then are history. */
  constructor(instrument: Instrument, market: SeededMarket, timeframe: Timeframe, until: EpochMs) {
    this.instrument = instrument;
    this.symbol = instrument.symbol;
    this.market = market;
    this.candles = new Candles(timeframe);
    this.minute = market.next();
    this.nextClose = candleCloseTime(this.minute.openTime, timeframe);
    while (this.nextClose <= until) this.close();
  }

  close(): number {
    const closing = this.nextClose;
    for (;;) {
      const { minute } = this;
      if (minute.openTime >= closing) break;
      this.partial = joined(this.partial, minute);
      this.minute = this.market.next();
    }
    this.candles.append(this.partial!);
    this.inside.close(this.partial!);
    this.partial = undefined;
    this.nextClose = candleCloseTime(this.minute.openTime, this.candles.timeframe);
    return this.candles.length - 1;
  }

  /** The running candle as it looks at a moment of market time. */
  forming(at: EpochMs): Candle {
    while (at >= this.minute.openTime + MINUTE_MS && this.minute.openTime + MINUTE_MS < this.nextClose) {
      this.partial = joined(this.partial, this.minute);
      this.minute = this.market.next();
    }
    const { path } = this.market;
    const share = Math.min(1, Math.max(0, (at - this.minute.openTime) / MINUTE_MS));
    const seen = path.slice(0, 1 + Math.floor(share * (path.length - 1)));
    const running: Candle = {
      openTime: this.minute.openTime,
      open: seen[0]!,
      high: Math.max(...seen),
      low: Math.min(...seen),
      close: seen.at(-1)!,
      volume: this.minute.volume * share,
    };
    return joined(this.partial, running);
  }

  peek(at: EpochMs): Candle | undefined {
    const { candles } = this;
    // What just closed has nothing running yet.
    return candles.length > 0 && candles.closeTimeAt(candles.length - 1) === at ? undefined : this.forming(at);
  }

  look(at: EpochMs): EpochMs | undefined {
    const { candles } = this;
    const running = this.peek(at);
    if (running === undefined) return undefined;
    this.looked = { at, running };
    candles.begin(running.openTime);
    this.inside.look(running, at);
    return at;
  }

  quotation(at: EpochMs): Quotation | undefined {
    const { candles, looked } = this;
    if (looked?.at === at) return { price: looked.running.close, ageMs: 0, running: looked.running };
    const last = candles.length - 1;
    return candles.closeTimeAt(last) === at ? { price: candles.close.values[last]!, ageMs: 0 } : undefined;
  }

  resume(running: Candle, at: EpochMs): void {
    this.candles.begin(running.openTime);
    this.inside.resume(running, at);
  }

  get nextIndex(): number {
    return this.candles.length;
  }

  /** Nothing is known ahead of time. */
  get known(): number {
    return this.candles.length;
  }

  closeUntil(): void {}
}

const MINUTE_MS = 60_000;

/** Two candles in a row as one, under the open time of the first. */
function joined(first: Candle | undefined, next: Candle): Candle {
  if (first === undefined) return next;
  return {
    openTime: first.openTime,
    open: first.open,
    high: Math.max(first.high, next.high),
    low: Math.min(first.low, next.low),
    close: next.close,
    volume: first.volume + next.volume,
  };
}
