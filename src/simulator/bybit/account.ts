import { DEFAULT_EXECUTION, type ExecutionModel } from '#core/execution-model.ts';
import type { Execution } from '#core/fills.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import { closingFee, type MarginMode } from '#core/margin/liquidation.ts';
import { absolute, lesser } from '#core/margin/rounding.ts';
import { type Money, money, type Price, type Quantity, type Ratio, ratio } from '#core/money.ts';
import { hash53 } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { BybitExecType, BybitPositionIdx, BybitSide } from '#protocols/bybit-words.ts';
import type { AccountSetup } from '../accounts.ts';
import type { MarketSeries } from '../market-series.ts';
import type { TwinWorld } from '../twin.ts';
import type { ClosedPnl, ExecutionRecord, Transaction } from './account-records.ts';
import { Book } from './book.ts';
import { uuid } from './identifiers.ts';
import { type Contract, FEES } from './instruments.ts';
import { News } from './news.ts';
import { isWorking, type OrderRecord, type OrderTerms } from './order-record.ts';

const MAKER = ratio(FEES.maker);
const TAKER = ratio(FEES.taker);
const NOTHING = 0n as Money;

/** The contracts of the twin, by Bybit's name of them. */
export type Contracts = ReadonlyMap<string, { readonly contract: Contract; readonly series: MarketSeries }>;

/** One account: its wallet, its positions with their orders, and all that ever happened. */
export class BybitAccount {
  readonly setup: AccountSetup;
  readonly uid: string;
  /** USDT, locked margin included; P&L that is not realised is not in it. */
  wallet: Money;
  marginMode: MarginMode;
  /** Of positions that nobody set another one for. */
  readonly leverage: Ratio;
  readonly news = new News();
  /** Oldest first. */
  readonly orders: OrderRecord[] = [];
  readonly executions: ExecutionRecord[] = [];
  readonly closed: ClosedPnl[] = [];
  readonly transactions: Transaction[] = [];
  private readonly world: TwinWorld;
  private readonly contracts: Contracts;
  private readonly model: ExecutionModel;
  private readonly books = new Map<string, Book>();
  private readonly hedged = new Set<string>();
  private readonly byId = new Map<string, OrderRecord>();
  private readonly byLink = new Map<string, OrderRecord>();

  /** A liquidation takes the whole position, however little is traded. */
  isLiquidating = false;

  constructor(setup: AccountSetup, world: TwinWorld, contracts: Contracts) {
    this.setup = setup;
    this.world = world;
    this.contracts = contracts;
    const share = () => (this.isLiquidating ? undefined : world.conditions.volumeShare);
    this.model = {
      ...DEFAULT_EXECUTION,
      get volumeShare() {
        return share();
      },
    };
    this.uid = String(hash53(setup.key) % 100_000_000);
    this.wallet = money(setup.balance);
    this.leverage = ratio(setup.leverage);
    this.marginMode = setup.marginMode;
  }

  /** Market time. */
  get now(): EpochMs {
    return this.world.line.now;
  }

  /** Market time of what happens to a symbol now: inside a candle, its open. */
  momentOf({ openTime }: MarketSeries): EpochMs {
    return Math.min(openTime, this.now) as EpochMs;
  }

  /** All positions that were ever looked at, flat or not. */
  allBooks(): readonly Book[] {
    return [...this.books.values()];
  }

  isHedged(symbol: string): boolean {
    return this.hedged.has(symbol);
  }

  setHedged(symbol: string, isHedged: boolean): void {
    if (isHedged) this.hedged.add(symbol);
    else this.hedged.delete(symbol);
  }

  /** The positions of a symbol: one, or the long and the short. Undefined for a symbol that is not listed. */
  booksOf(symbol: string): readonly Book[] | undefined {
    const listed = this.contracts.get(symbol);
    if (listed === undefined) return undefined;
    const sides: readonly BybitPositionIdx[] = this.isHedged(symbol) ? [1, 2] : [0];
    return sides.map((idx) => {
      const name = `${symbol} ${idx}`;
      const book = this.books.get(name) ?? new Book(this, listed.contract, listed.series, idx, this.model);
      this.books.set(name, book);
      return book;
    });
  }

