import type { MarginMode } from '#core/margin/liquidation.ts';
import { DEFAULT_EXECUTION, type ExecutionModel } from '#core/matching/execution-model.ts';
import { type Money, money, type Ratio, ratio } from '#core/money.ts';
import { hash53 } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import type { BybitPositionIdx } from '#protocols/bybit-words.ts';
import type { AccountSetup } from '../accounts.ts';
import type { MarketSeries } from '../market-series.ts';
import type { TwinWorld } from '../twin.ts';
import { AccountLedger } from './account-ledger.ts';
import { Book } from './book.ts';
import { uuid } from './identifiers.ts';
import type { Contract } from './instruments.ts';
import { News } from './news.ts';
import type { OrderRecord, OrderTerms } from './order-record.ts';

const NOTHING = 0n as Money;

/** The contracts of the twin, by Bybit's name of them. */
export type Contracts = ReadonlyMap<string, { readonly contract: Contract; readonly series: MarketSeries }>;

/** One account: its positions with their orders, and its ledger. */
export class BybitAccount {
  readonly setup: AccountSetup;
  readonly uid: string;
  marginMode: MarginMode;
  /** Of positions that nobody set another one for. */
  readonly leverage: Ratio;
  /** A liquidation takes the whole position, however little is traded. */
  isLiquidating = false;
  readonly news = new News();
  readonly ledger: AccountLedger;
  /** Oldest first. */
  readonly orders: OrderRecord[] = [];
  private readonly world: TwinWorld;
  private readonly contracts: Contracts;
  private readonly model: ExecutionModel;
  private readonly books = new Map<string, Book>();
  private readonly hedged = new Set<string>();
  private readonly byId = new Map<string, OrderRecord>();
  private readonly byLink = new Map<string, OrderRecord>();

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
    this.ledger = new AccountLedger(this, world, money(setup.balance));
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

  working(): readonly OrderRecord[] {
    return this.allBooks().flatMap((book) => book.working());
  }
}
