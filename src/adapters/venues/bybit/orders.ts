import type { MarketSymbol } from '#core/instruments.ts';
import type { OrderReport } from '#ports/venue.ts';
import type { WireOrderId } from '../broker.ts';
import type { Ask, BybitClient } from './client.ts';
import { rowsOf } from './decode.ts';
import { orderFrom } from './decode-order.ts';
import { allRows } from './pages.ts';
import { wireSymbol } from './symbols.ts';

const MOST_PER_PAGE = 50;

/** @throws VenueUnavailable, VenueRefused */
export async function readOpenOrders(client: BybitClient, symbol: MarketSymbol): Promise<OrderReport[]> {
  const wire = wireSymbol(symbol);
  if (wire === undefined) return [];
  const params = { category: 'linear', symbol: wire, openOnly: 0, limit: MOST_PER_PAGE } as const;
  const orders = await allRows(
    client,
    `open orders of ${symbol}`,
    'queries',
    (cursor) => (rest) => rest.getActiveOrders({ ...params, ...(cursor !== undefined && { cursor }) }),
    orderFrom,
  );
  return orders.filter(({ state }) => state === 'open');
}

/**
 * One order, wherever Bybit keeps it: those that work and the last ones that ended come from one place, older ones from
 * another.
 *
 * @returns undefined when it has none of this id now: one that was canceled without a fill is kept for a day only.
 * @throws VenueUnavailable, VenueRefused
 */
export async function readOrder(client: BybitClient, id: WireOrderId): Promise<OrderReport | undefined> {
  const wire = wireSymbol(id.symbol);
  if (wire === undefined) return undefined;
  const params = { category: 'linear', symbol: wire, ...wireId(id) } as const;
  return (
    (await readOne(client, id, (rest) => rest.getActiveOrders(params))) ??
    (await readOne(client, id, (rest) => rest.getHistoricOrders(params)))
  );
}

/** By the venue's id where it is known, by ours otherwise. */
export function wireId({ venueOrderId, clientOrderId }: WireOrderId) {
  if (venueOrderId !== undefined) return { orderId: venueOrderId };
  if (clientOrderId !== undefined) return { orderLinkId: clientOrderId };
  throw new TypeError('An order is asked for without an id');
}

function readOne(client: BybitClient, id: WireOrderId, ask: Ask): Promise<OrderReport | undefined> {
  const isIt = (order: OrderReport | undefined) =>
    id.venueOrderId === undefined ? order?.clientOrderId === id.clientOrderId : order?.venueOrderId === id.venueOrderId;
  return client.read('an order', 'queries', ask, (result) => rowsOf(result, 'orders').rows.map(orderFrom).find(isIt), {
    absent: ({ meaning }) => meaning === 'gone',
  });
}
