import type { EpochMs } from '#core/time.ts';
import {
  ALPACA_CRYPTO_LOCATIONS,
  ALPACA_PAGE_DEFAULT,
  ALPACA_PAGE_LIMIT,
  ALPACA_SIP_DELAY_MS,
  ALPACA_SIP_REFUSAL,
} from '#protocols/alpaca-data.ts';
import type { TwinRequest } from '../twin.ts';
import type { Asset, Assets } from './assets.ts';
import { barPage } from './bar-pages.ts';
import { type BarTimeframe, barTimeframe } from './bar-timeframe.ts';
import { type BarRange, barGrid, barJson } from './bars.ts';
import { bookJson, latestBar, quoteJson, snapshotJson, tradeJson } from './market-data.ts';
import { msFrom, nanosOf } from './stamps.ts';

/** What the data service answers; its errors have no code. */
export interface DataReply {
  readonly status: number;
  readonly json: unknown;
}

/** What it looks at. */
export interface DataWorld {
  readonly assets: Assets;
  now(): EpochMs;
  /** A client asks for bars of an asset from there on: in lock-step, market time may move on first. */
  asked(asset: Asset, until: number): void;
}

const STOCKS = /^\/v2\/stocks(?:\/([^/]+))?\/(bars|trades|quotes|snapshots?)(\/latest)?$/;
const CRYPTO = /^\/v1beta3\/crypto\/([^/]+)\/(latest\/)?(bars|trades|quotes|orderbooks|snapshots)$/;
const PAIR = /^[A-Z0-9]+x?\/[A-Z]+$/;

/** Whether a path is of the data service. */
export function isDataPath(path: string): boolean {
  return path.startsWith('/v2/stocks/') || path.startsWith('/v1beta3/crypto/');
}

/** Whether it is answered without keys. */
export function isOpenToAll(path: string): boolean {
  return path.startsWith('/v1beta3/crypto/');
}

/** Answers a request for market data; undefined when there is no such route. */
export function answerData(world: DataWorld, { method, path, query: raw }: TwinRequest): DataReply | undefined {
  if (method !== 'GET') return undefined;
  const query = new URLSearchParams(raw);
  const [, symbol, stockKind, stockLatest] = STOCKS.exec(path) ?? [];
  if (stockKind !== undefined) {
    const kind = stockKind === 'snapshot' ? 'snapshots' : stockKind;
    return stocks(world, {
      kind,
      isLatest: stockLatest !== undefined,
      query,
      only: symbol && decodeURIComponent(symbol),
    });
  }
  const [, location, latest, kind] = CRYPTO.exec(path) ?? [];
  if (kind === undefined || !ALPACA_CRYPTO_LOCATIONS.some((one) => one === location)) return undefined;
  return crypto(world, { kind, isLatest: latest !== undefined, query, only: undefined });
}

interface DataRequest {
  readonly kind: string;
  readonly isLatest: boolean;
  readonly query: URLSearchParams;
  /** The symbol in the path, whose answer has another shape. */
  readonly only: string | undefined;
}

function stocks(world: DataWorld, request: DataRequest): DataReply | undefined {
  const { kind, isLatest, query, only } = request;
  const symbols = only === undefined ? symbolsIn(query) : [only];
  if (symbols.length === 0) return invalid('symbols is required');
  const assets = found(world, symbols, 'us_equity');
  const isOfNow = isLatest || kind === 'snapshots';
  if (query.get('feed') === 'sip' && (isOfNow || endOf(query, world.now()) > world.now() - ALPACA_SIP_DELAY_MS))
    return { status: 403, json: { message: ALPACA_SIP_REFUSAL } };
  if (kind === 'snapshots') {
    const shown = each(assets, (asset) => snapshotJson(asset, world.now()));
    return only === undefined ? ok(shown) : one(only, shown[only] as object | undefined);
  }
  if (isLatest) return latestReply(world, assets, request);
  return kind === 'bars' ? bars(world, assets, request) : undefined;
}

function crypto(world: DataWorld, request: DataRequest): DataReply | undefined {
  const { kind, isLatest, query } = request;
  const symbols = symbolsIn(query);
  if (symbols.length === 0) return invalid('symbols is required');
  const wrong = symbols.find((symbol) => !PAIR.test(symbol));
  if (wrong !== undefined) return invalid(`invalid symbol: ${wrong} does not match ^[A-Z]+x?/[A-Z]+$`);
  const assets = found(world, symbols, 'crypto');
  if (kind === 'snapshots') return ok({ snapshots: each(assets, (asset) => snapshotJson(asset, world.now())) });
  if (isLatest) return latestReply(world, assets, request);
  if (kind === 'trades') {
    const trades = each(assets, (asset) => [tradeJson(asset, world.now())]);
    return ok({ trades, next_page_token: null });
  }
  return kind === 'bars' ? bars(world, assets, request) : undefined;
}