  /** The record of a new order, not sent yet. */
  newRecord(book: Book, terms: OrderTerms): OrderRecord {
    const moment = this.momentOf(book.series);
    const record: OrderRecord = {
      number: this.orders.length + 1,
      orderId: uuid(this.world.chance),
      symbol: book.contract.symbol,
      positionIdx: book.idx,
      createdTime: moment,
      lastPriceOnCreated: book.lastPrice,
      terms,
      status: terms.trigger === undefined ? 'New' : 'Untriggered',
      cancelType: 'UNKNOWN',
      rejectReason: 'EC_NoError',
      filled: 0 as OrderRecord['filled'],
      filledValue: NOTHING,
      fees: NOTHING,
      updatedTime: moment,
      core: undefined,
      told: [],
    };
    this.orders.push(record);
    this.byId.set(record.orderId, record);
    if (terms.orderLinkId !== '') this.byLink.set(terms.orderLinkId, record);
    return record;
  }

  isLinkUsed(orderLinkId: string): boolean {
    return this.byLink.has(orderLinkId);
  }

  /** By the venue's id, which wins, or the client's. */
  find(orderId: string | undefined, orderLinkId: string | undefined): OrderRecord | undefined {
    if (orderId !== undefined) return this.byId.get(orderId);
    return orderLinkId === undefined ? undefined : this.byLink.get(orderLinkId);
  }

  bookOf(record: OrderRecord): Book {
    return this.books.get(`${record.symbol} ${record.positionIdx}`)!;
  }

  working(symbol?: string): readonly OrderRecord[] {
    const books = this.allBooks().filter(({ contract }) => symbol === undefined || contract.symbol === symbol);
    return books.flatMap((book) => book.working()).filter(isWorking);
  }

  /** What an order has closed; undefined when it has only opened. */
  closedBy(record: OrderRecord): ClosedPnl | undefined {
    return this.closed.findLast(({ order }) => order === record);
  }

  /** Lets a position act on the wallet that all share, less what others have locked of it. */
  withWallet<Answer>(book: Book, act: () => Answer): Answer {
    const { account } = book.money;
    const before = (this.wallet - this.takenByOthers(book)) as Money;
    account.wallet = before;
    const answer = act();
    this.wallet = (this.wallet + account.wallet - before) as Money;
    return answer;
  }

  /** The mark price that liquidates a position; undefined while none does. */
  liquidationPrice(book: Book): Price | undefined {
    return this.withWallet(book, () => book.money.account.liquidationPrice());
  }

  /** Books a fill. */
  take(book: Book, record: OrderRecord, { price, quantity, liquidity }: Execution): void {
    const { grid } = book.contract;
    if (record.terms.createType === 'CreateByLiq') {
      this.liquidate(book, record);
      return;
    }
    const isMaker = liquidity === 'maker' && record.terms.orderType === 'Limit';
    const feeRate = isMaker ? MAKER : TAKER;
    const exact = { price: grid.exactPrice(price), quantity: grid.exactQuantity(quantity) };
    const { account } = book.money;
    const before = { fees: account.fees, pnl: account.realizedPnl, position: account.position };
    this.withWallet(book, () => book.money.fill(exact.quantity, exact.price, feeRate));
    this.noteExecution(book, record, before, { ...exact, feeRate, isMaker, execType: 'Trade' });
  }

  /** Applies a funding event to a position that is held. */
  fund(book: Book, event: FundingEvent): void {
    const { account } = book.money;
    const mark = book.contract.grid.exactPrice(book.lastPrice);
    const { quantity } = account.position;
    const amount = this.withWallet(book, () => account.fund(event, mark));
    const execution: ExecutionRecord = {
      ...this.newExecution(book),
      order: undefined,
      side: quantity > 0n ? 'Buy' : 'Sell',
      execType: 'Funding',
      price: mark,
      quantity: absolute(quantity) as Quantity,
      fee: -amount as Money,
      feeRate: event.rate,
      isMaker: false,
      closed: 0n as Quantity,
      pnl: NOTHING,
      leaves: 0n as Quantity,
      markPrice: mark,
      execTime: event.at,
    };
    this.executions.push(execution);
    this.log(execution, NOTHING, amount, NOTHING);
    this.news.execution(book, execution);
  }

  private liquidate(book: Book, record: OrderRecord): void {
    const { account } = book.money;
    const before = { fees: account.fees, pnl: account.realizedPnl, position: account.position };
    const { price, quantity } = this.withWallet(book, () => account.liquidate());
    this.noteExecution(book, record, before, {
      price,
      quantity: -quantity as Quantity,
      feeRate: TAKER,
      isMaker: false,
      execType: 'BustTrade',
    });
  }

