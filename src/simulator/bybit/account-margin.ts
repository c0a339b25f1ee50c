import { absolute } from '#core/margin/rounding.ts';
import type { Money, Price, Quantity } from '#core/money.ts';
import type { BybitAccount } from './account.ts';
import type { Book } from './book.ts';

/** The sums of an account, USDT. */
export interface AccountSums {
  readonly wallet: Money;
  readonly unrealized: Money;
  readonly equity: Money;
  readonly positionInitial: Money;
  readonly orderInitial: Money;
  readonly maintenance: Money;
  /** What is free for a new order. */
  readonly available: Money;
}

export function sumsOf(account: BybitAccount): AccountSums {
  const { wallet } = account.ledger;
  let unrealized = 0n;
  let positionInitial = 0n;
  let orderInitial = 0n;
  let maintenance = 0n;
  for (const book of account.allBooks()) {
    const mark = markOf(book);
    unrealized += book.money.unrealized(mark);
    positionInitial += book.money.initial(mark);
    maintenance += book.money.maintenance(mark);
    orderInitial += orderMargin(book);
  }
  const equity = (wallet + unrealized) as Money;
  // An isolated position's P&L is its own; in cross margin everything backs everything.
  const base = account.marginMode === 'isolated' ? wallet : equity;
  return {
    wallet,
    unrealized: unrealized as Money,
    equity,
    positionInitial: positionInitial as Money,
    orderInitial: orderInitial as Money,
    maintenance: maintenance as Money,
    available: (base - positionInitial - orderInitial) as Money,
  };
}

/** The mark price: the twin's is the last one. */
export function markOf(book: Book): Price {
  return book.contract.grid.exactPrice(book.lastPrice);
}

/** What working orders that open set aside. Those that wait for a trigger set aside nothing. */
export function orderMargin(book: Book): Money {
  let sum = 0n;
  let closes = absolute(book.money.quantity);
  const { grid } = book.contract;
  for (const { terms, status, filled } of book.working()) {
    if (terms.reduceOnly || status === 'Untriggered') continue;
    const left = grid.exactQuantity((terms.quantity - filled) as typeof filled);
    const signed = (terms.side === 'Buy' ? left : -left) as Quantity;
    const opening = openingPart(book.money.quantity, signed, closes);
    closes -= absolute(signed) - absolute(opening);
    sum += book.money.orderCost(opening, grid.exactPrice(terms.price));
  }
  return sum as Money;
}

/** How much of an order opens, signed. @param closes How much of the position others do not close yet. */
export function openingPart(held: Quantity, signed: Quantity, closes = absolute(held)): Quantity {
  if (held === 0n || held > 0n === signed > 0n) return signed;
  const rest = absolute(signed) - closes;
  if (rest <= 0n) return 0n as Quantity;
  return (signed > 0n ? rest : -rest) as Quantity;
}
