import { ALPACA_FINAL_STATUSES } from '#protocols/alpaca.ts';
import type { Desk } from './desk.ts';
import type { AlpacaOrder } from './order.ts';
import type { OrderJson } from './order-json.ts';
import { Refusal } from './refusal.ts';
import { nanosOf } from './stamps.ts';

const LIMIT = 50;
const MOST = 500;

interface Shown {
  readonly order: AlpacaOrder;
  readonly json: OrderJson;
}

/** Answers `GET /v2/orders`. */
export function listOrders(desk: Desk, query: URLSearchParams): readonly OrderJson[] | Refusal {
  const limit = Number(query.get('limit') ?? LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    return new Refusal('invalid', `limit must be between 1 and ${MOST}`);
  const status = query.get('status') ?? 'open';
  if (!['open', 'closed', 'all'].includes(status)) return new Refusal('invalid', 'invalid status');
  const times = timesOf(query);
  if (times instanceof Refusal) return times;
  const isNested = query.get('nested') === 'true';
  const shown = desk.orders.all
    .map((order) => ({ order, json: desk.life.shown(order, isNested) }))
    .filter((one): one is Shown => one.json !== undefined)
    .filter(({ json }) => status === 'all' || isFinal(json) === (status === 'closed'))
    .filter(({ order }) => times.holds(order.made.createdAt))
    .filter(({ json }) => isAsked(json, query));
  const found = isNested ? withoutLegs(shown) : shown;
  const ordered = query.get('direction') === 'asc' ? found : found.toReversed();
  return between(ordered, query)
    .slice(0, limit)
    .map(({ json }) => json);
}

/** Both ends are left out. */
function timesOf(query: URLSearchParams): { holds(at: bigint): boolean } | Refusal {
  const [after, until] = ['after', 'until'].map((name) => nanosOf(query.get(name) ?? ''));
  for (const [name, read] of [
    ['after', after],
    ['until', until],
  ] as const) {
    if (query.has(name) && read === undefined) return new Refusal('invalid', `invalid ${name}`);
  }
  return { holds: (at) => (after === undefined || at > after) && (until === undefined || at < until) };
}

function isAsked(json: OrderJson, query: URLSearchParams): boolean {
  const symbols = query.get('symbols');
  const side = query.get('side');
  const kind = query.get('asset_class');
  return (
    (!symbols || symbols.split(',').includes(String(json.symbol))) &&
    (!side || json.side === side) &&
    (!kind || json.asset_class === kind)
  );
}

function isFinal({ status }: OrderJson): boolean {
  return ALPACA_FINAL_STATUSES.some((final) => final === status);
}

/** A leg stands in its parent, where that is there. */
function withoutLegs(shown: readonly Shown[]): readonly Shown[] {
  const there = new Set(shown.map(({ order }) => order));
  return shown.filter(({ order }) => order.parent === undefined || !there.has(order.parent));
}

/** By the ids of orders that were there before. */
function between(ordered: readonly Shown[], query: URLSearchParams): readonly Shown[] {
  const numberOf = (id: string | null) => ordered.find(({ order }) => order.id === id)?.order.made.number;
  const before = numberOf(query.get('before_order_id'));
  const after = numberOf(query.get('after_order_id'));
  return ordered.filter(({ order }) => {
    const { number } = order.made;
    return (before === undefined || number < before) && (after === undefined || number > after);
  });
}
