import type { ExecutionRecord } from './account-records.ts';
import type { Book } from './book.ts';
import type { OrderRecord } from './order-record.ts';

/** What happened to an account and is not told yet. */
export interface Told {
  readonly orders: readonly OrderRecord[];
  readonly executions: readonly ExecutionRecord[];
  readonly positions: readonly Book[];
  /** Whether money moved. */
  readonly wallet: boolean;
}

/** Gathers what happened to an account until it is told: each order and position once, as it stands then. */
export class News {
  private orders = new Set<OrderRecord>();
  private executions: ExecutionRecord[] = [];
  private positions = new Set<Book>();

  order(book: Book, record: OrderRecord): void {
    this.orders.add(record);
    this.positions.add(book);
  }

  execution(book: Book, execution: ExecutionRecord): void {
    this.executions.push(execution);
    this.positions.add(book);
  }

  /** Also when only its terms changed: leverage, or levels. */
  position(book: Book): void {
    this.positions.add(book);
  }

  /** Hands over what there is; undefined when there is nothing. */
  take(): Told | undefined {
    if (this.positions.size === 0) return undefined;
    const told = {
      orders: [...this.orders],
      executions: this.executions,
      positions: [...this.positions],
      wallet: this.executions.length > 0,
    };
    this.orders = new Set();
    this.executions = [];
    this.positions = new Set();
    return told;
  }
}
