import type { PositionInfoParamsV5 } from 'bybit-api';
import type { FeeRates, MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, type Ratio } from '#core/money.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import type { Clock } from '#ports/clock.ts';
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
import type { Broker, BrokerListener, PlaceAnswer, WireChange, WireOrder, WireOrderId } from '../broker.ts';
import { readAccount } from './account.ts';
import { type Ask, type BybitCallOptions, BybitClient, type CallGroup, type Written } from './client.ts';
import { feeRatesFrom } from './decode-account.ts';
import { timeFrom } from './decode-market.ts';
import { placedFrom } from './decode-order.ts';
import { positionFrom } from './decode-position.ts';
import { cursorAt, executionsSince } from './executions.ts';
import { readInstrument, readInstruments } from './instruments.ts';
import { type BybitAccess, RECEIVE_WINDOW_MS } from './library.ts';
import { readOpenOrders, readOrder, wireId } from './orders.ts';
import { allRows } from './pages.ts';
import { spelled, spelledChange, unspeakable } from './spell-order.ts';
import { bybitStream } from './stream.ts';
import { SETTLEMENT, wireSymbol } from './symbols.ts';

/** What a look-up may miss of an order that is there, and what the clocks may differ by, ms. */
const VISIBILITY_MS = 2_000;
const CLOCK_ERROR_MS = 500;
const POSITIONS_PER_PAGE = 200;

export interface BybitBrokerOptions extends BybitCallOptions {
  /** Its market time is that of Bybit's executions. */
  readonly clock: Clock;
}

/** A Bybit account that trades linear perpetuals in USDT, in one-way mode. */
export class BybitBroker implements Broker {
  readonly name = 'Bybit';
  readonly capabilities: Capabilities = {
    attachedStop: 'each-fill',
    levelsFromFill: false,
    trailingStop: false,
    shorting: true,
    fractional: true,
    leverage: true,
  };
  /** Bybit takes no request that was signed longer ago than the window: what it did not take by then it never will. */
  readonly provenAbsentAfterMs = RECEIVE_WINDOW_MS + CLOCK_ERROR_MS + VISIBILITY_MS;
  readonly restingExitsHold = false;
  private readonly client: BybitClient;
  private readonly clock: Clock;
  private readonly options: BybitBrokerOptions;
  /** Symbols whose position mode was found to be one-way. */
  private readonly oneWay = new Set<MarketSymbol>();

  private constructor(client: BybitClient, options: BybitBrokerOptions) {
    this.client = client;
    this.clock = options.clock;
    this.options = options;
  }

  /** Loads bybit-api and measures the clock. @throws VenueUnavailable, VenueRefused */
  static async open(access: BybitAccess, options: BybitBrokerOptions): Promise<BybitBroker> {
    const client = await BybitClient.load(access, options);
    await client.measureClock();
    return new BybitBroker(client, options);
  }

  /** Ends calls that are on their way, and every later one. */
  close(): void {
    this.client.close();
  }

  attachedStop(): Capabilities['attachedStop'] {
    return this.capabilities.attachedStop;
  }

  stream(listener: BrokerListener, abort: AbortSignal): Promise<void> {
    return bybitStream(this.client, listener, this.options).open(abort);
  }

  async place(order: WireOrder): Promise<PlaceAnswer> {
    const { symbol } = order;
    const wire = wireSymbol(symbol);
    if (wire === undefined) return notPlaced(symbol, 'Bybit must have it as a perpetual in USDT: it has not');
    const obstacle = unspeakable(order) ?? (await this.obstacle(order));
    if (obstacle !== undefined) return notPlaced(symbol, obstacle);
    const params = spelled(order, wire);
    const kind = order.reduceOnly ? 'protect' : 'write';
    const send = () => this.client.write(kind, 'orders', (rest) => rest.submitOrder(params), placedFrom);
    const id: WireOrderId = { symbol, clientOrderId: order.clientOrderId, venueOrderId: undefined };
    const first = await send();
    if (!mayGoAgain(first)) return this.placed(id, first);
    // Nobody looked at it. That it is not there is seen to all the same before it is sent once more, under the same id.
    const there = await this.found(id);
    return there === undefined ? this.placed(id, await send()) : there;
  }