  private noteExecution(book: Book, record: OrderRecord, before: Before, fill: Fill): void {
    const { account } = book.money;
    const { grid } = book.contract;
    const held = before.position.quantity;
    const isClosing = held !== 0n && held > 0n !== fill.quantity > 0n;
    const size = absolute(fill.quantity) as Quantity;
    const closed = (isClosing ? lesser(size, absolute(held)) : 0n) as Quantity;
    const fee = (account.fees - before.fees) as Money;
    const pnl = (account.realizedPnl - before.pnl) as Money;
    const value = (fill.price * size) / 10n ** 12n;
    record.filledValue = (record.filledValue + value) as Money;
    record.fees = (record.fees + fee) as Money;
    const leaves = grid.exactQuantity((record.terms.quantity - (record.core?.filled ?? 0)) as typeof record.filled);
    const execution: ExecutionRecord = {
      ...this.newExecution(book),
      ...fill,
      order: record,
      side: fill.quantity > 0n ? 'Buy' : ('Sell' satisfies BybitSide),
      quantity: size,
      fee,
      closed,
      pnl,
      leaves,
      markPrice: grid.exactPrice(book.lastPrice),
      execTime: this.momentOf(book.series),
    };
    this.executions.push(execution);
    this.noteClosed(book, record, before, execution);
    this.log(execution, pnl, NOTHING, fee);
    book.updatedTime = execution.execTime;
    if (held === 0n || absolute(fill.quantity) > closed) {
      if (held === 0n || closed > 0n) book.openTime = execution.execTime;
    }
    this.news.execution(book, execution);
  }

  /** The P&L of what a fill closed, with its share of the fees of opening. */
  private noteClosed(
    book: Book,
    record: OrderRecord,
    before: Before,
    { closed, quantity, fee, price, pnl, execType, execTime }: ExecutionRecord,
  ): void {
    const held = absolute(before.position.quantity);
    const closingShare = quantity === 0n ? 0n : (fee * closed) / quantity;
    const opened = fee - closingShare;
    const openFee = held === 0n ? 0n : (book.money.openFees * closed) / held;
    book.money.openFees = (book.money.openFees - openFee + opened) as Money;
    if (closed === 0n) return;
    const last = this.closed.at(-1);
    const row: ClosedPnl =
      last?.order === record
        ? last
        : {
            number: this.closed.length + 1,
            order: record,
            quantity: 0n as Quantity,
            entryValue: NOTHING,
            exitValue: NOTHING,
            openFee: NOTHING,
            closeFee: NOTHING,
            fillCount: 0,
            execType,
            leverage: book.money.leverage,
            createdTime: execTime,
            updatedTime: execTime,
          };
    if (row !== last) this.closed.push(row);
    const exitValue = (price * closed) / 10n ** 12n;
    const entryValue = before.position.quantity > 0n ? exitValue - pnl : exitValue + pnl;
    row.quantity = (row.quantity + closed) as Quantity;
    row.entryValue = (row.entryValue + entryValue) as Money;
    row.exitValue = (row.exitValue + exitValue) as Money;
    row.openFee = (row.openFee + openFee) as Money;
    row.closeFee = (row.closeFee + closingShare) as Money;
    row.fillCount += 1;
    row.updatedTime = execTime;
  }

  private newExecution({ contract }: Book): Pick<ExecutionRecord, 'number' | 'execId' | 'symbol' | 'wall'> {
    return {
      number: this.executions.length + 1,
      execId: uuid(this.world.chance),
      symbol: contract.symbol,
      wall: this.world.clock.wall(),
    };
  }

  private log(execution: ExecutionRecord, cashFlow: Money, funding: Money, fee: Money): void {
    this.transactions.push({
      number: this.transactions.length + 1,
      execution,
      cashFlow,
      funding,
      fee,
      cashBalance: this.wallet,
    });
  }

  /** What other positions have locked; in cross margin, what they need beyond what they have made. */
  private takenByOthers(book: Book): Money {
    let taken = 0n;
    for (const other of this.books.values()) {
      const { money: held } = other;
      if (other === book || held.quantity === 0n) continue;
      const mark = other.contract.grid.exactPrice(other.lastPrice);
      if (held.isIsolated) taken += held.account.margin + closingFee(held.account.position, held.account.terms);
      else taken += held.maintenance(mark) - held.unrealized(mark);
    }
    return taken as Money;
  }
}

interface Before {
  readonly fees: Money;
  readonly pnl: Money;
  readonly position: { readonly quantity: Quantity; readonly cost: Money };
}

interface Fill {
  readonly price: Price;
  /** Signed. */
  readonly quantity: Quantity;
  readonly feeRate: Ratio;
  readonly isMaker: boolean;
  readonly execType: BybitExecType;
}
