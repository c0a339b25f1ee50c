import type { Execution } from '#core/fills.ts';
import type { GridPrice, GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ExecutionModel } from '#core/matching/execution-model.ts';
import type { FillListener } from '#core/matching/matcher.ts';
import { type Acceptance, Exchange } from '#core/matching/matching.ts';
import { Order, type OrderChange, type OrderOwner, type OrderRequest } from '#core/orders.ts';
import { approvedBefore } from '#core/risk.ts';
import type { EpochMs } from '#core/time.ts';
import type { BybitPositionIdx } from '#protocols/bybit-words.ts';
import type { MarketSeries } from '../market-series.ts';
import type { BybitAccount } from './account.ts';
import { adoptedChild } from './adopted-child.ts';
import { canAttach, coreRequest } from './core-request.ts';
import type { Contract } from './instruments.ts';
import { isWorking, type OrderRecord } from './order-record.ts';
import { PositionMoney } from './position-money.ts';
import { PositionStops } from './position-stops.ts';
import { noteCoreState } from './status.ts';

/** One position of an account, and the orders that trade on it: a shell around the core's exchange. */
export class Book implements FillListener {
  readonly account: BybitAccount;
  readonly contract: Contract;
  readonly series: MarketSeries;
  readonly idx: BybitPositionIdx;
  readonly money: PositionMoney;
  readonly stops: PositionStops;
  /** Funding before this is done with. */
  fundedUntil: number;
  /** When the position was opened, and when it changed last. */
  openTime = 0 as EpochMs;
  updatedTime = 0 as EpochMs;
  /** Changed by fills, so that what happened meanwhile can be told. */
  fills = 0;
  private readonly exchange: Exchange;
  private readonly owner: OrderOwner;
  private readonly byCore = new Map<Order, OrderRecord>();
  /** What the exchange knows an order by, which rises. */
  private readonly byOccasion = new Map<EpochMs, OrderRecord>();
  private occasions = 0;

  constructor(
    account: BybitAccount,
    contract: Contract,
    series: MarketSeries,
    idx: BybitPositionIdx,
    model: ExecutionModel,
  ) {
    this.account = account;
    this.contract = contract;
    this.series = series;
    this.idx = idx;
    this.money = new PositionMoney(contract, account.leverage, account.marginMode);
    this.stops = new PositionStops(this);
    this.fundedUntil = account.now;
    this.owner = {
      accountId: account.setup.name as OrderOwner['accountId'],
      botId: 'simulator' as OrderOwner['botId'],
      symbol: contract.instrument.symbol satisfies MarketSymbol,
      timeframe: series.timeframe,
      prefix: contract.symbol.toLowerCase(),
    };
    this.exchange = new Exchange(contract.grid, series.candles, { model });
    this.exchange.listen(this);
  }

  /** Signed, on the grid. */
  get position(): GridQuantity {
    return this.exchange.position;
  }

  /** Where the market is, on the grid. */
  get lastPrice(): GridPrice {
    return this.contract.grid.priceOf(this.series.lastPrice(this.account.now));
  }

  /** Orders that may still trade, oldest first. */
  working(): readonly OrderRecord[] {
    return [...this.byCore.values()].filter(isWorking).sort((a, b) => a.number - b.number);
  }

  /** Sends an order to the exchange. What it does not take is canceled by the exchange. */
  place(record: OrderRecord): Acceptance {
    const { terms } = record;
    const opens = this.position === 0 || this.position > 0 === (terms.side === 'Buy');
    const attaches = canAttach(terms) && (terms.attached?.tpslMode === 'Partial' ? opens : this.position === 0);
    return this.send(record, coreRequest(terms, terms.quantity, attaches));
  }

  /** Puts another order of the exchange in the place of the one that trades for a record. */
  replace(record: OrderRecord): void {
    this.withdraw(record);
    this.place(record);
  }

  amend(record: OrderRecord, change: OrderChange): Acceptance {
    if (record.core === undefined) return { kind: 'rejected', why: 'it is over' };
    const answer = this.exchange.amend(record.core, change);
    if (answer.kind === 'accepted') this.account.news.order(this, record);
    return answer;
  }

  /** @param why A cancel type of Bybit's. */
  cancel(record: OrderRecord, why: string): void {
    if (record.core !== undefined) this.exchange.cancel(record.core, why);
  }

  /** Trades what can be traded where the market is now; what is to follow from it follows. */
  matchNow(): void {
    if (this.series.openTime <= this.account.now) this.exchange.match(this.series.candles.length);
    this.stops.settle();
  }

  /** Trades the whole of a candle that closes. */
  matchClosing(i: number): void {
    this.exchange.match(i);
  }

  onOrder(core: Order): void {
    const record = this.byCore.get(core) ?? this.adopt(core);
    if (record === undefined) return;
    noteCoreState(record, core, this);
    if (!core.isWorking) this.forget(core);
    this.account.news.order(this, record);
  }

  onFill(execution: Execution): void {
    const record = this.byCore.get(execution.order);
    if (record === undefined)
      throw new Error(`A fill came for an order that nobody placed: ${execution.order.clientOrderId}`);
    this.fills += 1;
    this.account.ledger.take(this, record, execution);
    noteCoreState(record, execution.order, this);
    if (!execution.order.isWorking) this.forget(execution.order);
    this.stops.onFill(record);
    this.account.news.order(this, record);
  }

  private send(record: OrderRecord, request: OrderRequest): Acceptance {
    this.occasions += 1;
    const occasion = this.occasions as EpochMs;
    const core = new Order({ owner: this.owner, occasion }, request);
    core.submitted();
    record.core = core;
    this.byCore.set(core, record);
    this.byOccasion.set(occasion, record);
    const answer = this.exchange.accept(approvedBefore(core), this.series.candles.length - 1);
    if (answer.kind === 'rejected') this.forget(core);
    return answer;
  }

  /** Takes an order off the exchange and says nothing of it. */
  private withdraw(record: OrderRecord): void {
    const { core } = record;
    if (core === undefined) return;
    this.forget(core);
    this.exchange.cancel(core, 'replaced');
  }

  private forget(core: Order): void {
    const record = this.byCore.get(core);
    this.byCore.delete(core);
    if (record?.core === core) record.core = undefined;
  }

  /** The exchange made a stop or target of an entry. */
  private adopt(core: Order): OrderRecord | undefined {
    const parent = this.byOccasion.get(core.intent.occasion);
    if (parent === undefined || !core.isWorking || (core.leg !== 'stop' && core.leg !== 'target')) return undefined;
    const record = adoptedChild(this, parent, core);
    record.core = core;
    this.byCore.set(core, record);
    this.stops.adopt(parent);
    return record;
  }
}