  async amend(id: WireOrderId, change: WireChange): Promise<SubmitAnswer> {
    const order = await this.order(id).catch(said);
    if (typeof order === 'string') return { kind: 'rejected', why: order };
    if (order?.state !== 'open') {
      return {
        kind: 'rejected',
        why: `Cannot amend order ${id.clientOrderId ?? id.venueOrderId} as it must be working at Bybit: it is not`,
      };
    }
    const params = {
      category: 'linear',
      symbol: wireSymbol(order.symbol)!,
      orderId: order.venueOrderId,
      ...spelledChange(order.type, change),
    } as const;
    const written = await this.setTo('protect', 'orders', (rest) => rest.amendOrder(params));
    return answerOf(`amend order ${order.venueOrderId}`, written);
  }

  async cancel(id: WireOrderId): Promise<CancelAnswer> {
    const symbol = wireSymbol(id.symbol);
    if (symbol === undefined) return { kind: 'not-working' };
    const params = { category: 'linear', symbol, ...wireId(id) } as const;
    return canceled(await this.setTo('protect', 'orders', (rest) => rest.cancelOrder(params)));
  }

  async cancelAll(symbol: MarketSymbol): Promise<CancelAnswer> {
    const wire = wireSymbol(symbol);
    if (wire === undefined) return { kind: 'not-working' };
    const params = { category: 'linear', symbol: wire } as const;
    return canceled(await this.setTo('protect', 'orders', (rest) => rest.cancelAllOrders(params)));
  }

  async setLeverage(symbol: MarketSymbol, leverage: Ratio): Promise<SubmitAnswer> {
    const wire = wireSymbol(symbol);
    if (wire === undefined) {
      return {
        kind: 'rejected',
        why: `Cannot set the leverage at Bybit as it must be a perpetual in USDT: it is "${symbol}"`,
      };
    }
    // In hedge mode each side has its own, and no order would be sent.
    const refusal = await this.checkOneWay(symbol).catch(said);
    if (refusal !== undefined) return { kind: 'rejected', why: refusal };
    const both = formatDecimal(leverage);
    const params = { category: 'linear', symbol: wire, buyLeverage: both, sellLeverage: both } as const;
    return answerOf(
      `set the leverage of ${symbol} to ${both}`,
      await this.setTo('write', 'positions', (rest) => rest.setLeverage(params)),
    );
  }

  order(id: WireOrderId): Promise<OrderReport | undefined> {
    return readOrder(this.client, id);
  }

  openOrders(symbol: MarketSymbol): Promise<readonly OrderReport[]> {
    return readOpenOrders(this.client, symbol);
  }

  positions(): Promise<readonly VenuePosition[]> {
    return this.readPositions('positions', { settleCoin: SETTLEMENT, limit: POSITIONS_PER_PAGE });
  }

  cursorAt(time: EpochMs): string {
    return cursorAt(time);
  }

  fillsSince(cursor: string): Promise<FillPage> {
    const now = epochMs(this.clock.now() + this.client.serverClock.aheadMs);
    return executionsSince(this.client, cursor, now);
  }

  account(): Promise<VenueAccount> {
    return readAccount(this.client);
  }

  feeRates(symbol: MarketSymbol): Promise<FeeRates> {
    return this.client.read(
      `the fees of ${symbol}`,
      'rates',
      (rest) => rest.getFeeRate({ category: 'linear', symbol: wireSymbol(symbol) ?? symbol }),
      (result) => feeRatesFrom(result, symbol),
    );
  }

  instrument(symbol: MarketSymbol): Promise<VenueInstrument | undefined> {
    return readInstrument(this.client, symbol);
  }

  instruments(): Promise<readonly VenueInstrument[]> {
    return readInstruments(this.client);
  }

