import { decimalOf, formatDecimal, type Quantity, quantity } from '#core/money.ts';
import type { TwinRequest } from '../twin.ts';
import { accountJson, positionJson } from './account-json.ts';
import { type Asset, assetJson, gridOf, lastPrice } from './assets.ts';
import { calendarJson, clockJson } from './calendar-json.ts';
import type { Desk } from './desk.ts';
import type { AlpacaOrder } from './order.ts';
import type { OrderJson } from './order-json.ts';
import { listOrders } from './order-listing.ts';
import { readOrder, readReplacement } from './order-terms.ts';
import { Refusal } from './refusal.ts';
import { nanosOf } from './stamps.ts';

/** What a route answers: JSON with HTTP 200, another status, or a refusal. */
export type Reply = Refusal | { readonly status: number; readonly json?: unknown };

type Route = (desk: Desk, request: TradingRequest) => Reply;

interface TradingRequest {
  readonly query: URLSearchParams;
  /** What the route's groups matched, decoded. */
  readonly key: string;
  readonly body: Buffer;
  /** Of the clock: market time, as far off as the service's clock is. */
  readonly clockOffMs: number;
}

const ACTIVITIES_PAGE = 100;

/** By method and path; the first that matches. */
const ROUTES: readonly (readonly [string, RegExp, Route])[] = [
  ['POST', /^\/v2\/orders$/, (desk, { body }) => submit(desk, body)],
  ['GET', /^\/v2\/orders$/, (desk, { query }) => ok(listOrders(desk, query))],
  ['DELETE', /^\/v2\/orders$/, (desk) => cancelAll(desk)],
  ['GET', /^\/v2\/orders:by_client_order_id$/, (desk, { query }) => byClientId(desk, query)],
  ['GET', /^\/v2\/orders\/([^/]+)$/, (desk, { key, query }) => oneOrder(desk, key, query.get('nested') === 'true')],
  ['PATCH', /^\/v2\/orders\/([^/]+)$/, (desk, { key, body }) => replace(desk, key, body)],
  ['DELETE', /^\/v2\/orders\/([^/]+)$/, (desk, { key }) => cancel(desk, key)],
  ['GET', /^\/v2\/positions$/, (desk) => ok(desk.holdings.positions.map((one) => positionJson(one, desk)))],
  ['DELETE', /^\/v2\/positions$/, (desk, { query }) => closeAll(desk, query.get('cancel_orders') === 'true')],
  ['GET', /^\/v2\/positions\/([^/]+)$/, (desk, { key }) => onePosition(desk, key)],
  ['DELETE', /^\/v2\/positions\/([^/]+)$/, (desk, { key, query }) => closePosition(desk, key, query)],
  ['GET', /^\/v2\/account$/, (desk) => ok(accountJson(desk, desk.id))],
  ['GET', /^\/v2\/account\/activities(?:\/FILL)?$/, (desk, { query }) => activities(desk, query)],
  ['GET', /^\/v2\/clock$/, (desk, { clockOffMs }) => ok(clockJson((desk.now + clockOffMs) as Desk['now']))],
  ['GET', /^\/v2\/calendar$/, (desk, { query }) => ok(calendarJson(query, desk.now))],
  ['GET', /^\/v2\/assets$/, (desk, { query }) => assets(desk, query)],
  ['GET', /^\/v2\/assets\/(.+)$/, (desk, { key }) => oneAsset(desk, key)],
];

/** Answers a request of an account; undefined when there is no such route. */
export function answerTrading(desk: Desk, request: TwinRequest, clockOffMs: number): Reply | undefined {
  for (const [method, path, route] of ROUTES) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match === null) continue;
    const key = decodeURIComponent(match[1] ?? '');
    return route(desk, { query: new URLSearchParams(request.query), key, body: request.body, clockOffMs });
  }
  return undefined;
}

function submit(desk: Desk, body: Buffer): Reply {
  const json = jsonOf(body);
  const terms = json instanceof Refusal ? json : readOrder(json);
  return terms instanceof Refusal ? terms : ok(desk.submit(terms));
}

function replace(desk: Desk, id: string, body: Buffer): Reply {
  const order = desk.orders.find(id);
  if (order === undefined) return noOrder(id);
  const json = jsonOf(body);
  const change = json instanceof Refusal ? json : readReplacement(json);
  return change instanceof Refusal ? change : ok(desk.replace(order, change));
}

function cancel(desk: Desk, id: string): Reply {
  const order = desk.orders.find(id);
  if (order === undefined) return noOrder(id);
  return desk.cancel(order) ?? { status: 204 };
}

/** What went with another order is told as well. */
function cancelAll(desk: Desk): Reply {
  const open = desk.open;
  const json = open.map((order) => {
    const refused = order.isOpen ? desk.cancel(order) : undefined;
    return { id: order.id, status: refused?.status ?? 200 };
  });
  return { status: 207, json };
}

function oneOrder(desk: Desk, id: string, isNested: boolean): Reply {
  const order = desk.orders.find(id);
  return shown(desk, order, id, isNested);
}

