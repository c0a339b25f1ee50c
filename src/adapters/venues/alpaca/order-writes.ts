import type { MarketSymbol } from '#core/instruments.ts';
import { type CancelAnswer, type SubmitAnswer, VenueRefused, VenueUnavailable } from '#ports/venue.ts';
import type { PlaceAnswer, WireChange, WireOrder, WireOrderId } from '../broker.ts';
import type { AlpacaClient, Ask, Written } from './client.ts';
import { type AlpacaOrder, nextWireId } from './decode-order.ts';
import { readClock } from './market-clock.ts';
import type { OrderFamilies } from './order-families.ts';
import type { AlpacaOrders } from './orders.ts';
import { spelled, spelledChange, type Traded, unspeakable } from './spell-order.ts';
import type { AlpacaSymbols } from './symbols.ts';

export interface AlpacaOrderWritesParts {
  readonly client: AlpacaClient;
  readonly symbols: AlpacaSymbols;
  readonly orders: AlpacaOrders;
  readonly families: OrderFamilies;
}

/** Places, changes and cancels orders. A write answers and never throws. */
export class AlpacaOrderWrites {
  private readonly client: AlpacaClient;
  private readonly symbols: AlpacaSymbols;
  private readonly orders: AlpacaOrders;
  private readonly families: OrderFamilies;
  /** Orders that are on their way: until Alpaca has answered nobody knows which legs are theirs. */
  private readonly placing = new Set<Promise<unknown>>();

  constructor({ client, symbols, orders, families }: AlpacaOrderWritesParts) {
    this.client = client;
    this.symbols = symbols;
    this.orders = orders;
    this.families = families;
  }

  /** Resolves when Alpaca has answered the orders that are on their way. */
  async answered(): Promise<void> {
    await Promise.all(this.placing);
  }

  async place(order: WireOrder): Promise<PlaceAnswer> {
    const placed = this.placeOnce(order);
    this.placing.add(placed);
    try {
      return await placed;
    } finally {
      this.placing.delete(placed);
    }
  }

  async amend(id: WireOrderId, change: WireChange): Promise<SubmitAnswer> {
    const name = id.clientOrderId ?? id.venueOrderId;
    const order = await this.orders.find(id).catch(said);
    if (typeof order === 'string') return { kind: 'rejected', why: order };
    if (order?.report.state !== 'open') {
      return { kind: 'rejected', why: `Cannot amend order ${name} as it must be working at Alpaca: it is not` };
    }
    const { venueOrderId: orderId } = order.report;
    const clientOrderId = nextWireId(id.clientOrderId ?? orderId, order.wireClientId);
    const patchOrderRequest = { ...spelledChange(order, change), clientOrderId };
    const written = await this.client.write(
      'protect',
      ({ trading }, init) => trading.orders.patchOrderByOrderIdRaw({ orderId, patchOrderRequest }, init),
      (json) => this.orders.decode(json),
    );
    return answerOf(`amend order ${name}`, written);
  }

  async cancel(id: WireOrderId): Promise<CancelAnswer> {
    const known = id.venueOrderId === undefined ? await this.orders.find(id).catch(said) : undefined;
    if (typeof known === 'string') return { kind: 'unknown', why: known };
    const venueOrderId = known?.report.venueOrderId ?? id.venueOrderId;
    if (venueOrderId === undefined) return { kind: 'not-working' };
    const first = this.families.newest(venueOrderId);
    const answer = await this.cancelOne(first);
    if (answer.kind !== 'not-working') return answer;
    // It may go on as an order that nobody has told of yet.
    const now = await this.orders.find({ ...id, venueOrderId: first }).catch(said);
    if (typeof now === 'string') return { kind: 'unknown', why: now };
    if (now?.report.state !== 'open' || now.report.venueOrderId === first) return answer;
    return this.cancelOne(now.report.venueOrderId);
  }

  /** Alpaca would cancel those of every symbol at once. */
  async cancelAll(symbol: MarketSymbol): Promise<CancelAnswer> {
    const open = await this.orders.open(symbol).catch(said);
    if (typeof open === 'string') return { kind: 'unknown', why: open };
    let all: CancelAnswer = { kind: 'not-working' };
    for (const { venueOrderId } of open) {
      const answer = await this.cancelOne(venueOrderId);
      if (answer.kind === 'unknown') return answer;
      if (answer.kind === 'canceled') all = answer;
    }
    return all;
  }

