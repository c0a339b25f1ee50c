import type { Execution } from '#core/fills.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import { closingFee } from '#core/margin/liquidation.ts';
import type { MarginAccount } from '#core/margin/margin-account.ts';
import { absolute, lesser } from '#core/margin/rounding.ts';
import { type Money, ONE, type Price, type Quantity, type Ratio, ratio } from '#core/money.ts';
import type { BybitExecType } from '#protocols/bybit-words.ts';
import type { TwinWorld } from '../twin.ts';
import type { BybitAccount } from './account.ts';
import type { ClosedPnl, ExecutionRecord, Transaction } from './account-records.ts';
import type { Book } from './book.ts';
import { uuid } from './identifiers.ts';
import { FEES } from './instruments.ts';
import type { OrderRecord } from './order-record.ts';

const MAKER = ratio(FEES.maker);
const TAKER = ratio(FEES.taker);
const NOTHING = 0n as Money;

/** The money of an account: one wallet that its positions share, and every fill, funding payment and closed position. */
export class AccountLedger {
  /** USDT, locked margin included; P&L that is not realised is not in it. */
  wallet: Money;
  /** Oldest first. */
  readonly executions: ExecutionRecord[] = [];
  readonly closed: ClosedPnl[] = [];
  readonly transactions: Transaction[] = [];
  private readonly account: BybitAccount;
  private readonly world: TwinWorld;

  constructor(account: BybitAccount, world: TwinWorld, wallet: Money) {
    this.account = account;
    this.world = world;
    this.wallet = wallet;
  }

  /** What an order has closed; undefined when it has only opened. */
  closedBy(record: OrderRecord): ClosedPnl | undefined {
    return this.closed.findLast(({ order }) => order === record);
  }

  /** Lets a position act on the wallet that all share, less what others have locked of it. */
  withWallet<Answer>(book: Book, act: () => Answer): Answer {
    const { wallet } = book.money;
    const before = (this.wallet - this.takenByOthers(book)) as Money;
    wallet.balance = before;
    const answer = act();
    this.wallet = (this.wallet + wallet.balance - before) as Money;
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
    const before = beforeOf(account);
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
    this.account.news.execution(book, execution);
  }

  private liquidate(book: Book, record: OrderRecord): void {
    const { account } = book.money;
    const before = beforeOf(account);
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
    // What the venue bears of a loss is no loss of the account's.
    const pnl = (account.realizedPnl + account.covered - before.made) as Money;
    const value = (fill.price * size) / ONE;
    record.filledValue = (record.filledValue + value) as Money;
    record.fees = (record.fees + fee) as Money;
    const leaves = grid.exactQuantity((record.terms.quantity - (record.core?.filled ?? 0)) as typeof record.filled);
    const execution: ExecutionRecord = {
      ...this.newExecution(book),
      ...fill,
      order: record,
      side: fill.quantity > 0n ? 'Buy' : 'Sell',
      quantity: size,
      fee,
      closed,
      pnl,
      leaves,
      markPrice: grid.exactPrice(book.lastPrice),
      execTime: this.account.momentOf(book.series),
    };
    this.executions.push(execution);
    this.noteClosed(book, record, before, execution);
    this.log(execution, pnl, NOTHING, fee);
    book.updatedTime = execution.execTime;
    const isNew = held === 0n || (closed > 0n && size > closed);
    if (isNew) book.openTime = execution.execTime;
    this.account.news.execution(book, execution);
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
    const exitValue = (price * closed) / ONE;
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
    for (const other of this.account.allBooks()) {
      const { money: held } = other;
      if (other === book || held.quantity === 0n) continue;
      const mark = other.contract.grid.exactPrice(other.lastPrice);
      if (held.isIsolated) taken += held.account.margin + closingFee(held.account.position, held.account.terms);
      else taken += held.maintenance(mark) - held.unrealized(mark);
    }
    return taken as Money;
  }
}

function beforeOf({ fees, realizedPnl, covered, position }: MarginAccount): Before {
  return { fees, made: (realizedPnl + covered) as Money, position };
}

interface Before {
  readonly fees: Money;
  /** P&L, with what the venue bore. */
  readonly made: Money;
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
