import type { MarketSymbol } from '#core/bots.ts';
import type { FeeRates } from '#core/instruments.ts';
import { type Money, quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import {
  type CancelAnswer,
  type Capabilities,
  type FillPage,
  type OrderReport,
  type SubmitAnswer,
  type VenueAccount,
  type VenueInstrument,
  type VenuePosition,
  VenueRefused,
  VenueUnavailable,
} from '#ports/venue.ts';
import { ALPACA_CRYPTO_FEES } from '#protocols/alpaca.ts';
import type { Broker, BrokerListener, PlaceAnswer, WireChange, WireOrder, WireOrderId } from '../broker.ts';
import { LastingStream } from '../lasting-stream.ts';
import { readAccount } from './account.ts';
import { type AlpacaCallOptions, AlpacaClient, type Ask, type Written } from './client.ts';
import { rowsOf } from './decode.ts';
import { type AlpacaPosition, positionFrom } from './decode-account.ts';
import { type FeeOf, NO_FEE, shareOf, updateFrom } from './decode-fill.ts';
import { clockFrom } from './decode-market.ts';
import { type AlpacaOrder, nextWireId } from './decode-order.ts';
import { cursorAt, fillsSince } from './fills.ts';
import { readInstrument, readInstruments, readSymbols } from './instruments.ts';
import type { AlpacaAccess } from './library.ts';
import { OrderFamilies } from './order-families.ts';
import { AlpacaOrders } from './orders.ts';
import { attachedStopOf, spelled, spelledChange, type Traded, unspeakable } from './spell-order.ts';
import type { AlpacaSymbols } from './symbols.ts';

const NONE: FeeRates = { maker: quantity('0'), taker: quantity('0') };

/** An Alpaca account that trades shares of the United States, and coins for dollars. */
export class AlpacaBroker implements Broker {
  readonly name = 'Alpaca';
  readonly capabilities: Capabilities = {
    attachedStop: 'whole-fill',
    levelsFromFill: false,
    trailingStop: false,
    shorting: true,
    fractional: false,
    leverage: false,
  };
  /** Alpaca takes an order however late it comes: that it cannot be found never proves that it will not be there. */
  readonly provenAbsentAfterMs = undefined;
  readonly restingExitsHold = true;
  private readonly client: AlpacaClient;
  private readonly options: AlpacaCallOptions;
  private readonly symbols: AlpacaSymbols;
  private readonly families = new OrderFamilies();
  private readonly orders: AlpacaOrders;
  /** For coins; shares cost nothing. */
  private readonly coinRates: FeeRates;
  /** Orders that are on their way: until Alpaca has answered nobody knows which legs are theirs. */
  private readonly placing = new Set<Promise<unknown>>();

  private constructor(
    client: AlpacaClient,
    options: AlpacaCallOptions,
    { symbols, coinRates }: { readonly symbols: AlpacaSymbols; readonly coinRates: FeeRates },
  ) {
    this.client = client;
    this.options = options;
    this.symbols = symbols;
    this.coinRates = coinRates;
    this.orders = new AlpacaOrders(client, symbols, this.families);
  }

  /** Loads the library, and reads the account and which coins there are. @throws VenueUnavailable, VenueRefused */
  static async open(access: AlpacaAccess, options: AlpacaCallOptions): Promise<AlpacaBroker> {
    const client = await AlpacaClient.load(access, options);
    try {
      const { cryptoTier } = await readAccount(client);
      const symbols = await readSymbols(client);
      return new AlpacaBroker(client, options, { symbols, coinRates: coinRatesOf(cryptoTier) });
    } catch (error) {
      client.close();
      throw error;
    }
  }

  close(): void {
    this.client.close();
  }

  attachedStop(order: WireOrder): Capabilities['attachedStop'] {
    return attachedStopOf(order, this.symbols.isCoin(order.symbol));
  }

  stream(listener: BrokerListener, abort: AbortSignal): Promise<void> {
    const hear = {
      onUpdate: (update: unknown) => this.tell(update, listener),
      onGap: () => listener.onGap(),
    };
    const { clock, random } = this.options;
    const connect = async () => this.client.tradeConnection(hear);
    return new LastingStream({ venue: 'Alpaca', clock, random, connect }).open(abort);
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

  async setLeverage(symbol: MarketSymbol): Promise<SubmitAnswer> {
    return {
      kind: 'rejected',
      why: `Cannot set the leverage of ${symbol} as Alpaca must have one for each symbol: it has one for the account alone`,
    };
  }

  async order(id: WireOrderId): Promise<OrderReport | undefined> {
    const order = await this.orders.find(id);
    return order && this.orders.told(order);
  }

  openOrders(symbol: MarketSymbol): Promise<readonly OrderReport[]> {
    return this.orders.open(symbol);
  }

  async positions(): Promise<readonly VenuePosition[]> {
    return (await this.readPositions()).map(({ position }) => position).filter((position) => position !== undefined);
  }

  cursorAt(time: EpochMs): string {
    return cursorAt(time);
  }

  fillsSince(cursor: string): Promise<FillPage> {
    return fillsSince(this.client, this.symbols, this.feeOf, cursor);
  }

  async account(): Promise<VenueAccount> {
    const { currency, equity, available } = await readAccount(this.client);
    const unrealized = (await this.readPositions()).reduce((sum, { unrealizedPnl }) => sum + unrealizedPnl, 0n);
    return {
      currency,
      equity,
      balance: (equity - unrealized) as Money,
      available,
      marginMode: undefined,
      // Alpaca tells no permissions of a key: each of them trades, and none moves dollars out of an account.
      permissions: { trade: true, withdraw: false },
    };
  }

  async feeRates(symbol: MarketSymbol): Promise<FeeRates> {
    return this.symbols.isCoin(symbol) ? this.coinRates : NONE;
  }

  instrument(symbol: MarketSymbol): Promise<VenueInstrument | undefined> {
    return readInstrument(this.client, this.symbols, symbol);
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return readInstruments(this.client, this.symbols);
  }

  async serverTime(): Promise<EpochMs> {
    return (await this.readClock()).at;
  }

  /** Regulators' fees of a sale, parts of a cent, are booked at the end of the day and are not known before. */
  private readonly feeOf: FeeOf = (symbol, at, size) =>
    this.symbols.isCoin(symbol) ? shareOf(at, size, this.coinRates.taker) : NO_FEE;

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
    const clock = await this.readClock().catch(said);
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

  private readPositions(): Promise<readonly AlpacaPosition[]> {
    return this.client.read(
      'positions',
      ({ trading }, init) => trading.positions.getAllOpenPositionsRaw(init),
      (json) => rowsOf(json, 'positions').map((row) => positionFrom(row, this.symbols)),
    );
  }

  private readClock() {
    return this.client.read('the clock', ({ trading }, init) => trading.clock.legacyClockRaw(init), clockFrom);
  }

  /** @throws AnswerRefused for news that cannot be read. */
  private tell(update: unknown, listener: BrokerListener): void {
    const news = updateFrom(update, this.symbols, this.feeOf);
    if (news === undefined) return;
    const { order, fill } = news;
    this.families.learn(order);
    const tellOn = (report: OrderReport) => {
      // What is held does not work yet, and what was replaced goes on.
      if (order.status !== 'held' && order.status !== 'replaced') listener.onOrder(report);
      if (fill !== undefined) listener.onFill(fill);
    };
    if (this.orders.isUnknownLeg(order)) void this.ofEntry(order).then(tellOn, () => listener.onGap());
    else tellOn(this.families.report(order));
  }

  /** A leg whose entry may be on its way still: the answer to that one tells whose it is. */
  private async ofEntry(leg: AlpacaOrder): Promise<OrderReport> {
    await Promise.all(this.placing);
    return this.orders.told(leg);
  }
}

/** @param tier As the account tells it: 1 is the first. The first one when it is not told. */
function coinRatesOf(tier: number | undefined): FeeRates {
  const { maker, taker } = ALPACA_CRYPTO_FEES[(tier ?? 1) - 1] ?? ALPACA_CRYPTO_FEES[0];
  return { maker: quantity(maker), taker: quantity(taker) };
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
