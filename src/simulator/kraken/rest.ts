import { candleOpenTime, type EpochMs, TIMEFRAME_MS } from '#core/time.ts';
import {
  KRAKEN_BOOK_LEVELS,
  KRAKEN_ERRORS,
  KRAKEN_INTERVALS,
  KRAKEN_TRADES,
  type KrakenStatus,
} from '#protocols/kraken.ts';
import type { MarketLine } from '../market-line.ts';
import type { Pacer } from '../pace.ts';
import { bookAround, type Level } from './book.ts';
import { candleRow, listedCandles } from './candles.ts';
import { type DayFigures, dayFigures, type Figures } from './day-figures.ts';
import { type Asset, LOT_DECIMALS, type Pair, type Pairs, priceText } from './pairs.ts';
import { latestTrades, tradesAfter } from './trades.ts';

/** An answer without a result: the words of an error. */
class Refusal {
  readonly error: string;

  constructor(error: string) {
    this.error = error;
  }
}

export interface RestSetup {
  readonly line: MarketLine;
  readonly pacer: Pacer;
  readonly pairs: Pairs;
  /** What its clock shows. */
  readonly time: () => EpochMs;
  readonly status: () => KrakenStatus;
  /** Trades of a page, at most 1,000. */
  readonly tradesPerPage: number;
}

/** Trades are dated to the nanosecond; a number below this is of seconds. */
const LEAST_NANOSECONDS = 10n ** 15n;
const NANOSECONDS = 1_000_000n;
const USUAL_DEPTH = 100;

/** Kraken's public REST endpoints. */
export class KrakenRest {
  private readonly setup: RestSetup;

  constructor(setup: RestSetup) {
    this.setup = setup;
  }

  /** The body of an answer: errors are told in it, not by the HTTP status. @param endpoint "OHLC". */
  answer(endpoint: string, query: URLSearchParams): object {
    const result = this.result(endpoint, query);
    return result instanceof Refusal ? { error: [result.error] } : { error: [], result };
  }

  private result(endpoint: string, query: URLSearchParams): object {
    const { line, time, status } = this.setup;
    switch (endpoint) {
      case 'Time':
        return { unixtime: Math.floor(time() / 1000), rfc1123: rfc1123(time()) };
      case 'SystemStatus':
        return { status: status(), timestamp: `${new Date(time()).toISOString().slice(0, 19)}Z` };
      case 'Assets':
        return this.assets(query.get('asset'));
      case 'AssetPairs':
        return this.ofPairs(query.get('pair'), pairRow);
      case 'Ticker':
        return this.ofPairs(query.get('pair'), (pair) => tickerRow(pair, dayFigures(pair, line.now)));
      case 'OHLC':
        return this.ofPair(query, (pair) => this.candles(pair, query));
      case 'Trades':
        return this.ofPair(query, (pair) => this.trades(pair, query));
      case 'Depth':
        return this.ofPair(query, (pair) => this.depth(pair, query));
      default:
        return new Refusal(KRAKEN_ERRORS.unknownMethod);
    }
  }

  private ofPair(query: URLSearchParams, result: (pair: Pair) => object): object {
    const pair = this.setup.pairs.find(query.get('pair') ?? '');
    return pair === undefined ? new Refusal(KRAKEN_ERRORS.unknownPair) : result(pair);
  }

  private assets(names: string | null): object {
    const all = new Map<string, Asset>();
    for (const { base, quote } of this.setup.pairs.all) all.set(base.id, base).set(quote.id, quote);
    const assets = [...all.values()];
    const asked = names?.split(',') ?? [...all.keys()];
    const named = asked.map((name) => assets.find(({ id, altname }) => id === name || altname === name));
    if (!named.every((asset) => asset !== undefined)) return new Refusal(KRAKEN_ERRORS.unknownAsset);
    return Object.fromEntries(named.map((asset) => [asset.id, assetRow(asset)]));
  }

  /** One row for each named pair, or for all of them. */
  private ofPairs(names: string | null, row: (pair: Pair) => object): object {
    const { pairs } = this.setup;
    const named = names?.split(',').map((name) => pairs.find(name)) ?? pairs.all;
    if (!named.every((pair) => pair !== undefined)) return new Refusal(KRAKEN_ERRORS.unknownPair);
    return Object.fromEntries(named.map((pair) => [pair.id, row(pair)]));
  }

