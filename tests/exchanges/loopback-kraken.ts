import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TIMEFRAME_MS, timeframeOf } from '#core/time.ts';
import { candlesFrom, tradesFrom } from './kraken-prices.ts';

const REACH = 720;
const NS = 1_000_000n;

/** What goes wrong with an answer: what Kraken says, what a proxy says, or what a network does. */
export type Mishap = 'too many requests' | 'HTTP 503' | 'cut' | 'no candles' | 'HTML' | 'silence';

/** Pairs as Kraken lists them. */
const PAIRS: Readonly<Record<string, { readonly wsname: string; readonly base: string; readonly quote: string }>> = {
  XBTUSDT: { wsname: 'XBT/USDT', base: 'XXBT', quote: 'USDT' },
  ETHUSDT: { wsname: 'ETH/USDT', base: 'XETH', quote: 'USDT' },
  SOLUSDT: { wsname: 'SOL/USDT', base: 'SOL', quote: 'USDT' },
  XXBTZUSD: { wsname: 'XBT/USD', base: 'XXBT', quote: 'ZUSD' },
};

/**
 * Kraken's public REST API on loopback, as its documentation has it: errors come with HTTP 200, candles reach back 720
 * and end with the open one, trades reach back for ever. Prices are invented.
 */
export class LoopbackKraken {
  /** What was asked: "OHLC?pair=XBTUSDT&interval=1", with the time it came. */
  readonly asked: { readonly what: string; readonly at: number }[] = [];
  /** What its clock shows, UTC ms. */
  now: () => number;
  /** ms that each answer takes. */
  delayMs = 0;
  /** When its first trade was, UTC ms. */
  listedSince = 0;
  /** Trades of a page, at most 1,000. */
  tradesPerPage = 1000;
  private readonly server: Server;
  private readonly mishaps: Mishap[] = [];
  private isDown = false;