  private async placeOnce(order: WireOrder): Promise<PlaceAnswer> {
    const { symbol, clientOrderId } = order;
    const wire = this.symbols.wire(symbol);
    if (wire === undefined) return notPlaced(symbol, 'Alpaca must have it as a share or a coin for USD: it has not');
    const traded = { wire, isCoin: this.symbols.isCoin(symbol) };
    const obstacle = unspeakable(order, traded) ?? (await this.closed(order, traded));
    if (obstacle !== undefined) return notPlaced(symbol, obstacle);
    const postOrderRequest = spelled(order, traded);
    const ask: Ask = ({ trading }, init) => trading.orders.postOrderRaw({ postOrderRequest }, init);
    const send = () =>
      this.client.write(order.reduceOnly ? 'protect' : 'write', ask, (json) => this.orders.decode(json));
    const id: WireOrderId = { symbol, clientOrderId, venueOrderId: undefined };
    const first = await send();
    if (first.kind !== 'limited') return this.placed(id, first);
    // Nobody looked at it. That it is not there is seen to all the same before it is sent once more, under the same id.
    return (await this.found(id)) ?? this.placed(id, await send());
  }

  /** Why an order for now would not be one, as the end of a sentence: at night it would wait for the next morning's price. */
  private async closed({ type, reduceOnly }: WireOrder, { isCoin }: Traded): Promise<string | undefined> {
    if (isCoin || reduceOnly || type !== 'market') return undefined;
    const clock = await readClock(this.client).catch(said);
    if (typeof clock === 'string') return `it would not be safe. ${clock}`;
    return clock.isOpen
      ? undefined
      : 'its market must be open for an order at the market: it is closed; wait for the session, or use a limit';
  }

  private async placed(id: WireOrderId, written: Written<AlpacaOrder | undefined>): Promise<PlaceAnswer> {
    if (written.kind === 'done' && written.value !== undefined)
      return { kind: 'accepted', venueOrderId: written.value.report.venueOrderId };
    if (written.kind === 'failed' && written.failure.meaning === 'duplicate') {
      const why = 'its id was used before, and Alpaca does not show the order of this id yet';
      return (await this.found(id)) ?? { kind: 'unknown', why };
    }
    const answer = answerOf(`place order on "${id.symbol}"`, written);
    return answer.kind === 'accepted' ? { kind: 'unknown', why: 'Alpaca did not say which order it is' } : answer;
  }

  /** The order of this id, as an answer; undefined when there is none, unknown when that cannot be told. */
  private async found(id: WireOrderId): Promise<PlaceAnswer | undefined> {
    const order = await this.orders.find(id).catch(said);
    if (typeof order === 'string') return { kind: 'unknown', why: order };
    return order && { kind: 'accepted', venueOrderId: order.report.venueOrderId };
  }

  private async cancelOne(orderId: string): Promise<CancelAnswer> {
    const written = await this.client.write(
      'protect',
      ({ trading }, init) => trading.orders.deleteOrderByOrderIDRaw({ orderId }, init),
      () => undefined,
    );
    if (written.kind === 'done') return { kind: 'canceled' };
    if (written.kind !== 'failed') return { kind: 'unknown', why: written.why };
    const { meaning, message } = written.failure;
    return meaning === 'gone' || meaning === 'absent' ? { kind: 'not-working' } : { kind: 'unknown', why: message };
  }
}

/** The sentence of a read that failed. @throws anything else */
function said(error: unknown): string {
  if (error instanceof VenueUnavailable || error instanceof VenueRefused) return error.message;
  throw error;
}

function notPlaced(symbol: MarketSymbol, why: string): PlaceAnswer {
  return { kind: 'rejected', why: `Cannot place order on "${symbol}" as ${why}` };
}

/** @param what Ends the sentence "Cannot ...". */
function answerOf(what: string, written: Written<unknown>): SubmitAnswer {
  if (written.kind === 'done') return { kind: 'accepted' };
  if (written.kind === 'unknown') return { kind: 'unknown', why: written.why };
  if (written.kind !== 'failed')
    return { kind: 'rejected', why: `Cannot ${what} as it could not leave. ${written.why}` };
  const { message, code } = written.failure;
  return { kind: 'rejected', why: `Cannot ${what} as ${message}`, code: String(code) };
}