  private candles(pair: Pair, query: URLSearchParams): object {
    const { line, pacer } = this.setup;
    const timeframe = KRAKEN_INTERVALS[Number(query.get('interval') ?? 1)];
    const since = Number(query.get('since') ?? 0) * 1000;
    if (timeframe === undefined || !Number.isSafeInteger(since)) return new Refusal(KRAKEN_ERRORS.invalidArguments);
    const duration = TIMEFRAME_MS[timeframe];
    pacer.asked(pair.series, timeframe, candleOpenTime(since as EpochMs, timeframe) + duration);
    const candles = listedCandles(pair.series, timeframe, since, line.now);
    // The market's own candles are longer than that.
    if (candles === undefined) return new Refusal(KRAKEN_ERRORS.invalidArguments);
    const committed = candleOpenTime(line.now, timeframe) - duration;
    return { [pair.id]: candles.map((candle) => candleRow(pair, timeframe, candle)), last: committed / 1000 };
  }

  private trades(pair: Pair, query: URLSearchParams): object {
    const since = query.get('since');
    const count = Number(query.get('count') ?? KRAKEN_TRADES);
    if (!/^\d{1,20}$/.test(since ?? '0') || !(count >= 1)) return new Refusal(KRAKEN_ERRORS.invalidArguments);
    const most = Math.min(count, this.setup.tradesPerPage);
    const after = nanosecondsOf(BigInt(since ?? 0));
    const found =
      since === null ? latestTrades(pair.series, most) : tradesAfter(pair.series, Number(after / NANOSECONDS), most);
    const last = found.at(-1);
    return {
      [pair.id]: found.map(({ at, price, quantity, side, id }) => [
        priceText(pair, price),
        Number(quantity).toFixed(LOT_DECIMALS),
        at / 1000,
        side === 'buy' ? 'b' : 's',
        'm',
        '',
        id,
      ]),
      last: String(last === undefined ? after : BigInt(last.at) * NANOSECONDS),
    };
  }

  private depth(pair: Pair, query: URLSearchParams): object {
    const { line } = this.setup;
    const count = Number(query.get('count') ?? USUAL_DEPTH);
    if (!Number.isInteger(count) || count < 1) return new Refusal(KRAKEN_ERRORS.invalidArguments);
    const book = bookAround(pair, pair.series.lastPrice(line.now), Math.min(count, KRAKEN_BOOK_LEVELS));
    const seconds = Math.floor(line.now / 1000);
    const rows = (levels: readonly Level[]) => levels.map(({ price, quantity }) => [price, quantity, seconds]);
    return { [pair.id]: { asks: rows(book.asks), bids: rows(book.bids) } };
  }
}

function nanosecondsOf(since: bigint): bigint {
  return since < LEAST_NANOSECONDS ? since * 1_000_000_000n : since;
}

/** "Tue, 11 Nov 25 00:17:04 +0000". */
function rfc1123(at: EpochMs): string {
  return new Date(at)
    .toUTCString()
    .replace(/ 20(\d\d) /, ' $1 ')
    .replace('GMT', '+0000');
}

function assetRow({ altname }: Asset): object {
  return { aclass: 'currency', altname, decimals: 10, display_decimals: 5, status: 'enabled' };
}

function pairRow({ altname, wsname, base, quote, decimals, least }: Pair): object {
  return {
    altname,
    wsname,
    aclass_base: 'currency',
    base: base.id,
    aclass_quote: 'currency',
    quote: quote.id,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: decimals,
    lot_decimals: LOT_DECIMALS,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.4]],
    fees_maker: [[0, 0.25]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: least,
    costmin: '0.5',
    tick_size: (10 ** -decimals).toFixed(decimals),
    status: 'online',
  };
}

/** Pairs of figures are of today and of the last 24 hours; the open is today's. */
function tickerRow(pair: Pair, { last, lastQuantity, day, today }: DayFigures): object {
  const { bids, asks } = bookAround(pair, last, 1);
  const best = (level: Level | undefined) => {
    const { price, quantity } = level ?? { price: priceText(pair, last), quantity: '0.000' };
    return [price, String(Math.ceil(Number(quantity))), Number(quantity).toFixed(3)];
  };
  const both = <Value>(of: (figures: Figures) => Value) => [of(today), of(day)];
  return {
    a: best(asks[0]),
    b: best(bids[0]),
    c: [priceText(pair, last), lastQuantity.toFixed(LOT_DECIMALS)],
    v: both(({ volume }) => volume.toFixed(LOT_DECIMALS)),
    p: both(({ mean }) => mean.toFixed(pair.decimals)),
    t: both(({ trades }) => trades),
    l: both(({ low }) => priceText(pair, low)),
    h: both(({ high }) => priceText(pair, high)),
    o: priceText(pair, today.open),
  };
}
