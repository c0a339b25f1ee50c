import type { FeeRates, MarketSymbol } from '#core/instruments.ts';
import { type Money, quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type {
  CancelAnswer,
  Capabilities,
  FillPage,
  OrderReport,
  SubmitAnswer,
  VenueAccount,
  VenueInstrument,
  VenuePosition,
} from '#ports/venue.ts';
import { ALPACA_CRYPTO_FEES } from '#protocols/alpaca.ts';
import type { Broker, BrokerListener, PlaceAnswer, WireChange, WireOrder, WireOrderId } from '../broker.ts';
import { LastingStream } from '../lasting-stream.ts';
import { readAccount } from './account.ts';
import { type AlpacaCallOptions, AlpacaClient } from './client.ts';
import { rowsOf } from './decode.ts';
import { type AlpacaPosition, positionFrom } from './decode-account.ts';
import { type FeeOf, NO_FEE, shareOf, updateFrom } from './decode-fill.ts';
import type { AlpacaOrder } from './decode-order.ts';
import { cursorAt, fillsSince } from './fills.ts';
import { readInstrument, readInstruments, readSymbols } from './instruments.ts';
import type { AlpacaAccess } from './library.ts';
import { readClock } from './market-clock.ts';
import { OrderFamilies } from './order-families.ts';
import { AlpacaOrderWrites } from './order-writes.ts';
import { AlpacaOrders } from './orders.ts';
import { attachedStopOf } from './spell-order.ts';
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
  private readonly writes: AlpacaOrderWrites;

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
    this.writes = new AlpacaOrderWrites({ client, symbols, orders: this.orders, families: this.families });
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

  place(order: WireOrder): Promise<PlaceAnswer> {
    return this.writes.place(order);
  }

  amend(id: WireOrderId, change: WireChange): Promise<SubmitAnswer> {
    return this.writes.amend(id, change);
  }

  cancel(id: WireOrderId): Promise<CancelAnswer> {
    return this.writes.cancel(id);
  }

  cancelAll(symbol: MarketSymbol): Promise<CancelAnswer> {
    return this.writes.cancelAll(symbol);
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
    return (await readClock(this.client)).at;
  }

  /** Regulators' fees of a sale, parts of a cent, are booked at the end of the day and are not known before. */
  private readonly feeOf: FeeOf = (symbol, at, size) =>
    this.symbols.isCoin(symbol) ? shareOf(at, size, this.coinRates.taker) : NO_FEE;

  private readPositions(): Promise<readonly AlpacaPosition[]> {
    return this.client.read(
      'positions',
      ({ trading }, init) => trading.positions.getAllOpenPositionsRaw(init),
      (json) => rowsOf(json, 'positions').map((row) => positionFrom(row, this.symbols)),
    );
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
    await this.writes.answered();
    return this.orders.told(leg);
  }
}

/** @param tier As the account tells it: 1 is the first. The first one when it is not told. */
function coinRatesOf(tier: number | undefined): FeeRates {
  const { maker, taker } = ALPACA_CRYPTO_FEES[(tier ?? 1) - 1] ?? ALPACA_CRYPTO_FEES[0];
  return { maker: quantity(maker), taker: quantity(taker) };
}