  private constructor(now: () => number) {
    this.now = now;
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async open(now: () => number = Date.now): Promise<LoopbackKraken> {
    const kraken = new LoopbackKraken(now);
    await new Promise<void>((resolve) => kraken.server.listen(0, '127.0.0.1', resolve));
    return kraken;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next answers go wrong, one after another. */
  fail(...mishaps: Mishap[]): void {
    this.mishaps.push(...mishaps);
  }

  /** Every connection is cut until it is up again. */
  set down(isDown: boolean) {
    this.isDown = isDown;
    if (isDown) this.server.closeAllConnections();
  }

  /** What was asked of one endpoint. */
  askedOf(endpoint: string): URLSearchParams[] {
    const paths = this.asked.filter(({ what }) => what.startsWith(endpoint));
    return paths.map(({ what }) => new URLSearchParams(what.slice(endpoint.length + 1)));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search, searchParams } = new URL(request.url!, this.address);
    const endpoint = pathname.replace('/0/public/', '');
    this.asked.push({ what: endpoint + search, at: Date.now() });
    if (this.isDown) {
      request.socket.destroy();
      return;
    }
    const mishap = this.mishaps.shift();
    if (mishap) goWrong(mishap, response);
    else setTimeout(() => json(response, 200, this.bodyOf(endpoint, searchParams)), this.delayMs);
  }

  private bodyOf(endpoint: string, query: URLSearchParams): object {
    switch (endpoint) {
      case 'Time':
        return good({ unixtime: Math.floor(this.now() / 1000), rfc1123: new Date(this.now()).toUTCString() });
      case 'Assets':
        return good({
          XXBT: asset('XBT'),
          XETH: asset('ETH'),
          SOL: asset('SOL'),
          USDT: asset('USDT'),
          ZUSD: asset('USD'),
        });
      case 'AssetPairs':
        return good(Object.fromEntries(Object.keys(PAIRS).map((id) => [id, pairOf(id)])));
      case 'OHLC':
        return this.candles(query);
      case 'Ticker':
        return this.tickers(query);
      case 'Trades':
        return this.trades(query);
      default:
        return bad('EGeneral:Unknown method');
    }
  }

  private candles(query: URLSearchParams): object {
    const pair = query.get('pair') ?? '';
    const durationMs = Number(query.get('interval') ?? 1) * TIMEFRAME_MS['1m'];
    const timeframe = timeframeOf(durationMs);
    if (!PAIRS[pair]) return bad('EQuery:Unknown asset pair');
    if (!timeframe) return bad('EGeneral:Invalid arguments');
    const now = this.now();
    const running = Math.floor(now / durationMs) * durationMs;
    const since = Number(query.get('since') ?? 0) * 1000;
    const from = Math.min(running, Math.max(running - (REACH - 1) * durationMs, since + 1));
    const candles = candlesFrom(pair, timeframe, from, running + durationMs, now);
    const rows = candles.map(({ openTime, open, high, low, close, volume }) => [
      openTime / 1000,
      ...[open, high, low, close].map((price) => price.toFixed(1)),
      '0.0',
      volume.toFixed(8),
      1,
    ]);
    return good({ [pair]: rows, last: running / 1000 - durationMs / 1000 });
  }

  private tickers(query: URLSearchParams): object {
    const pairs = (query.get('pair') ?? '').split(',');
    if (pairs.some((pair) => !PAIRS[pair])) return bad('EQuery:Unknown asset pair');
    return good(Object.fromEntries(pairs.map((pair) => [pair, tickerOf(lastPriceOf(pair, this.now()))])));
  }

  private trades(query: URLSearchParams): object {
    const pair = query.get('pair') ?? '';
    if (!PAIRS[pair]) return bad('EQuery:Unknown asset pair');
    const since = BigInt(query.get('since') ?? 0);
    const most = Math.min(Number(query.get('count') ?? 1000), this.tradesPerPage);
    const found = tradesFrom(pair, Math.max(Number(since / NS) + 1, this.listedSince), this.now(), most);
    const rows = found.map(({ at, price, amount }, k) => {
      return [price.toFixed(1), amount.toFixed(8), at / 1000, 'b', 'l', '', k + 1];
    });
    const last = found.length === 0 ? since : BigInt(found.at(-1)!.at) * NS;
    return good({ [pair]: rows, last: String(last) });
  }
}

/** The last price that was traded. */
export function lastPriceOf(pair: string, now: number): number {
  return tradesFrom(pair, now - 60 * TIMEFRAME_MS['1m'], now, Number.POSITIVE_INFINITY).at(-1)!.price;
}

/** The book stands a tick around the last price. */
function tickerOf(last: number): object {
  const [ask, bid] = [(last + 0.1).toFixed(1), (last - 0.1).toFixed(1)];
  const day = (value: string) => [value, value];
  return {
    a: [ask, '1', '1.000'],
    b: [bid, '1', '1.000'],
    c: [last.toFixed(1), '0.01000000'],
    v: day('100.0'),
    p: day(last.toFixed(1)),
    t: [10, 20],
    l: day(bid),
    h: day(ask),
    o: bid,
  };
}

function goWrong(mishap: Mishap, response: ServerResponse): void {
  switch (mishap) {
    case 'too many requests':
      json(response, 200, bad('EGeneral:Too many requests'));
      break;
    case 'HTTP 503':
      json(response, 503, bad('EService:Unavailable'));
      break;
    case 'HTML':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Please sign in to this network.</html>');
      break;
    case 'no candles':
      json(
        response,
        200,
        good({ XBTUSDT: [[Math.floor(Date.now() / 3_600_000) * 3600, 'x', 'y', 'z', '1', '1', '1', 1]] }),
      );
      break;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"error":[],');
      setTimeout(() => response.destroy(), 10);
      break;
    case 'silence':
      break;
  }
}

const good = (result: object) => ({ error: [], result });
const bad = (error: string) => ({ error: [error] });
const asset = (altname: string) => ({
  aclass: 'currency',
  altname,
  decimals: 10,
  display_decimals: 5,
  status: 'enabled',
});

function pairOf(id: string): object {
  const { wsname, base, quote } = PAIRS[id]!;
  return {
    altname: wsname.replace('/', ''),
    wsname,
    aclass_base: 'currency',
    base,
    aclass_quote: 'currency',
    quote,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: 1,
    lot_decimals: 8,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.4]],
    fees_maker: [[0, 0.25]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: '0.00005',
    costmin: '5',
    tick_size: '0.1',
    status: 'online',
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