  serverTime(): Promise<EpochMs> {
    return this.client.read('the time', 'public', (rest) => rest.getServerTime(), timeFrom);
  }

  /** Why an order is not even sent, as the end of a sentence. What protects is sent whatever else is. */
  private async obstacle({ symbol, reduceOnly }: WireOrder): Promise<string | undefined> {
    if (reduceOnly) return undefined;
    const refusal = await this.client
      .keepTime()
      .then(() => this.checkOneWay(symbol))
      .catch(said);
    if (refusal !== undefined) return `it would not be safe. ${refusal}`;
    // Beyond it nobody could prove later that the order never came.
    const { uncertaintyMs } = this.client.serverClock;
    if (uncertaintyMs <= CLOCK_ERROR_MS) return undefined;
    return `its clock must be known to ${CLOCK_ERROR_MS} ms: the way there takes ${Math.round(2 * uncertaintyMs)} ms`;
  }

  /** @throws VenueUnavailable; VenueRefused in hedge mode */
  private async checkOneWay(symbol: MarketSymbol): Promise<void> {
    if (this.oneWay.has(symbol)) return;
    await this.readPositions(`the position of ${symbol}`, { symbol: wireSymbol(symbol)! });
    this.oneWay.add(symbol);
  }

  private readPositions(what: string, which: Omit<PositionInfoParamsV5, 'category'>): Promise<VenuePosition[]> {
    return allRows(
      this.client,
      what,
      'queries',
      (cursor) => (rest) =>
        rest.getPositionInfo({ category: 'linear', ...which, ...(cursor !== undefined && { cursor }) }),
      positionFrom,
    );
  }

  /** Sets something to what it should be. Doing so twice does no harm, so what nobody looked at is sent once more. */
  private async setTo(kind: 'write' | 'protect', group: CallGroup, ask: Ask): Promise<Written<undefined>> {
    const send = () => this.client.write(kind, group, ask, () => undefined);
    const first = await send();
    return mayGoAgain(first) ? send() : first;
  }

  private async placed(id: WireOrderId, written: Written<string>): Promise<PlaceAnswer> {
    if (written.kind === 'done') return { kind: 'accepted', venueOrderId: written.value };
    if (written.kind === 'failed' && written.failure.meaning === 'already-there') {
      const why = 'its id was used before, and Bybit does not show the order of this id yet';
      return (await this.found(id)) ?? { kind: 'unknown', why };
    }
    const answer = answerOf(`place order on "${id.symbol}"`, written);
    return answer.kind === 'accepted' ? { kind: 'unknown', why: 'Bybit did not say which order it is' } : answer;
  }

  /** The order of this id, as an answer; undefined when there is none, unknown when that cannot be told. */
  private async found(id: WireOrderId): Promise<PlaceAnswer | undefined> {
    const order = await this.order(id).catch(said);
    if (typeof order === 'string') return { kind: 'unknown', why: order };
    return order && { kind: 'accepted', venueOrderId: order.venueOrderId };
  }
}

/** The sentence of a read that failed. @throws anything else */
function said(error: unknown): string {
  if (error instanceof VenueUnavailable || error instanceof VenueRefused) return error.message;
  throw error;
}

/** Whether nobody looked at a request, or nobody could do it just then. */
function mayGoAgain(written: Written<unknown>): boolean {
  if (written.kind === 'limited') return true;
  return written.kind === 'failed' && (written.failure.meaning === 'clock' || written.failure.meaning === 'busy');
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
  const { meaning, message, code } = written.failure;
  if (meaning === 'not-modified') return { kind: 'accepted' };
  return { kind: 'rejected', why: `Cannot ${what} as ${message}`, code: String(code) };
}

function canceled(written: Written<unknown>): CancelAnswer {
  if (written.kind === 'done') return { kind: 'canceled' };
  if (written.kind !== 'failed') return { kind: 'unknown', why: written.why };
  const { meaning, message } = written.failure;
  return meaning === 'gone' ? { kind: 'not-working' } : { kind: 'unknown', why: message };
}