function latestReply(world: DataWorld, assets: readonly Asset[], { kind, only }: DataRequest): DataReply {
  const now = world.now();
  const shown = each(assets, (asset) => {
    if (kind === 'quotes') return quoteJson(asset, now);
    if (kind === 'trades') return tradeJson(asset, now);
    if (kind === 'orderbooks') return bookJson(asset, now);
    const bar = latestBar(asset, now);
    return bar && barJson(bar);
  });
  return only === undefined ? ok({ [kind]: shown }) : ok({ symbol: only, [kind.slice(0, -1)]: shown[only] ?? null });
}

function bars(world: DataWorld, assets: readonly Asset[], { query, only }: DataRequest): DataReply {
  const timeframe = barTimeframe(query.get('timeframe') ?? '');
  if (timeframe === undefined) return invalid(`invalid timeframe: ${query.get('timeframe') ?? ''}`);
  const limit = Number(query.get('limit') ?? ALPACA_PAGE_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1) return invalid('invalid limit');
  if (limit > ALPACA_PAGE_LIMIT)
    return invalid(`invalid limit: larger than the allowed maximum of ${ALPACA_PAGE_LIMIT}`);
  const from = startOf(query, world.now());
  if (Number.isNaN(from)) return invalid('invalid start');
  if (Number.isNaN(endOf(query, 0))) return invalid('invalid end');
  tell(world, assets, timeframe, { from, to: endOf(query, world.now()) });
  const range = { from, to: endOf(query, world.now()) };
  if (range.to < range.from) return invalid('end should not be before start');
  const isNewestFirst = query.get('sort') === 'desc';
  const token = query.get('page_token') ?? undefined;
  const page = barPage({ assets, timeframe, range, isNewestFirst, limit, token });
  if (page === undefined) return invalid('invalid page_token');
  const next_page_token = page.nextToken;
  if (only === undefined) return ok({ bars: page.bars, next_page_token });
  return ok({ symbol: only, bars: page.bars[only] ?? null, next_page_token });
}

/**
 * A client that asks for the running bar has done all that it had to do before it. Asking from the end of a session on means
 * the next one's first bar.
 */
function tell(world: DataWorld, assets: readonly Asset[], timeframe: BarTimeframe, { from, to }: BarRange): void {
  const [asset] = assets;
  if (asset === undefined || timeframe.unit === 'month') return;
  const { candles, openTime } = asset.series;
  if (!Number.isFinite(openTime)) return;
  const grid = barGrid(asset, timeframe);
  const running = grid.startOf(openTime);
  const last = candles.length === 0 ? -1 : grid.startOf(candles.openTimeAt(candles.length - 1));
  const isAsked = from === running || (from > last && from < running);
  if (isAsked && to >= Math.min(running, world.now())) world.asked(asset, grid.endOf(openTime));
}

function found({ assets }: DataWorld, symbols: readonly string[], kind: string): readonly Asset[] {
  const all = symbols.map((symbol) => assets.find(symbol)).filter((asset) => asset !== undefined);
  return all.filter(({ settings }) => settings.class === kind);
}

function each(assets: readonly Asset[], shown: (asset: Asset) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(assets.map((asset) => [asset.symbol, shown(asset)]));
}

function symbolsIn(query: URLSearchParams): readonly string[] {
  return (query.get('symbols') ?? '').split(',').filter((symbol) => symbol !== '');
}

/** The start of the day, where nothing is said. NaN when it is no time. */
function startOf(query: URLSearchParams, now: EpochMs): number {
  const text = query.get('start');
  return text === null ? now - (now % 86_400_000) : timeIn(text);
}

function endOf(query: URLSearchParams, now: number): number {
  const text = query.get('end');
  return text === null ? now : timeIn(text);
}

function timeIn(text: string): number {
  const at = nanosOf(text);
  return at === undefined ? Number.NaN : msFrom(at);
}

function one(symbol: string, shown: object | undefined): DataReply {
  return shown === undefined
    ? { status: 404, json: { message: `no snapshot found for ${symbol}` } }
    : ok({ symbol, ...shown });
}

function ok(json: unknown): DataReply {
  return { status: 200, json };
}

function invalid(message: string): DataReply {
  return { status: 400, json: { message } };
}
