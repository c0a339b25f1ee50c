import type { MarketSymbol } from '#core/instruments.ts';
import { type OrderReport, VenueUnavailable } from '#ports/venue.ts';
import type { WireOrderId } from '../broker.ts';
import type { AlpacaClient, Ask } from './client.ts';
import { rowsOf } from './decode.ts';
import { type AlpacaOrder, isOurId, orderFrom } from './decode-order.ts';
import type { OrderFamilies } from './order-families.ts';
import type { AlpacaSymbols } from './symbols.ts';

const MOST_PER_PAGE = 500;
const MOST_PAGES = 50;
/** No order is changed so often; a chain that goes round is. */
const MOST_REPLACED = 1000;
/** An entry and its legs are made at once. */
const MADE_TOGETHER_MS = 1_000;

/** Reads orders, and finds out what belongs together. Every read throws VenueUnavailable or VenueRefused. */
export class AlpacaOrders {
  private readonly client: AlpacaClient;
  private readonly symbols: AlpacaSymbols;
  private readonly families: OrderFamilies;

  constructor(client: AlpacaClient, symbols: AlpacaSymbols, families: OrderFamilies) {
    this.client = client;
    this.symbols = symbols;
    this.families = families;
  }

  /** What works now. Legs that are held do not. */
  async open(symbol: MarketSymbol): Promise<OrderReport[]> {
    const wire = this.symbols.wire(symbol);
    if (wire === undefined) return [];
    const orders = await this.list(`open orders of ${symbol}`, { status: 'open', symbols: wire });
    const working = orders
      .flatMap((order) => [order, ...order.legs])
      .filter(({ report, status }) => report.symbol === symbol && isWorking(report.state, status));
    return Promise.all(working.map((order) => this.told(order)));
  }

  /** An order as it goes on now. @returns undefined when Alpaca has none of this id, or holds it back. */
  async find(id: WireOrderId): Promise<AlpacaOrder | undefined> {
    let order = await this.one(id);
    for (let k = 0; order?.status === 'replaced' && order.replacedBy !== undefined; k++) {
      if (k === MOST_REPLACED) throw goesRound('an order', 'replacements');
      order = await this.byId(order.replacedBy);
    }
    return order === undefined || order.status === 'held' || order.status === 'replaced' ? undefined : order;
  }

  /** The order with the entry that it is a leg of, which is asked for where it is not known. */
  async told(order: AlpacaOrder): Promise<OrderReport> {
    if (this.isUnknownLeg(order)) await this.findEntry(order);
    return this.families.report(order);
  }

  /** Whether it is a leg of which nobody knows the entry. */
  isUnknownLeg({ isOfBracket, wireClientId, report }: AlpacaOrder): boolean {
    const isOurs = wireClientId !== undefined && isOurId(wireClientId);
    return isOfBracket && !isOurs && !this.families.knows(report.venueOrderId);
  }

  /** Reads an order of an answer, and learns what it belongs to. @throws AnswerRefused */
  decode(json: unknown): AlpacaOrder | undefined {
    const order = orderFrom(json, this.symbols);
    if (order !== undefined) this.families.learn(order);
    return order;
  }

  private one({ venueOrderId, clientOrderId }: WireOrderId): Promise<AlpacaOrder | undefined> {
    if (venueOrderId !== undefined) return this.byId(this.families.newest(venueOrderId));
    if (clientOrderId === undefined) throw new TypeError('An order is asked for without an id');
    return this.client.readIfThere(
      'an order',
      ({ trading }, init) => trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }, init),
      (json) => this.decode(json),
    );
  }

  private byId(orderId: string): Promise<AlpacaOrder | undefined> {
    return this.client.readIfThere(
      'an order',
      ({ trading }, init) => trading.orders.getOrderByOrderIDRaw({ orderId, nested: true }, init),
      (json) => this.decode(json),
    );
  }

  private async findEntry(leg: AlpacaOrder): Promise<void> {
    let first = leg;
    for (let k = 0; first.replaces !== undefined && k < MOST_REPLACED; k++) {
      const before = await this.byId(first.replaces);
      if (before === undefined) break;
      first = before;
    }
    const made = {
      after: timeText(first.createdAt - MADE_TOGETHER_MS),
      until: timeText(first.createdAt + MADE_TOGETHER_MS),
    };
    const wire = this.symbols.wire(leg.report.symbol);
    await this.list('the entry of a leg', { status: 'all', ...(wire !== undefined && { symbols: wire }), ...made });
    // The replacements know it from the first one now.
    this.families.learn(first);
    this.families.learn(leg);
    if (!this.families.knows(leg.report.venueOrderId)) this.families.isAlone(leg.report.venueOrderId);
  }

  /** All orders of a listing, newest first. */
  private async list(what: string, filter: OrderFilter): Promise<AlpacaOrder[]> {
    const all: AlpacaOrder[] = [];
    for (let beforeOrderId: string | undefined, page = 0; ; page++) {
      if (page === MOST_PAGES) throw goesRound(what, 'pages');
      const before = beforeOrderId;
      const ask: Ask = ({ trading }, init) =>
        trading.orders.getAllOrdersRaw(
          {
            ...filter,
            nested: true,
            limit: MOST_PER_PAGE,
            direction: 'desc',
            ...(before && { beforeOrderId: before }),
          },
          init,
        );
      const rows = await this.client.read(what, ask, (json) =>
        rowsOf(json, what).map((row) => ({ row, order: this.decode(row) })),
      );
      all.push(...rows.map(({ order }) => order).filter((order) => order !== undefined));
      if (rows.length < MOST_PER_PAGE) return all;
      beforeOrderId = String(Reflect.get(rows.at(-1)!.row as object, 'id'));
    }
  }
}

interface OrderFilter {
  readonly status: 'open' | 'all';
  readonly symbols?: string;
  readonly after?: string;
  readonly until?: string;
}

function isWorking(state: OrderReport['state'], status: AlpacaOrder['status']): boolean {
  return state === 'open' && status !== 'held' && status !== 'replaced';
}

function goesRound(what: string, parts: string): VenueUnavailable {
  return new VenueUnavailable(`Cannot read ${what} of Alpaca as its ${parts} must end: they go round`);
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
