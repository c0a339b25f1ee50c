import type { Money, Price, Quantity, Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { BybitExecType, BybitSide } from '#protocols/bybit-words.ts';
import type { OrderRecord } from './order-record.ts';

/** A fill, a funding payment or a liquidation, as a row of the execution list. */
export interface ExecutionRecord {
  /** Rises with every one of the account. */
  readonly number: number;
  readonly execId: string;
  readonly symbol: string;
  /** What filled; undefined for funding. */
  readonly order: OrderRecord | undefined;
  readonly side: BybitSide;
  readonly execType: BybitExecType;
  readonly price: Price;
  /** Positive. */
  readonly quantity: Quantity;
  /** Paid; negative when it was received. */
  readonly fee: Money;
  readonly feeRate: Ratio;
  readonly isMaker: boolean;
  /** How much of it closed a position, and what that made before fees. */
  readonly closed: Quantity;
  readonly pnl: Money;
  /** What the order had left afterwards. */
  readonly leaves: Quantity;
  readonly markPrice: Price;
  readonly execTime: EpochMs;
  /** When listings may first show it: wall time. */
  readonly wall: EpochMs;
}

/** What a closing order made. */
export interface ClosedPnl {
  readonly number: number;
  readonly order: OrderRecord;
  quantity: Quantity;
  entryValue: Money;
  exitValue: Money;
  openFee: Money;
  closeFee: Money;
  fillCount: number;
  readonly execType: BybitExecType;
  readonly leverage: Ratio;
  readonly createdTime: EpochMs;
  updatedTime: EpochMs;
}

/** A row of the transaction log. */
export interface Transaction {
  readonly number: number;
  readonly execution: ExecutionRecord;
  /** P&L; 0 for funding. */
  readonly cashFlow: Money;
  /** Received; the opposite sign of an execution's fee. */
  readonly funding: Money;
  readonly fee: Money;
  readonly cashBalance: Money;
}