function byClientId(desk: Desk, query: URLSearchParams): Reply {
  const id = query.get('client_order_id') ?? '';
  return shown(desk, desk.orders.findByClientId(id), id, false);
}

function shown(desk: Desk, order: AlpacaOrder | undefined, id: string, isNested: boolean): Reply {
  const json: OrderJson | undefined = order && desk.life.shown(order, isNested);
  return json === undefined ? noOrder(id) : ok(json);
}

function onePosition(desk: Desk, key: string): Reply {
  const position = positionAt(desk, key);
  return position === undefined ? noPosition() : ok(positionJson(position, desk));
}

/** Closes a position, or a part of it, at the market. */
function closePosition(desk: Desk, key: string, query: URLSearchParams): Reply {
  const position = positionAt(desk, key);
  if (position === undefined) return noPosition();
  const size = sizeOf(position.quantity, query, desk, position.asset);
  return size instanceof Refusal ? size : close(desk, position.asset, position.quantity, size);
}

function closeAll(desk: Desk, cancelsOrders: boolean): Reply {
  if (cancelsOrders) for (const order of desk.open) if (order.isOpen) desk.cancel(order);
  const json = desk.holdings.positions.map(({ asset, quantity: held }) => {
    const reply = close(desk, asset, held, absolute(held));
    const body = reply instanceof Refusal ? reply.body : reply.json;
    return { symbol: asset.symbol, status: reply.status, body };
  });
  return { status: 207, json };
}

function close(desk: Desk, asset: Asset, held: Quantity, size: Quantity): Reply {
  const terms = readOrder({
    symbol: asset.symbol,
    side: held > 0n ? 'sell' : 'buy',
    type: 'market',
    time_in_force: asset.settings.class === 'crypto' ? 'gtc' : 'day',
    qty: formatDecimal(size),
  });
  return terms instanceof Refusal ? terms : ok(desk.submit(terms));
}

/** How much of a position is asked for: all of it where nothing is said. */
function sizeOf(held: Quantity, query: URLSearchParams, desk: Desk, asset: Asset): Quantity | Refusal {
  const [part, percentage] = [query.get('qty'), query.get('percentage')];
  if (part === null && percentage === null) return absolute(held);
  try {
    if (part !== null) return quantity(part);
    const grid = gridOf(asset, false, lastPrice(asset, desk.now));
    const size = (Number(formatDecimal(absolute(held))) * Number(decimalOf(Number(percentage)))) / 100;
    return grid.exactQuantity(grid.toLot(size));
  } catch (error) {
    if (error instanceof RangeError) return new Refusal('invalid', 'invalid qty or percentage');
    throw error;
  }
}

/** Pages go on after the id of the last row. */
function activities(desk: Desk, query: URLSearchParams): Reply {
  const size = Number(query.get('page_size') ?? ACTIVITIES_PAGE);
  if (!Number.isInteger(size) || size < 1 || size > ACTIVITIES_PAGE)
    return new Refusal('invalid', `page_size must be between 1 and ${ACTIVITIES_PAGE}`);
  const types = query.get('activity_types');
  if (types && !types.split(',').includes('FILL')) return ok([]);
  const [after, until] = ['after', 'until'].map((name) => nanosOf(query.get(name) ?? ''));
  const date = query.get('date');
  const found = desk.life.shownActivities().filter(({ at, json }) => {
    const isOn = date === null || String(json.transaction_time).startsWith(date);
    return isOn && (after === undefined || at > after) && (until === undefined || at < until);
  });
  const ordered = query.get('direction') === 'asc' ? found : found.toReversed();
  const last = ordered.findIndex(({ json }) => json.id === query.get('page_token'));
  return ok(ordered.slice(last + 1, last + 1 + size).map(({ json }) => json));
}

function assets(desk: Desk, query: URLSearchParams): Reply {
  const kind = query.get('asset_class');
  const status = query.get('status') ?? 'active';
  if (status !== 'active') return ok([]);
  const asked = desk.assets.all.filter(({ settings }) => !kind || settings.class === kind);
  return ok(asked.map((asset) => assetJson(asset, desk.now)));
}

function oneAsset(desk: Desk, key: string): Reply {
  const asset = desk.assets.find(key);
  return asset === undefined ? new Refusal('notFound', `asset not found for ${key}`) : ok(assetJson(asset, desk.now));
}

function positionAt(desk: Desk, key: string) {
  const asset = desk.assets.find(key);
  return asset && desk.holdings.position(asset);
}

function noOrder(id: string): Refusal {
  return new Refusal('notFound', `order not found for ${id}`);
}

function noPosition(): Refusal {
  return new Refusal('notFound', 'position does not exist');
}

function ok(json: unknown): Reply {
  return json instanceof Refusal ? json : { status: 200, json };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return new Refusal('invalid', 'request body format is invalid');
  }
}

function absolute(value: Quantity): Quantity {
  return (value < 0n ? -value : value) as Quantity;
}
